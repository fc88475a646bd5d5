import { setTimeout as sleep } from "node:timers/promises";
import { type Generated, type GenerateRequest, type Generator, SynesisError } from "../../kernel/index.ts";
import { compileSchema, jsonAnswer } from "../../pipeline/text/json-answer.ts";
import { type Chat, type ChatBody, type Dialect, FormRefused, OPENAI, streamChat } from "./chat.ts";

export interface OpenAiOptions {
  /** Address of the interface, up to and with /v1. */
  readonly baseUrl: string;
  readonly model: string;
  /** How the server is spoken to, where it is not OpenAI's way. */
  readonly dialect?: Dialect;
  /** Tokens that a request and its answer may have together. */
  readonly context?: number;
  /** Further fields of each request's body. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Gives the server's key at each request; it is kept nowhere. */
  readonly key?: () => string | undefined;
  /** Told of the exact bytes before they are sent; when it throws, they are not. */
  readonly beforeSending?: (host: string, body: string) => void;
  /** Silence of the server before its first word after which it is given up, in ms. */
  readonly idleMs?: number;
  /** The same after its first word. */
  readonly stallMs?: number;
  /** First pause after "too much to do" or a fault of the server, in ms. */
  readonly retryMs?: number;
}

/** Attempts at one answer, when the server is busy or fails before its first word. */
const ATTEMPTS = 3;
/** Answers asked for until one keeps its schema. */
const ANSWERS = 4;
const MAX_WAIT_SECONDS = 20;

/** Ways to ask for JSON, the strictest first; a server that refuses one is asked in the next. */
const FORMS: readonly ((schema: object) => Pick<ChatBody, "response_format">)[] = [
  (schema: object) => ({ response_format: { type: "json_schema", json_schema: { name: "answer", strict: true, schema } } }),
  () => ({ response_format: { type: "json_object" } }),
  () => ({}),
];

interface WireMessage {
  readonly role: string;
  readonly content: string;
}

/** A generator on any server with the interface of OpenAI: Ollama, LM Studio, llama-server, vLLM, or one in the cloud. */
export function openAiGenerator({
  baseUrl,
  model,
  dialect = OPENAI,
  context = 4096,
  fields = {},
  key,
  beforeSending,
  idleMs = 120_000,
  stallMs = Math.min(idleMs, 30_000),
  retryMs = 500,
}: OpenAiOptions): Generator {
  const address = baseUrl.replace(/\/+$/, "");
  let form = 0; // the strictest that this server has not refused

  async function* generate(request: GenerateRequest): AsyncGenerator<Generated> {
    request.signal.throwIfAborted();
    if (request.schema) yield* generateJson(request, request.schema);
    else yield* ask(request, request.messages, {});
  }

  /** One answer; tried again only while nothing of it has been given. */
  async function* ask(
    request: GenerateRequest,
    messages: readonly WireMessage[],
    more: Pick<ChatBody, "response_format">,
  ): AsyncGenerator<Generated> {
    const chat: Chat = { baseUrl: address, dialect, key: key?.(), beforeSending, idleMs, stallMs, signal: request.signal };
    const body = {
      model: request.lora ?? model, // servers offer an adapter under a model's name
      messages,
      max_tokens: request.maxTokens,
      fields,
      ...more,
    };
    for (let attempt = 1; ; attempt++) {
      let begun = false;
      try {
        for await (const piece of streamChat(chat, body)) {
          begun = true;
          yield piece;
        }
        return;
      } catch (error) {
        if (begun || attempt >= ATTEMPTS || !isPassing(error)) throw plain(error);
        await pause(error, retryMs * 2 ** (attempt - 1), request.signal);
      }
    }
  }

  async function* generateJson(request: GenerateRequest, schema: object): AsyncGenerator<Generated> {
    const keeps = await compileSchema(schema as Record<string, unknown>);
    const tokens = { in: 0, out: 0 };
    for (let attempt = 0; attempt < ANSWERS; attempt++) {
      const { text, usage } = await wholeAnswer(request, schema, attempt > 0);
      tokens.in += usage.tokens.in;
      tokens.out += usage.tokens.out;
      const answer = jsonAnswer(text, keeps);
      if (answer === undefined) continue;
      yield { type: "text", text: answer };
      yield { ...usage, tokens };
      return;
    }
    throw new SynesisError("GENERATOR_INVALID_JSON", `(${ANSWERS} attempts)`);
  }

  async function wholeAnswer(request: GenerateRequest, schema: object, again: boolean) {
    for (;;) {
      try {
        const messages = [...request.messages, ...instructions(schema, form, again)];
        return await gather(ask(request, messages, FORMS[form]?.(schema) ?? {}));
      } catch (error) {
        const refused = error instanceof SynesisError && error.cause instanceof FormRefused;
        if (!refused || form >= FORMS.length - 1) throw error;
        form++;
      }
    }
  }

  return { model, context, generate };
}

/** A server that holds the schema itself needs no words about it. */
function instructions(schema: object, form: number, again: boolean): WireMessage[] {
  const told = form > 0 ? `Answer with one JSON value that keeps this JSON Schema, and nothing else:\n${JSON.stringify(schema)}` : "";
  const repeated = again ? "The last answer did not keep the form. Write only the JSON value, whole." : "";
  const content = [told, repeated].filter(Boolean).join("\n");
  return content ? [{ role: "user", content }] : [];
}

async function gather(pieces: AsyncIterable<Generated>): Promise<{ text: string; usage: Extract<Generated, { type: "usage" }> }> {
  let text = "";
  for await (const piece of pieces) {
    if (piece.type === "usage") return { text, usage: piece };
    text += piece.text;
  }
  throw new SynesisError("GENERATOR_FAILED", "The server stopped before the end.");
}

function isPassing(error: unknown): boolean {
  return error instanceof SynesisError && (error.code === "GENERATOR_BUSY" || error.code === "GENERATOR_FAILED");
}

function plain(error: unknown): unknown {
  return error instanceof FormRefused ? new SynesisError("GENERATOR_REFUSED", `(${error.message})`, { cause: error }) : error;
}

async function pause(error: unknown, ms: number, signal: AbortSignal): Promise<void> {
  const asked = Math.min(MAX_WAIT_SECONDS, Number((error as { waitSeconds?: number }).waitSeconds ?? 0)) * 1000;
  await sleep(Math.max(ms, asked), undefined, { signal }).catch(() => signal.throwIfAborted());
}
