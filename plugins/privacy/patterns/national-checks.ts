/** Check digits of national identification numbers; each takes the number as written. */
import { digitsOf, isDay, luhn, weighted } from "./digits.ts";

const numbers = (text: string, at: number, length: number) => Number(text.slice(at, at + length));

/** United States: areas, groups and serials that are issued. */
function ssn(text: string): boolean {
  const digits = digitsOf(text);
  return digits.length === 9 && !/^(?:000|666|9)/.test(digits) && digits.slice(3, 5) !== "00" && digits.slice(5) !== "0000";
}

/** United Kingdom, health service: modulo 11. */
function nhs(text: string): boolean {
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return digits.length === 10 && (check === 11 ? 0 : check) === Number(digits[9]);
}

/** Germany, tax number: ISO 7064 modulo 11, 10. */
function steuerId(text: string): boolean {
  const digits = digitsOf(text);
  let product = 10;
  for (const digit of digits.slice(0, 10)) {
    const sum = (Number(digit) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return digits.length === 11 && digits[0] !== "0" && (11 - product) % 10 === Number(digits[10]);
}

/** France: the last two digits complement the rest modulo 97; Corsica counts as 19 and 18. */
function nir(text: string): boolean {
  const compact = text.replace(/[ .]/g, "").toUpperCase().replace("2A", "19").replace("2B", "18");
  return /^[1-478]\d{14}$/.test(compact) && 97 - Number(BigInt(compact.slice(0, 13)) % 97n) === Number(compact.slice(13));
}

/** Spain: the letter for the number modulo 23; X, Y, Z stand for 0, 1, 2 in numbers of foreigners. */
function dni(text: string): boolean {
  const compact = text.replace(/[ .-]/g, "").toUpperCase();
  const number = Number(compact.slice(0, -1).replace(/^[XYZ]/, (letter) => String("XYZ".indexOf(letter))));
  return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23] === compact.at(-1);
}

/** Italy: the last letter, from values for odd and even places. */
function codiceFiscale(text: string): boolean {
  const code = text.toUpperCase();
  const odd = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const value = Number.parseInt(code[i] ?? "", 36);
    const rank = value > 9 ? value - 10 : value;
    sum += i % 2 === 0 ? (odd[rank] as number) : rank;
  }
  return code.charCodeAt(15) - 65 === sum % 26;
}

/** Netherlands: the eleven test. */
function bsn(text: string): boolean {
  const digits = digitsOf(text).padStart(9, "0");
  return digits.length === 9 && digits !== "000000000" && weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0;
}

/** Poland: weights 1, 3, 7, 9, and a date of birth. */
function pesel(text: string): boolean {
  const digits = digitsOf(text);
  const sum = weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]);
  return digits.length === 11 && isDay(numbers(digits, 4, 2), numbers(digits, 2, 2) % 20) && (10 - (sum % 10)) % 10 === Number(digits[10]);
}

/** Sweden: Luhn over the last ten digits, and a date of birth. */
function personnummer(text: string): boolean {
  const digits = digitsOf(text).slice(-10);
  return isDay(numbers(digits, 4, 2) % 60, numbers(digits, 2, 2)) && luhn(digits);
}

/** Norway: two check digits modulo 11. */
function fodselsnummer(text: string): boolean {
  const digits = digitsOf(text);
  return (
    digits.length === 11 &&
    isDay(numbers(digits, 0, 2) % 40, numbers(digits, 2, 2) % 40) &&
    weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
    weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0
  );
}

/** Denmark: a date of birth; numbers since 2007 have no check digit. */
function cpr(text: string): boolean {
  return isDay(numbers(text, 0, 2), numbers(text, 2, 2));
}

/** Finland: the check character for the number modulo 31. */
function hetu(text: string): boolean {
  const number = Number(text.slice(0, 6) + text.slice(7, 10));
  return isDay(numbers(text, 0, 2), numbers(text, 2, 2)) && "0123456789ABCDEFHJKLMNPRSTUVWXY"[number % 31] === text.at(-1)?.toUpperCase();
}

