import { createInterface } from "node:readline/promises";

/** Has the person at the terminal choose one of a list by its number; undefined where there is nobody, or nothing is chosen. */
export async function choose(question: string, choices: readonly string[], signal: AbortSignal): Promise<number | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY || choices.length === 0) return undefined;
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    process.stderr.write(`${choices.map((choice, i) => `${String(i + 1).padStart(3)}  ${choice}`).join("\n")}\n`);
    const answer = Number((await prompt.question(`${question} [1-${choices.length}] `, { signal })).trim());
    return Number.isInteger(answer) && answer >= 1 && answer <= choices.length ? answer - 1 : undefined;
  } finally {
    prompt.close();
  }
}
