/** Whether digits and signs that could be a telephone number are a date, or a number with separated thousands. */

/** A telephone number without a mark of its own: not a date, not a number with separated thousands. */
export function phoneShape(text: string): boolean {
  const count = countDigits(text);
  if (count < 7 || count > 15) return false;
  // What the expressions below take begins with these; most numbers do not.
  if (mayBeYear(text) && (/^(?:(?:19|20)\d\d[ .-]?){2,}$/.test(text) || /^(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./]/.test(text)))
    return false;
  if (isDayGroup(text) && /^\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d\d(?![-./ ]?\d)/.test(text)) return false;
  return count >= 9 || !/^[1-9]\d{0,2}(?:([ .,])\d{3})(?:\1\d{3})*$/.test(text);
}

/** A telephone number after a word that says so: anything but a date. */
export function phoneInContext(text: string): boolean {
  return !/^(?:(?:19|20)\d\d[-./ ]\d{1,2}[-./ ]\d{1,2}(?!\d)|\d{1,2}[-./]\d{1,2}[-./](?:19|20)?\d\d(?!\d))/.test(text);
}

const isDigit = (code: number) => code >= 48 && code <= 57;

function countDigits(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) if (isDigit(text.charCodeAt(i))) count++;
  return count;
}

const [ONE, TWO] = [49, 50];

function mayBeYear(text: string): boolean {
  const first = text.charCodeAt(0);
  return first === ONE || first === TWO;
}

/** Whether a sign stands behind one or two digits. */
function isDayGroup(text: string): boolean {
  return isDigit(text.charCodeAt(0)) && (isSign(text.charCodeAt(1)) || isSign(text.charCodeAt(2)));
}

/** `-`, `.` or `/`. */
const isSign = (code: number) => code >= 45 && code <= 47;
