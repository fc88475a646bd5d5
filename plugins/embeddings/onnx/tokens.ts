import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Tokenizer } from "@huggingface/tokenizers";

/** Letters of a token at most, on average: what lies beyond the limit need not be looked at. */
const LETTERS_A_TOKEN = 32;

/** Cuts texts into tokens as a `tokenizer.json` says, between the special tokens that it sets around a text. */
export class Tokens {
  readonly #tokenizer: Tokenizer;
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  /** @throws whatever the library throws for a file that it cannot use. */
  constructor(file: string) {
    this.#tokenizer = new Tokenizer(readJson(file), optionalJson(join(dirname(file), "tokenizer_config.json")));
    const bare = this.#bare("a");
    const whole: number[] = this.#tokenizer.encode("a").ids;
    const at = whole.findIndex((_, i) => bare.every((id, j) => whole[i + j] === id));
    if (bare.length === 0 || at === -1) throw new Error("the tokenizer does not cut a plain word");
    this.#before = whole.slice(0, at);
    this.#after = whole.slice(at + bare.length);
  }

  /** At most `limit` ids, special tokens included. */
  encode(text: string, limit: number): number[] {
    const room = Math.max(0, limit - this.#before.length - this.#after.length);
    return [...this.#before, ...this.#bare(text.slice(0, limit * LETTERS_A_TOKEN)).slice(0, room), ...this.#after];
  }

  #bare(text: string): number[] {
    const ids: number[] = this.#tokenizer.encode(text, { add_special_tokens: false }).ids;
    if (!ids.every(Number.isInteger)) throw new Error("the tokenizer's vocabulary does not hold its own unknown token");
    return ids;
  }
}

function readJson(file: string): object {
  return JSON.parse(readFileSync(file, "utf8")) as object;
}

function optionalJson(file: string): object {
  try {
    return readJson(file);
  } catch {
    return {};
  }
}