/** Belgium: modulo 97, with a leading 2 for people born since 2000. */
function rijksregister(text: string): boolean {
  const digits = digitsOf(text);
  const check = Number(digits.slice(9));
  const fits = (prefix: string) => 97 - (Number(prefix + digits.slice(0, 9)) % 97) === check;
  return digits.length === 11 && (fits("") || fits("2"));
}

/** Brazil, people: two check digits modulo 11. */
function cpf(text: string): boolean {
  const digits = digitsOf(text);
  const check = (length: number) => {
    const weights = Array.from({ length }, (_, i) => length + 1 - i);
    return ((weighted(digits, weights) * 10) % 11) % 10;
  };
  return digits.length === 11 && !/^(\d)\1*$/.test(digits) && check(9) === Number(digits[9]) && check(10) === Number(digits[10]);
}

/** India: Verhoeff's check digit. */
function aadhaar(text: string): boolean {
  const digits = digitsOf(text);
  const multiply = [
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
  ];
  const permute = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"];
  let check = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(permute[i % 8]?.[Number(digits[digits.length - 1 - i])]);
    check = Number(multiply[check]?.[digit]);
  }
  return digits.length === 12 && check === 0;
}

/** China: ISO 7064 modulo 11, 2, and a month of birth. */
function residentId(text: string): boolean {
  const check = weighted(text, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11;
  return isDay(numbers(text, 12, 2), numbers(text, 10, 2)) && "10X98765432"[check] === text.at(-1)?.toUpperCase();
}

/** Turkey: two check digits. */
function tckn(text: string): boolean {
  const odd = weighted(text, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weighted(text, [0, 1, 0, 1, 0, 1, 0, 1]);
  return (odd * 7 - even + 20) % 10 === Number(text[9]) && (odd + even + Number(text[9])) % 10 === Number(text[10]);
}

/** Australia, tax file number: modulo 11. */
function tfn(text: string): boolean {
  const digits = digitsOf(text);
  return digits.length === 9 && weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
}

/** Singapore: the letter for the weighted sum modulo 11. */
function nric(text: string): boolean {
  const code = text.toUpperCase();
  const sum = weighted(code.slice(1, 8), [2, 7, 6, 5, 4, 3, 2]);
  const letters = { S: "JZIHGFEDCBA", T: "GFEDCBAJZIH", F: "XWUTRQPNMLK", G: "RQPNMLKXWUT" }[code[0] ?? ""];
  return letters?.[sum % 11] === code.at(-1);
}

/** Switzerland: the EAN check digit. */
function ahv(text: string): boolean {
  const digits = digitsOf(text);
  const sum = weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]);
  return digits.length === 13 && (10 - (sum % 10)) % 10 === Number(digits[12]);
}

/** Portugal: modulo 11. */
function nif(text: string): boolean {
  const digits = digitsOf(text);
  const check = 11 - (weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return digits.length === 9 && (check > 9 ? 0 : check) === Number(digits[8]);
}

/** South Korea: a date of birth (the check digit is no longer used for new numbers). */
function koreanId(text: string): boolean {
  return isDay(numbers(text, 4, 2), numbers(text, 2, 2));
}

/** South Africa: Luhn, and a date of birth. */
function southAfricanId(text: string): boolean {
  return isDay(numbers(text, 4, 2), numbers(text, 2, 2)) && luhn(text);
}

export const NATIONAL_CHECKS = {
  ssn,
  nhs,
  steuerId,
  nir,
  dni,
  codiceFiscale,
  bsn,
  pesel,
  personnummer,
  fodselsnummer,
  cpr,
  hetu,
  rijksregister,
  cpf,
  aadhaar,
  residentId,
  tckn,
  tfn,
  nric,
  ahv,
  nif,
  koreanId,
  southAfricanId,
} as const;
