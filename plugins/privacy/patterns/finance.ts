import type { Pattern } from "./pattern.ts";

const IBAN_COUNTRIES =
  "AD AE AL AT AZ BA BE BG BH BR BY CH CR CY CZ DE DK DO EE EG ES FI FO FR GB GE GI GL GR GT HR HU IE IL IQ IS IT JO KW KZ LB LC LI LT LU LV LY MC MD ME MK MR MT MU NL NO PK PL PS PT QA RO RS SA SC SE SI SK SM ST SV TL TN TR UA VA VG XK".split(
    " ",
  );

export const finance: readonly Pattern[] = [
  {
    type: "CREDIT_CARD",
    name: "payment card number",
    anchor: "digits",
    digits: [12, 24],
    first: [4, 19],
    pattern: String.raw`(?<![\w.-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1?\d{3})?|3\d{3}([ -])\d{4,6}\2\d{4,5}|\d{12,19})(?![\w]|[.-]\d)`,
    check: "card",
    priority: 80,
    matches: ["card 4111 1111 1111 1111", "347415977307943", "4007070753690781", "3782-822463-10005", "4111-1111-1111-1111."],
    misses: ["4111 1111 1111 1112", "1111 1111 1111 1111", "1234567890123456", "41111111111111110.5"],
  },
  {
    type: "IBAN",
    name: "bank account number, international",
    anchor: IBAN_COUNTRIES.map((code) => `${code}##`),
    flags: "i",
    pattern: String.raw`[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Z0-9])`,
    check: "iban",
    priority: 85,
    matches: ["GB56HXDO88167774656119", "gb42nawi04454264788619", "DE89 3704 0044 0532 0130 00"],
    misses: ["DE89370400440532013001", "DE12 and DE34", "GB00 AAAA"],
  },
  {
    type: "BANK_ACCOUNT",
    name: "bank account, routing or sort code",
    anchor: ["account", "acct", "a/c", "routing", "aba", "sort code", "bsb", "konto", "iban"],
    flags: "i",
    pattern: String.raw`(?:(?:bank )?(?:account|acct|a/c|konto|routing|aba|sort|bsb|iban)(?: ?(?:no|number|num|nr|code|#)\.?)?)(?: is| of|["']?[:=#])?\s{0,3}["']?(?<value>\d[\d -]{4,20}\d)(?![\w])`,
    priority: 45,
    matches: ["account number: 12345678", "Acct # 0012-345678", "sort code 20-00-00", "routing number 021000021"],
    misses: ["account 12", "the account is 3 years old", "account number unknown"],
  },
  {
    type: "BIC",
    name: "bank identifier",
    anchor: ["bic", "swift"],
    flags: "i",
    pattern: String.raw`(?:bic|swift)(?:/swift|/bic)?(?: ?code)?(?: is|[:=#])?\s{0,3}(?<value>[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![A-Za-z0-9])`,
    check: "bic",
    priority: 40,
    matches: ["BIC: DEUTDEFF500", "SWIFT code NEDSZAJJ"],
    misses: ["Swift language", "BIC: unknown", "swift response"],
  },
  {
    type: "CRYPTO_WALLET",
    name: "Bitcoin address",
    anchor: ["#&&&&&&&&&"],
    pattern: "[123][1-9A-HJ-NP-Za-km-z]{25,34}(?![A-Za-z0-9])",
    check: "base58",
    priority: 60,
    matches: ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy"],
    misses: ["1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN3", "1234567890123456789012345678"],
  },
  {
    type: "CRYPTO_WALLET",
    name: "segwit, Ethereum and other marked addresses",
    anchor: ["bc1", "tb1", "ltc1", "0x", "addr1", "cosmos1", "xpub", "xprv", "bnb1"],
    pattern: `(?:(?:bc1|tb1|ltc1|cosmos1|bnb1)[02-9ac-hj-np-z]{25,87}|addr1[02-9ac-hj-np-z]{50,110}|0x[0-9a-fA-F]{40}(?:[0-9a-fA-F]{24})?|x(?:pub|prv)[1-9A-HJ-NP-Za-km-z]{100,112})(?![A-Za-z0-9])`,
    priority: 60,
    matches: ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "0x52908400098527886E0F7030069857D2E4169EE7"],
    misses: ["0xdeadbeef", "bc1", "addr1 is free"],
  },
  {
    type: "CRYPTO_WALLET",
    name: "Monero, Tron, Ripple and other addresses by name",
    anchor: ["wallet", "monero", "xmr", "tron", "trx", "ripple", "xrp", "doge", "litecoin", "ltc", "dash", "solana"],
    pattern:
      "[^\\n]{2,40}?(?<![A-Za-z0-9])(?<value>4[0-9AB][1-9A-HJ-NP-Za-km-z]{93}|T[1-9A-HJ-NP-Za-km-z]{33}|r[1-9A-HJ-NP-Za-km-z]{24,34}|[DLX][1-9A-HJ-NP-Za-km-z]{33}|[1-9A-HJ-NP-Za-km-z]{43,44})(?![A-Za-z0-9])",
    flags: "i",
    check: "secretLike",
    priority: 55,
    matches: ["TRON wallet TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"],
    misses: ["wallet address Three", "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"],
  },
];
