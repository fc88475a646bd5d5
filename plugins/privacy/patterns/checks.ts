/** Named checks that a pattern may ask for: what a regular expression cannot say. */

/** Luhn's check digit over the digits of `text`, as cards have it; not all the same digit. */
export function luhn(text: string): boolean {
  let sum = 0;
  let double = false;
  let first = -1;
  let varied = false;
  for (let i = text.length - 1; i >= 0; i--) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) continue;
    if (first < 0) first = digit;
    else if (digit !== first) varied = true;
    const value = double ? digit * 2 : digit;
    sum += value > 9 ? value - 9 : value;
    double = !double;
  }
  return varied && sum % 10 === 0;
}

/** The checks by the name under which patterns ask for them. */
export const CHECKS = { luhn } as const satisfies Record<string, (text: string) => boolean>;

export type CheckName = keyof typeof CHECKS;
