import { type Generated, type GenerateRequest, type Generator, SynesisError, Trace } from "../../kernel/index.ts";
import { compileSchema, jsonAnswer } from "../../pipeline/text/json-answer.ts";
import { type GivenText, generatedOf } from "./answers.ts";
import { SandboxFault } from "./fault.ts";
import type { Ask } from "./taps.ts";

/** Answers asked for until one keeps its schema. */
const ANSWERS = 4;

/** A generator whose function `generate` takes the messages and gives the whole text. @param context tokens of a request and its answer */
export function generatorOf(ask: Ask, model: string, context: number): Generator {
  const write = async ({ messages, schema, maxTokens, signal }: GenerateRequest): Promise<GivenText> => {
    try {
      const given = await ask([{ messages, schema, maxTokens }], { signal, trace: new Trace() }, generatedOf);
      if (given === undefined) throw new SandboxFault("gave no text");
      return given;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (error instanceof SandboxFault) throw new SynesisError("GENERATOR_FAILED", `(${model}: ${error.message})`);
      throw error;
    }
  };

  async function* generate(request: GenerateRequest): AsyncGenerator<Generated> {
    request.signal.throwIfAborted();
    const keeps = request.schema && (await compileSchema(request.schema));
    const tokens = { in: 0, out: 0 };
    for (let attempt = 0; attempt < ANSWERS; attempt++) {
      const { text, tokens: spent = { in: 0, out: 0 }, finish = "stop" } = await write(request);
      tokens.in += spent.in;
      tokens.out += spent.out;
      const answer = keeps ? jsonAnswer(text, keeps) : text;
      if (answer === undefined) continue;
      yield { type: "text", text: answer };
      yield { type: "usage", tokens, finish };
      return;
    }
    throw new SynesisError("GENERATOR_INVALID_JSON", `(${model}, ${ANSWERS} attempts)`);
  }

  return { model, context, generate };
}
