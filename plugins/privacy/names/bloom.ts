/** Word lists as Bloom filters: a bit or two a thousand words in error, ten bits a word. */

const PROBES = 5;

/** FNV-1a of a word, 32 bits. */
export function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

export function buildBloom(words: Iterable<string>, bytes: number): Uint8Array {
  const filter = new Uint8Array(bytes);
  for (const word of words)
    for (const bit of bitsOf(hashWord(word), bytes * 8)) filter[bit >> 3] = (filter[bit >> 3] as number) | (1 << (bit & 7));
  return filter;
}

/** @param hash `hashWord` of the word. */
export function mayHold(filter: Uint8Array, hash: number): boolean {
  const size = filter.length * 8;
  const step = (Math.imul(hash, 0x9e3779b1) >>> 0) | 1;
  for (let i = 0, at = hash; i < PROBES; i++, at = (at + step) >>> 0) {
    const bit = at % size;
    if (((filter[bit >> 3] as number) & (1 << (bit & 7))) === 0) return false;
  }
  return true;
}

function bitsOf(hash: number, size: number): number[] {
  const step = (Math.imul(hash, 0x9e3779b1) >>> 0) | 1;
  const bits: number[] = [];
  for (let i = 0, at = hash; i < PROBES; i++, at = (at + step) >>> 0) bits.push(at % size);
  return bits;
}
