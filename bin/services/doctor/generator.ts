import { redacted } from "../../../kernel/index.ts";
import type { Config } from "../config.ts";
import { bad, type Check, good } from "./check.ts";

const TOKENS = 48;
/** Loading a large model takes its time. */
const LONGEST_MS = 120_000;

/** Has the model that the settings choose write a sentence, and says how fast it does. */
export async function checkGenerator(home: string, config: Config): Promise<Check> {
  if (config.generator.kind === "embedded" && config.plugins.generator === "")
    return good("generator", "none is chosen, and none is needed");
  const { compose } = await import("../compose.ts");
  const { kernel } = await compose(home, { ...config, generator: { ...config.generator, cache: false } }, "council", {
    keepNothing: true,
    escalates: false,
  });
  try {
    const generator = kernel.service("generator");
    const messages = [{ role: "user", content: redacted`Say in a few sentences what a library is for.` }] as const;
    const began = performance.now();
    let first = 0;
    for await (const piece of generator.generate({ messages, maxTokens: TOKENS, signal: AbortSignal.timeout(LONGEST_MS) })) {
      if (piece.type === "text") first ||= performance.now() - began;
      else return said(generator.model, first, performance.now() - began, piece.tokens.out);
    }
    return bad("generator", `${generator.model} wrote nothing`, "Take another model, or look at its server's log.");
  } finally {
    await kernel.close();
  }
}

/** Milliseconds to the first word, and to the last. */
function said(model: string, first: number, all: number, tokens: number): Check {
  const writing = all - first;
  const rate = tokens > 1 && writing > 0 ? `, then ${((tokens - 1) / (writing / 1000)).toFixed(1)} tokens a second` : "";
  return good("generator", `${model} wrote: the first word after ${(first / 1000).toFixed(2)} s${rate}`);
}
