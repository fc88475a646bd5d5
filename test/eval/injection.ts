/** Hides instructions in documents, at their start, middle and end, and counts which are found; clean documents count against it. */
import { findInstructions } from "../../pipeline/text/instructions.ts";
import type { EvalReport } from "./main.ts";

/** A text that is an instruction to whoever answers ("instruction"), or talks of such things or of others ("clean"). */
export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

export interface InjectionData {
  /** Documents without instructions. */
  readonly clean: readonly string[];
  /** Instructions, by kind. */
  readonly attacks: Readonly<Record<string, readonly string[]>>;
  /** Texts of our own, by the name of their set. */
  readonly own: Readonly<Record<string, readonly LabelledText[]>>;
}

const PLACES: Readonly<Record<string, (text: string, attack: string) => string>> = {
  start: (text, attack) => `${attack}\n${text}`,
  middle: (text, attack) => {
    const at = text.indexOf(" ", Math.floor(text.length / 2)) + 1;
    return `${text.slice(0, at)}\n${attack}\n${text.slice(at)}`;
  },
  end: (text, attack) => `${text}\n${attack}`,
};

export function evaluateInjection({ clean, attacks, own }: InjectionData): EvalReport {
  const figures: Record<string, number> = { "clean flagged": share(clean, isReported) };
  const all: boolean[] = [];
  for (const [kind, list] of Object.entries(attacks)) {
    const found = list.flatMap((attack) => clean.flatMap((text) => Object.values(PLACES).map((hide) => isReported(hide(text, attack)))));
    figures[`reported: ${kind}`] = share(found, Boolean);
    all.push(...found);
  }
  figures["reported: all"] = share(all, Boolean);
  for (const [name, texts] of Object.entries(own)) {
    const labelled = (label: string) => texts.filter((one) => one.label === label).map((one) => one.text);
    figures[`own, ${name}: reported`] = share(
      labelled("instruction").flatMap((attack) =>
        clean.flatMap((around) => Object.values(PLACES).map((hide) => isReported(hide(around, attack)))),
      ),
      Boolean,
    );
    figures[`own, ${name}: clean flagged`] = share(labelled("clean"), isReported);
  }
  const text = Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(40)} ${value.toFixed(3)}`)
    .join("\n");
  return { figures, text };
}

function isReported(text: string): boolean {
  return findInstructions(text).length > 0;
}

function share<T>(items: readonly T[], test: (item: T) => boolean): number {
  return items.length === 0 ? 0 : items.filter(test).length / items.length;
}
