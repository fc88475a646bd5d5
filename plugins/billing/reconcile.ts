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
type Figure = number | null;

/** Every day that one of them has; the newest first. */
export function compareDays(local: readonly DaySums[], cloud: readonly DaySums[]): ComparedDay[] {
  const days = [...new Set([...local, ...cloud].map(({ day }) => day))].sort().reverse();
  return days.map((day) => {
    const here = figuresOf(local.find((sums) => sums.day === day));
    const there = figuresOf(cloud.find((sums) => sums.day === day));
    return { day, local: here, cloud: there, difference: map((name) => less(there[name], here[name])) };
  });
}

export function isSame({ difference }: ComparedDay): boolean {
  return FIGURES.every((name) => (difference[name] ?? 0) === 0);
}

/** What is not known differs in nothing. */
function less(there: Figure, here: Figure): Figure {
  return there === null || here === null ? null : there - here;
}

function figuresOf(sums: DaySums | undefined): Figures {
  return sums ? map((name) => sums[name]) : NOTHING;
}

function map(figure: (name: keyof Figures) => Figure): Figures {
  return Object.fromEntries(FIGURES.map((name) => [name, figure(name)])) as unknown as Figures;
}
