/** Texts that make careless patterns take quadratic or exponential time. */

export interface HostileText {
  readonly name: string;
  readonly text: string;
}

const UNITS: readonly (readonly [name: string, unit: string, before?: string, after?: string])[] = [
  ["at signs", "a@"],
  ["dots", "a."],
  ["mail without an end", "a.b-c_d@"],
  ["one long local part", "a", "", "@"],
  ["one long domain", "a.", "x@"],
  ["digits", "7"],
  ["digits and spaces", "1 "],
  ["digits and dashes", "1-1-"],
  ["pairs and dots", "12.12."],
  ["groups of four", "4111 "],
  ["groups of three", "123-"],
  ["long numbers", "4111111111111112 "],
  ["plus signs", "+1"],
  ["brackets and digits", "(1"],
  ["colons", "a:"],
  ["colons and hexadecimal digits", "ab:cd:"],
  ["double colons", "::1"],
  ["country codes", "DE12 "],
  ["an IBAN without an end", "DE12 3456 "],
  ["an unclosed key block", "MIIEowIBAAKCAQEA\n", "-----BEGIN PRIVATE KEY-----\n"],
  ["unclosed key blocks", "-----BEGIN PRIVATE KEY-----\n"],
  ["ends of key blocks", "-----END PRIVATE KEY-----\n"],
  ["dashes", "-"],
  ["assignments", "password="],
  ["assignments with spaces", "password   =   "],
  ["open quotation marks", 'password = "'],
  ["backslashes in a string", "\\", 'password = "'],
  ["secrets", "secret: "],
  ["keys", "api_key "],
  ["token words", "token token_"],
  ["schemes", "http://"],
  ["schemes and users", "postgres://a:"],
  ["one long address", "a/", "https://example.net/"],
  ["beginnings of web tokens", "eyJ"],
  ["web tokens without an end", "eyJhbGciOiJIUzI1NiJ9."],
  ["bearers", "Bearer "],
  ["cookies", "Cookie: a="],
  ["connection strings", "Server=a;"],
  ["prefixes of keys", "sk-ghp_AKIA"],
  ["elements", "<password>"],
  ["nested brackets", "["],
  ["nested braces", '{"a":'],
  ["look-alike tokens", "[EMAIL_01"],
  ["white space", " "],
  ["line breaks", "\n"],
  ["tabs and line breaks", "\t\n "],
  ["lone surrogates", "\ud83d"],
  ["zero-width characters", "a\u200b"],
  ["combining marks", "e\u0301\u0302"],
  ["look-alike letters", "раsswоrd="],
  ["full-width digits", "４１１１ "],
  ["emoji", "👩‍👩‍👧"],
  ["NUL", "\0"],
  ["words", "lorem ipsum "],
  ["capital words", "Anna Berg "],
  ["capitals", "ABCDE"],
  ["capitals and digits", "AB12"],
  ["seed words", "seed apple "],
  ["births", "born on "],
  ["licences", "driver's license number is "],
  ["passports", "passport number A1"],
  ["streets", "12 Main Street, "],
  ["coordinates", "48.123, 2.123, "],
  ["hexadecimal", "deadbeef"],
  ["base58", "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"],
  ["years old", "1 year "],
  ["apostrophes", "O'"],
  ["percent signs", "%5B"],
  ["wallets", "wallet a "],
];

/** One text of `length` characters for each kind. */
export function hostileTexts(length: number): HostileText[] {
  return UNITS.map(([name, unit, before = "", after = ""]) => ({
    name,
    text: (before + unit.repeat(Math.ceil(length / unit.length))).slice(0, length) + after,
  }));
}

/** How long a scan takes for each text, in milliseconds: the best of three runs. */
export function scanTimes(scan: (text: string) => unknown, texts: readonly HostileText[]): { name: string; ms: number }[] {
  return texts.map(({ name, text }) => {
    const runs = [0, 1, 2].map(() => {
      const began = performance.now();
      scan(text);
      return performance.now() - began;
    });
    return { name, ms: Math.min(...runs) };
  });
}
