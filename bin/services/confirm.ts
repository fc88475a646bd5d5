import { createInterface } from "node:readline/promises";

/**
 * Asks the person at the terminal; false where there is nobody to ask.
 *
 * @param unsaid what a bare Enter means.
 */
export async function confirm(question: string, unsaid: boolean, signal: AbortSignal): Promise<boolean> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return false;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = (await prompt.question(`${question} ${unsaid ? "[Y/n]" : "[y/N]"} `, { signal })).trim();
    return answer === "" ? unsaid : /^y(?:es)?$/i.test(answer);
  } finally {
    prompt.close();
  }
}
