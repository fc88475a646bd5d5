/** Amounts as people and scripts read them. They are whole nano-dollars (billionths of a US dollar) everywhere else. */
const DIGITS = 9;

/** Dollars as an exact decimal, with two digits behind the point or as many as it takes: `0.000206`, `12.50`. */
export function decimalDollars(nanoDollars: number): string {
  const digits = String(Math.abs(nanoDollars)).padStart(DIGITS + 1, "0");
  const fraction = digits.slice(-DIGITS).replace(/0{1,7}$/, "");
  return `${nanoDollars < 0 ? "-" : ""}${digits.slice(0, -DIGITS)}.${fraction}`;
}
