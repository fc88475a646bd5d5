/**
 * For each byte whether `characters`, of one character, takes it. A character beyond Latin-1 stands as 0 or 255 in the
 * bytes: `beyond` says what holds for these two.
 */
export function byteTable(characters: RegExp, beyond: 0 | 1): Uint8Array {
  const key = `${beyond} ${characters}`;
  const table = known.get(key) ?? computed(characters, beyond);
  known.set(key, table);
  return table;
}

/** Patterns ask for the same few classes again and again. */
const known = new Map<string, Uint8Array>();

function computed(characters: RegExp, beyond: 0 | 1): Uint8Array {
  const table = Uint8Array.from({ length: 256 }, (_, code) => (characters.test(String.fromCharCode(code)) ? 1 : 0));
  table[0] = beyond;
  table[255] = beyond;
  return table;
}
