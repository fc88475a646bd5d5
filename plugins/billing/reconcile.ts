/** Sets the receipts here beside the cloud's own statement. */
import type { DaySums } from "./ledger.ts";

type Figures = Omit<DaySums, "day">;

export interface ComparedDay {
  readonly day: string;
  readonly local: Figures;
  readonly cloud: Figures;
  /** The cloud's less the local. More is what other machines did; less is what the cloud does not know of. */
  readonly difference: Figures;
}

const NOTHING: Figures = { requests: 0, tokensIn: 0, tokensOut: 0, cost: 0, charge: 0 };
const FIGURES = Object.keys(NOTHING) as (keyof Figures)[];

/** Every day that one of them has; the newest first. */
export function compareDays(local: readonly DaySums[], cloud: readonly DaySums[]): ComparedDay[] {
  const days = [...new Set([...local, ...cloud].map(({ day }) => day))].sort().reverse();
  return days.map((day) => {
    const here = figuresOf(local.find((sums) => sums.day === day));
    const there = figuresOf(cloud.find((sums) => sums.day === day));
    return { day, local: here, cloud: there, difference: map((name) => there[name] - here[name]) };
  });
}

export function isSame({ difference }: ComparedDay): boolean {
  return FIGURES.every((name) => difference[name] === 0);
}

function figuresOf(sums: DaySums | undefined): Figures {
  return map((name) => sums?.[name] ?? 0);
}

function map(figure: (name: keyof Figures) => number): Figures {
  return Object.fromEntries(FIGURES.map((name) => [name, figure(name)])) as unknown as Figures;
}
