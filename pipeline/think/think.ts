import { type Brief, type Call, type Generator, type Redacted, SynesisError, type Thought } from "../../kernel/index.ts";
import { compileSchema } from "../text/json-answer.ts";
import { charactersIn } from "./budget.ts";
import { type Prompt, promptFor, type Shared, sharedPart } from "./prompt.ts";

/** One thing that an agent asks the model. */
export interface Inquiry<Answer> {
  readonly agent: string;
  readonly task: Redacted;
  /** The form of the answer; citations are bound to the sentences that exist. */
  readonly schema: (citable: Prompt["citable"]) => Readonly<Record<string, unknown>>;
  /** What is made of a value that keeps the schema. */
  readonly read: (value: unknown, prompt: Prompt) => Answer;
}

/** Tokens of one answer at most; of a small context, a third. */
const ANSWER_TOKENS = 800;
const answerTokens = ({ context }: Generator) => Math.min(ANSWER_TOKENS, Math.floor(context / 3));

/** A model that takes longer than this for one answer is given up, in ms. */
const LONGEST_MS = 300_000;

/** Asks the generator for one JSON value, in the name of an agent, and notes in the trace what it took. @throws SynesisError GENERATOR_* */
export async function think<Answer>(generator: Generator, brief: Brief, inquiry: Inquiry<Answer>, call: Call): Promise<Answer> {
  const { agent, task, schema, read } = inquiry;
  const { phase, round } = brief;
  const limit = AbortSignal.timeout(LONGEST_MS);
  const signal = AbortSignal.any([call.signal, limit]);
  const began = performance.now();
  const took: Usage = { tokens: { in: 0, out: 0 } };
  const note = (fault?: string) =>
    call.trace.thoughts.push({
      agent,
      phase,
      round,
      model: generator.model,
      ms: performance.now() - began,
      ...took,
      ...(fault ? { fault } : {}),
    });
  try {
    const prompt = promptFor(await shared(generator, brief, signal), task);
    const form = schema(prompt.citable);
    const answer = read(await jsonFrom(generator, prompt, form, signal, took), prompt);
    note();
    return answer;
  } catch (error) {
    const fault = limit.aborted && !call.signal.aborted ? new SynesisError("GENERATOR_TIMEOUT", `(${LONGEST_MS / 1000} s)`) : error;
    note(fault instanceof SynesisError ? fault.code : "interrupted");
    throw fault;
  }
}

type Usage = Pick<Thought, "tokens" | "memory" | "cached">;

async function jsonFrom(
  generator: Generator,
  { messages }: Prompt,
  schema: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
  took: Usage,
) {
  let text = "";
  for await (const piece of generator.generate({ messages, schema, maxTokens: answerTokens(generator), signal })) {
    if (piece.type === "text") text += piece.text;
    else Object.assign(took, { tokens: piece.tokens }, piece.memory && { memory: piece.memory }, piece.cached && { cached: true });
  }
  const keeps = await compileSchema(schema);
  const value = parse(text);
  if (!keeps(value)) throw new SynesisError("GENERATOR_INVALID_JSON");
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Agents are given the same brief at the same time: what they share is put together once. */
const sharedOf = new WeakMap<Brief, Promise<Shared>>();

function shared(generator: Generator, brief: Brief, signal: AbortSignal): Promise<Shared> {
  const known = sharedOf.get(brief) ?? build(generator, brief, signal);
  sharedOf.set(brief, known);
  return known;
}

async function build(generator: Generator, brief: Brief, signal: AbortSignal): Promise<Shared> {
  const tokens = generator.context - answerTokens(generator);
  const whole = sharedPart(brief, Number.POSITIVE_INFINITY);
  const counted = await generator.countTokens?.(whole.text, signal);
  return sharedPart(brief, charactersIn(tokens, counted === undefined ? undefined : { characters: whole.text.length, tokens: counted }));
}
