import fc from "fast-check";
import { expect, test } from "vitest";
import { findTokens, formatToken, isTypeName, MAX_TOKEN_LENGTH, unfinishedToken } from "./token-format.ts";

const found = (text: string) => findTokens(text).map(({ start, end, type, number }) => `${text.slice(start, end)}=${type} ${number}`);
const check = (text: string, expected: string[]) => test(JSON.stringify(text), () => expect(found(text)).toEqual(expected));

check("[EMAIL_01]", ["[EMAIL_01]=EMAIL 1"]);
check("a [email 1], **[Api-Key-007]**", ["[email 1]=EMAIL 1", "[Api-Key-007]=API_KEY 7"]);
check("EMAIL_01's and (phone_02)", ["EMAIL_01=EMAIL 1", "phone_02=PHONE 2"]);
check("\\[EMAIL\\_01\\]", ["\\[EMAIL\\_01\\]=EMAIL 1"]);
check("[[EMAIL_01]]", ["[EMAIL_01]=EMAIL 1"]);
check("email_01, EMAIL 01, MY__EMAIL_1, EMAIL_12345678, [1_2]", []);

test("every token that is written is found, whole", () => {
  const types = fc.stringMatching(/^[A-Z][A-Z0-9]{0,23}(?:_[A-Z][A-Z0-9]{0,23}){0,3}$/);
  fc.assert(
    fc.property(types, fc.integer({ min: 1, max: 9_999_999 }), (type, number) => {
      const token = formatToken(type, number);
      expect(isTypeName(type)).toBe(true);
      expect(token.length).toBeLessThan(MAX_TOKEN_LENGTH);
      expect(findTokens(`x${token}y`)).toEqual([{ start: 1, end: 1 + token.length, type, number }]);
      for (let cut = 1; cut < token.length; cut++) expect(unfinishedToken(`x ${token.slice(0, cut)}`)).toBeLessThanOrEqual(2);
    }),
  );
});
