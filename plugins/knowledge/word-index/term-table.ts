/**
 * Numbers of terms by 64 bits of hash, in a table with open addressing: it crosses to another thread as it is. Of a
 * million terms two have the same hash about once in thirty million times.
 */
export interface TermTable {
  readonly hashes: Int32Array<ArrayBuffer>;
  readonly checks: Int32Array<ArrayBuffer>;
  /** The number of the term in this place, plus one; 0 where there is none. The length is a power of two. */
  readonly numbers: Uint32Array<ArrayBuffer>;
}

export interface HashedTerm {
  readonly hash: number;
  readonly check: number;
}

/** The terms numbered in their order, from 0. */
export function tableOf(terms: readonly string[]): TermTable {
  const places = 2 ** Math.ceil(Math.log2(2 * terms.length + 2));
  const table = { hashes: new Int32Array(places), checks: new Int32Array(places), numbers: new Uint32Array(places) };
  for (const [number, term] of terms.entries()) {
    const { hash, check } = hashTerm(term);
    const place = placeOf(table, { hash, check });
    table.hashes[place] = hash;
    table.checks[place] = check;
    table.numbers[place] = number + 1;
  }
  return table;
}

export function hashTerm(term: string): HashedTerm {
  let hash = 0x811c9dc5 | 0;
  let check = 5381;
  for (let i = 0; i < term.length; i++) {
    const code = term.charCodeAt(i);
    hash = Math.imul(hash ^ code, 0x01000193);
    check = (Math.imul(check, 33) + code) | 0;
  }
  return { hash, check };
}

/** The number of a term; undefined when it is not in the table. */
export function numberIn(table: TermTable, term: HashedTerm): number | undefined {
  const found = table.numbers[placeOf(table, term)] as number;
  return found === 0 ? undefined : found - 1;
}

/** Where a term stands, or would. */
function placeOf({ hashes, checks, numbers }: TermTable, { hash, check }: HashedTerm): number {
  const mask = numbers.length - 1;
  let place = (hash ^ (hash >>> 15)) & mask;
  while (numbers[place] !== 0 && !(hashes[place] === hash && checks[place] === check)) place = (place + 1) & mask;
  return place;
}
