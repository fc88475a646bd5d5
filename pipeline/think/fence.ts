import { createHash } from "node:crypto";
import { type Redacted, redacted } from "../../kernel/index.ts";

/** Puts a text between two lines that cannot stand in it. */
export type Fence = (name: Redacted, text: Redacted) => Redacted;

/**
 * A fence for these texts. Its number is made of the texts themselves, so none of them can hold it: whoever writes a
 * document knows neither the question nor the passages beside it. The same texts give the same fence, so that a model
 * can go on from a beginning that it has read already.
 */
export function fenceFor(texts: readonly string[]): Fence {
  const number = numberNotIn(texts);
  return (name, text) => redacted`<<<${number} ${name}>>>\n${text}\n<<<${number} end>>>`;
}

function numberNotIn(texts: readonly string[]): number {
  for (let attempt = 0; ; attempt++) {
    const hash = createHash("sha256").update(JSON.stringify([attempt, texts]));
    const number = hash.digest().readUIntBE(0, 6);
    if (!texts.some((text) => text.includes(String(number)))) return number;
  }
}
