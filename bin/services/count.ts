/** A number with what it counts: "1 chunk", "2 chunks". @param many the plural, where it is not the word with an s */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
