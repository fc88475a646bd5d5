/** Named checks that a pattern may ask for: what a regular expression cannot say. */
import { createHash } from "node:crypto";
import { ipv6, privateUrl } from "./address-checks.ts";
import { digitsOf, luhn } from "./digits.ts";
import { NATIONAL_CHECKS } from "./national-checks.ts";
import { phoneInContext, phoneShape } from "./phone-checks.ts";
import { passwordLike, secretLike } from "./secret-checks.ts";

/** A card: Luhn, and a length that an issuer with this prefix uses. */
function card(text: string): boolean {
  const digits = digitsOf(text);
  return luhn(digits) && ISSUERS.some(([prefix, lengths]) => lengths.includes(digits.length) && prefix.test(digits));
}

const ISSUERS: readonly [prefix: RegExp, lengths: readonly number[]][] = [
  [/^4/, [13, 16, 19]], // Visa
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]], // Mastercard
  [/^3[47]/, [15]], // American Express
  [/^3(?:0[0-5]|[689])/, [14, 16, 17, 18, 19]], // Diners Club
  [/^6(?:011|4[4-9]|5)/, [16, 17, 18, 19]], // Discover
  [/^35/, [16, 17, 18, 19]], // JCB
  [/^(?:1800|2131)/, [15]], // JCB, old numbers
  [/^62/, [16, 17, 18, 19]], // UnionPay
  [/^(?:5018|5020|5038|5[6-8]|6[0-9])/, [12, 13, 14, 15, 16, 17, 18, 19]], // Maestro
  [/^220[0-4]/, [16, 17, 18, 19]], // Mir
];

/** An IBAN: the length of its country, and the remainder 1 modulo 97. */
function iban(text: string): boolean {
  let separators = 0;
  for (let i = 0; i < text.length; i++) if (text[i] === " " || text[i] === "-") separators++;
  if (IBAN_LENGTHS[text.slice(0, 2).toUpperCase()] !== text.length - separators) return false;
  const compact = text.replace(/[ -]/g, "").toUpperCase();
  return mod97(compact.slice(4) + compact.slice(0, 4)) === 1;
}

const IBAN_LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** @param text digits and capitals. */
function mod97(text: string): number {
  let rest = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    rest = code < 58 ? (rest * 10 + code - 48) % 97 : (rest * 100 + code - 55) % 97; // A is 10
  }
  return rest;
}

/** Base58 with its four check bytes, as Bitcoin's older addresses have it. */
function base58(text: string): boolean {
  let value = 0n;
  for (const char of text) {
    const digit = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".indexOf(char);
    if (digit < 0) return false;
    value = value * 58n + BigInt(digit);
  }
  const bytes = Buffer.from(value.toString(16).padStart(50, "0"), "hex");
  const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest();
  return (
    bytes.length === 25 &&
    sha256(sha256(bytes.subarray(0, 21)))
      .subarray(0, 4)
      .equals(bytes.subarray(21))
  );
}

/** Degrees of latitude and longitude. */
function coordinates(text: string): boolean {
  const [latitude = 999, longitude = 999] = text.split(/[,;\s]+/).map(Number);
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;
}

/** Base64 of `user:password`. */
function basicCredentials(text: string): boolean {
  return /^[\x20-\x7e]+:[\x20-\x7e]*$/.test(Buffer.from(text, "base64").toString("latin1"));
}

/** A JSON Web Token: its first part is base64url of a JSON object with an algorithm. */
function jwt(text: string): boolean {
  if (USUAL_HEADERS.includes(text.slice(0, 8))) return true;
  return /^\{.*"(?:alg|typ|enc)"/s.test(Buffer.from(text.slice(0, text.indexOf(".")), "base64url").toString("latin1"));
}

/** `{"alg"`, `{"typ"` and `{"enc"` in base64. */
const USUAL_HEADERS = ["eyJhbGci", "eyJ0eXAi", "eyJlbmMi"];

/** A bank identifier is written in capitals. */
function bic(text: string): boolean {
  return text === text.toUpperCase();
}

/** A name to log in with, not a word of a schema or a sentence. */
function userName(text: string): boolean {
  return passwordLike(text) && !USER_WORDS.test(text);
}

const USER_WORDS =
  /^(?:root|admin|administrator|user|users|guest|anonymous|nobody|system|default|test|name|names|id|ids|password|email|the|and|has|was|not|who|can|may|will|must|with|from|interface|story|stories|experience|login|logged|failed|success|successful|page|error|date|type|char|varchar|success|attempt|attempts|button|form|session|token)$/i;

/** A vehicle's identification (17 characters) or plate: letters and digits both. */
function plate(text: string): boolean {
  return /\d/.test(text) && /[A-Z]/.test(text) && text.length >= 5;
}

/** The checks by the name under which patterns ask for them. */
export const CHECKS = {
  luhn,
  card,
  iban,
  ipv6,
  base58,
  coordinates,
  basicCredentials,
  jwt,
  plate,
  bic,
  userName,
  phoneShape,
  phoneInContext,
  privateUrl,
  passwordLike,
  secretLike,
  ...NATIONAL_CHECKS,
} as const satisfies Record<string, (text: string) => boolean>;

export type CheckName = keyof typeof CHECKS;
