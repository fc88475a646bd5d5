/**
 * A generated corpus of mail, configuration, logs and code with planted values and look-alikes, the same at every run.
 */

/** A generated text and where its planted values stand. */
export interface PlantedText {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly type: string }[];
}

/** Small deterministic generator of numbers in [0, 1) (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;

const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
const chars = (random: Random, alphabet: string, length: number) => Array.from({ length }, () => pick(random, [...alphabet])).join("");
const DIGITS = "0123456789";
const HEX = "0123456789abcdef";
const ALNUM = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const WORDS =
  "the of and to in is was for on that with as it at by from are this be or which you will can our have not we please thank order account delivery invoice week meeting project server request response update file report number team payment address customer service support issue review release build branch commit change value list table index page form field option setting process thread queue message event time date year month day morning afternoon question answer problem solution answered shipped returned refund item product price total amount quantity size colour".split(
    " ",
  );
const NAMES = "anna ben carla david eva frank greta hugo ines jan kara luis mona nils olga paul rita sven tina uwe".split(" ");

const sentence = (random: Random) => {
  const words = Array.from({ length: 6 + Math.floor(random() * 10) }, () => pick(random, WORDS)).join(" ");
  return `${words[0]?.toUpperCase()}${words.slice(1)}.`;
};

function luhnCompleted(digits: string): string {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    sum += i % 2 === 0 ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return digits + String((10 - (sum % 10)) % 10);
}

function ibanOf(random: Random): string {
  const body = chars(random, DIGITS, 18);
  const check = 98n - (BigInt(`${body}131400`) % 97n);
  return `DE${String(check).padStart(2, "0")}${body}`;
}

/** Values to plant: the kind, the value, and the words around it. */
const PLANTS: readonly [type: string, value: (random: Random) => string, around: readonly string[]][] = [
  [
    "EMAIL",
    (r) => `${pick(r, NAMES)}.${pick(r, NAMES)}${Math.floor(r() * 99)}@${pick(r, NAMES)}-mail.${pick(r, ["com", "org", "de", "co.uk"])}`,
    ["Write to # today.", "from=<#> status=sent", "contact: #"],
  ],
  [
    "PHONE",
    (r) => `+${pick(r, ["1", "44", "49"])} ${chars(r, "23456789", 3)} ${chars(r, DIGITS, 3)} ${chars(r, DIGITS, 4)}`,
    ["Call # after nine.", "phone: #"],
  ],
  ["PHONE", (r) => `${chars(r, "23456789", 3)}-${chars(r, "23456789", 3)}-${chars(r, DIGITS, 4)}`, ["Her number is #.", "tel #"]],
  ["SSN", (r) => `${chars(r, "12345", 3)}-${chars(r, "123456789", 2)}-${chars(r, "123456789", 4)}`, ["SSN #", "social security number #."]],
  ["CREDIT_CARD", (r) => luhnCompleted(`4${chars(r, DIGITS, 14)}`), ["card #", "paid with # today"]],
  ["IBAN", ibanOf, ["IBAN: #", "transfer to # please"]],
  [
    "IP_ADDRESS",
    (r) => Array.from({ length: 4 }, () => 11 + Math.floor(r() * 240)).join("."),
    ["host # port 443", "client # - - GET /index"],
  ],
  ["IP_ADDRESS", (r) => `2001:db8:${chars(r, HEX, 4)}::${chars(r, "123456789abcdef", 4)}`, ["listen on # now"]],
  ["MAC_ADDRESS", (r) => Array.from({ length: 6 }, () => chars(r, HEX, 2)).join(":"), ["link/ether # up"]],
  ["API_KEY", (r) => `ghp_${chars(r, ALNUM, 36)}`, ["token #", "GITHUB_TOKEN=#"]],
  ["API_KEY", (r) => `AKIA${chars(r, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)}`, ["aws_access_key_id = #", "key # used"]],
  ["API_KEY", (r) => `sk-${chars(r, ALNUM, 48)}`, ['api_key: "#"', "OPENAI_API_KEY=#"]],
  [
    "PASSWORD",
    (r) => `${chars(r, ALNUM, 8)}${pick(r, [..."!?#%+"])}${chars(r, DIGITS, 2)}`,
    ['password = "#"', "DB_PASSWORD=#\n", '"password": "#"'],
  ],
  ["SECRET", (r) => `q7${chars(r, ALNUM, 30)}`, ['client_secret: "#"', 'const authToken = "#";']],
  ["JWT", (r) => `eyJhbGciOiJIUzI1NiJ9.eyJ${chars(r, ALNUM, 40)}.${chars(r, ALNUM, 43)}`, ["jwt # expired"]],
  ["AUTHORIZATION", (r) => `Bearer ${chars(r, ALNUM, 40)}`, ["Authorization: #\n"]],
  ["CONNECTION_STRING", (r) => `postgres://app:${chars(r, ALNUM, 12)}@db${Math.floor(r() * 9)}.internal:5432/main`, ["DATABASE_URL=#\n"]],
  ["URL", (r) => `https://${pick(r, NAMES)}-${pick(r, NAMES)}.example-${chars(r, HEX, 4)}.net/u/${chars(r, HEX, 8)}`, ["see # for more"]],
  ["CRYPTO_WALLET", (r) => `0x${chars(r, HEX, 40)}`, ["wallet #"]],
  [
    "PRIVATE_KEY",
    (r) => `-----BEGIN PRIVATE KEY-----\n${Array.from({ length: 6 }, () => chars(r, ALNUM, 64)).join("\n")}\n-----END PRIVATE KEY-----`,
    ["\n#\n"],
  ],
  [
    "DATE_OF_BIRTH",
    (r) => `${1 + Math.floor(r() * 28)}/${1 + Math.floor(r() * 12)}/19${chars(r, "56789", 1)}${chars(r, DIGITS, 1)}`,
    ["date of birth: #", "DOB #"],
  ],
];

