/** Letters that may stand in for one that was typed wrongly: the ones of the word itself and, for Latin script, the alphabet. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz";

/**
 * All spellings one letter away from a word in lower case: a letter left out, put in or changed, or two swapped. Some 500 for
 * a word of nine letters.
 */
export function spellingsNear(word: string): Set<string> {
  const letters = /^[a-z]+$/.test(word) ? ALPHABET : [...new Set(ALPHABET + word)].join("");
  const near = new Set<string>();
  for (let at = 0; at <= word.length; at++) {
    const [before, after] = [word.slice(0, at), word.slice(at)];
    if (after.length > 1) near.add(`${before}${after[1]}${after[0]}${after.slice(2)}`);
    if (after) near.add(before + after.slice(1));
    for (const letter of letters) {
      if (after) near.add(before + letter + after.slice(1));
      near.add(before + letter + after);
    }
  }
  near.delete(word);
  return near;
}

/**
 * How many letters have to be left out, put in, changed, or swapped with their neighbour to make one word of another.
 *
 * @param most more than this is told as one more than it.
 */
export function editsBetween(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1;
  let [before, row]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(changed, (row[j] as number) + 1, (next[j - 1] as number) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) least = Math.min(least, (before[j - 2] as number) + 1);
      next.push(least);
    }
    if (Math.min(...next) > most) return most + 1;
    [before, row] = [row, next];
  }
  return Math.min(row[b.length] as number, most + 1);
}
