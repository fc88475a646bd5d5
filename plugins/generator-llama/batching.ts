/** How the sequences of a context share a batch: the next one waits for all that are about to say what they need. */

interface Item {
  readonly tokens: readonly unknown[];
}

interface Planned<I extends Item> {
  readonly item: I;
  readonly processAmount: number;
}

/**
 * A sequence that has its token goes on within the same turn of the event loop, but a few steps later than the library
 * looks for the next batch. So it is told "nothing yet" some times; each look lets those steps happen. Without that, three
 * sequences are computed one after another.
 */
const MOST_LOOKS = 60;

/** @param writing how many sequences are at work */
export function batchPlan(writing: () => number): <I extends Item>(pending: { items: readonly I[]; size: number }) => Planned<I>[] {
  let looks = 0;
  return ({ items, size }) => {
    if (items.length < writing() && looks < MOST_LOOKS) {
      looks++;
      return [];
    }
    looks = 0;
    return sharedFairly(items, size);
  };
}

/** Short items whole, long ones in equal parts of what is left. */
function sharedFairly<I extends Item>(items: readonly I[], size: number): Planned<I>[] {
  let left = size;
  const ordered = [...items].sort((a, b) => a.tokens.length - b.tokens.length);
  return ordered.flatMap((item, at) => {
    const processAmount = Math.min(item.tokens.length, Math.floor(left / (ordered.length - at)));
    left -= processAmount;
    return processAmount > 0 ? [{ item, processAmount }] : [];
  });
}
