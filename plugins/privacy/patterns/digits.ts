/** What checks of numbers share. */

/** The digits of a text. */
export function digitsOf(text: string): string {
  return /\D/.test(text) ? text.replace(/\D+/g, "") : text;
}

/** Luhn's check digit over the digits of `text`; not all the same digit. */
export function luhn(text: string): boolean {
  const digits = digitsOf(text);
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    sum += i % 2 === 0 ? digit : digit > 4 ? digit * 2 - 9 : digit * 2;
  }
  return sum % 10 === 0 && !/^(\d)\1*$/.test(digits);
}

/** Σ digit × weight over the first digits. */
export function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, i) => sum + weight * Number(digits[i]), 0);
}

/** Whether YYMMDD or DDMMYY parts make a day of the calendar, roughly. */
export function isDay(day: number, month: number): boolean {
  return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}
