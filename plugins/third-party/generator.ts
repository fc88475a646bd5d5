import { type Generated, type GenerateRequest, type Generator, SynesisError, Trace } from "../../kernel/index.ts";
import { compileSchema, jsonAnswer } from "../../pipeline/text/json-answer.ts";
import { type GivenText, generatedOf } from "./answers.ts";
import { SandboxFault, SandboxSilence } from "./fault.ts";
import { type OnPiece, Pieces } from "./pieces.ts";
import type { Ask } from "./taps.ts";

/** Answers asked for until one keeps its schema. */
const ANSWERS = 4;

/**
 * A generator whose function `generate` takes the messages and gives the whole text, or writes it in pieces.
 *
 * @param context tokens of a request and its answer
 */
export function generatorOf(ask: Ask, model: string, context: number): Generator {
  const write = async ({ messages, schema, maxTokens }: GenerateRequest, signal: AbortSignal, onPiece: OnPiece): Promise<GivenText> => {
    try {
      const given = await ask([{ messages, schema, maxTokens }], { signal, trace: new Trace() }, generatedOf, { onPiece });
      if (given === undefined) throw new SandboxFault("gave no text");
      return given;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (!(error instanceof SandboxFault)) throw error;
      throw new SynesisError(error instanceof SandboxSilence ? "GENERATOR_TIMEOUT" : "GENERATOR_FAILED", `(${model}: ${error.message})`);
    }
  };

  async function* generate(request: GenerateRequest): AsyncGenerator<Generated> {
    request.signal.throwIfAborted();
    if (request.schema) yield* generateJson(request, request.schema);
    else yield* generateText(request);
  }

  async function* generateText(request: GenerateRequest): AsyncGenerator<Generated> {
    const left = new AbortController(); // whoever reads has gone away
    const pieces = new Pieces();
    const written = write(request, AbortSignal.any([request.signal, left.signal]), (text) => pieces.add(text)).finally(() => pieces.end());
    written.catch(() => {});
    let count = 0;
    try {
      for await (const text of pieces.all()) {
        count++;
        yield { type: "text", text };
      }
      const { text, tokens = { in: 0, out: count }, finish = "stop" } = await written;
      if (text) yield { type: "text", text };
      yield { type: "usage", tokens, finish };
    } finally {
      left.abort(new DOMException("Nobody reads it any more", "AbortError"));
    }
  }

  async function* generateJson(request: GenerateRequest, schema: Readonly<Record<string, unknown>>): AsyncGenerator<Generated> {
    const keeps = await compileSchema(schema);
    const spent = { in: 0, out: 0 };
    for (let attempt = 0; attempt < ANSWERS; attempt++) {
      let pieces = "";
      const {
        text,
        tokens,
        finish = "stop",
      } = await write(request, request.signal, (piece) => {
        pieces += piece;
      });
      spent.in += tokens?.in ?? 0;
      spent.out += tokens?.out ?? 0;
      const answer = jsonAnswer(pieces + text, keeps);
      if (answer === undefined) continue;
      yield { type: "text", text: answer };
      yield { type: "usage", tokens: spent, finish };
      return;
    }
    throw new SynesisError("GENERATOR_INVALID_JSON", `(${model}, ${ANSWERS} attempts)`);
  }

  return { model, context, generate };
}
