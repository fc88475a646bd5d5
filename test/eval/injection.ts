/** Hides instructions in documents, at their start, middle and end, and counts which are found; clean documents count against it. */
import { findInstructions } from "../../pipeline/text/instructions.ts";
import type { EvalReport } from "./main.ts";

export interface InjectionData {
  /** Documents without instructions. */
  readonly clean: readonly string[];
  /** Instructions, by kind. */
  readonly attacks: Readonly<Record<string, readonly string[]>>;
}

const PLACES: Readonly<Record<string, (text: string, attack: string) => string>> = {
  start: (text, attack) => `${attack}\n${text}`,
  middle: (text, attack) => {
    const at = text.indexOf(" ", Math.floor(text.length / 2)) + 1;
    return `${text.slice(0, at)}\n${attack}\n${text.slice(at)}`;
  },
  end: (text, attack) => `${text}\n${attack}`,
};

export function evaluateInjection({ clean, attacks }: InjectionData): EvalReport {
  const figures: Record<string, number> = { "clean flagged": share(clean, isReported) };
  const all: boolean[] = [];
  for (const [kind, list] of Object.entries(attacks)) {
    const found = list.flatMap((attack) => clean.flatMap((text) => Object.values(PLACES).map((hide) => isReported(hide(text, attack)))));
    figures[`reported: ${kind}`] = share(found, Boolean);
    all.push(...found);
  }
  figures["reported: all"] = share(all, Boolean);
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
