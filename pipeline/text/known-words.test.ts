import fc from "fast-check";
import { expect, test } from "vitest";
import { KnownWords } from "./known-words.ts";
import { termCounts, words } from "./terms.ts";

test.each(["don't can't 'quoted' rock'n'roll 5'6 a'5 1990's ''' a'", "O’Neil naïve café's L'Église é'a a'é", "日本語 x_y — a–b", ""])(
  "reading in one go finds the same terms as reading word by word: %j",
  (text) => {
    expect(termCounts(text).sequence).toEqual(words(text).map(({ term }) => term));
  },
);

test("the same holds for any text", () => {
  const letters = fc.constantFrom(..."abZ5' .’é日_\ud835\udc00");
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 30 }), (characters) => {
      const text = characters.join("");
      expect(termCounts(text).sequence).toEqual(words(text).map(({ term }) => term));
    }),
  );
});

test("more words than are remembered are read again", () => {
  let read = 0;
  const known = new KnownWords((word) => {
    read++;
    return word;
  });
  const at = (n: number) => known.at(String(n), 0, 6, Math.imul(n, 0x9e3779b1), n);
  for (let n = 100_000; n < 200_000; n++) expect(at(n)).toBe(String(n));
  expect(at(100_000)).toBe("100000");
  expect(at(100_000)).toBe("100000");
  expect(read).toBe(100_001);
});