/** What looks like a value and is none. */
const NEGATIVES: readonly ((random: Random) => string)[] = [
  (r) => `version 1.${Math.floor(r() * 20)}.${Math.floor(r() * 20)}`,
  (r) => `commit ${chars(r, HEX, 40)}`,
  (r) => `id ${chars(r, HEX, 8)}-${chars(r, HEX, 4)}-4${chars(r, HEX, 3)}-a${chars(r, HEX, 3)}-${chars(r, HEX, 12)}`,
  (r) => `took ${Math.floor(r() * 900)}.${chars(r, DIGITS, 3)} ms`,
  (r) => `total 1,${chars(r, DIGITS, 3)},${chars(r, DIGITS, 3)} EUR`,
  (r) => `order ${chars(r, DIGITS, 8)}`,
  (r) => `at 12:${chars(r, "012345", 1)}${chars(r, DIGITS, 1)}:33`,
  () => "password = os.environ['DB_PASSWORD']",
  () => "token: string;",
  () => "if (user.password === undefined) return;",
  () => "@Override public void run()",
  () => "std::vector<std::string> keys;",
  (r) => `sha256:${chars(r, HEX, 64)}`,
  (r) => `epoch ${1600000000000 + Math.floor(r() * 1e11)}`,
  () => "The secret of the garden is water.",
  () => "color: #ff8800; margin: 0 12px 4px 8px;",
];

const LINES: readonly ((random: Random) => string)[] = [
  sentence,
  sentence,
  (r) =>
    `2024-0${1 + Math.floor(r() * 9)}-1${Math.floor(r() * 9)} 0${Math.floor(r() * 9)}:12:4${Math.floor(r() * 9)} INFO worker-${Math.floor(r() * 9)} ${pick(r, WORDS)} ${pick(r, WORDS)} done=${Math.floor(r() * 900)}`,
  (r) => `${pick(r, WORDS)}.${pick(r, WORDS)} = ${pick(r, ["true", "false", "10", "eu-west", "default"])}`,
  (r) => `  const ${pick(r, WORDS)}Count = ${pick(r, WORDS)}.map((entry) => entry.${pick(r, WORDS)});`,
  (r) => `  ${pick(r, WORDS)}: ${pick(r, WORDS)}`,
];

/** Texts of about `size` characters, `count` of them. */
export function plantedTexts(count: number, size = 1_000, seed = 7): PlantedText[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => plantedText(random, size));
}

function plantedText(random: Random, size: number): PlantedText {
  const spans: { start: number; end: number; type: string }[] = [];
  let text = "";
  while (text.length < size) {
    const dice = random();
    if (dice < 0.12) {
      const [type, make, around] = pick(random, PLANTS);
      const value = make(random);
      const [before = "", after = ""] = pick(random, around).split("#");
      spans.push({ start: text.length + before.length, end: text.length + before.length + value.length, type });
      text += before + value + after;
    } else text += dice < 0.24 ? pick(random, NEGATIVES)(random) : pick(random, LINES)(random);
    text += random() < 0.7 ? "\n" : " ";
  }
  return { text, spans };
}
