/** A model file run here, beside node-llama-cpp called directly. */
import { mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Generated, GenerateRequest, Message } from "../../kernel/index.ts";
import { type LlamaGenerator, llamaGenerator } from "../../plugins/generator-llama/llama-generator.ts";
import { linkRuntime, RUNTIME, withoutRuntime } from "../generators/runtime.ts";
import { type Shape, SMALL, TINY, writeRandomModel, writeTinyAdapter } from "../generators/tiny-model.ts";
import { plain } from "../plain.ts";
import { type Direct, directly } from "./llama-directly.ts";
import { median } from "./median.ts";
import type { BenchRow } from "./table.ts";

const RUNS = 3;
const CONTEXT = 2048;
/** As a council judges: tokens of an answer; and letters, each a token, that agents share and that are an agent's own. */
const ANSWER = 64;
const SHARED = 1400;
const OWN = 100;
/** Tokens of an answer whose speed is measured. */
const WRITTEN = 128;

const JSON_FORM = {
  type: "object",
  properties: { reason: { type: "string", maxLength: 40 } },
  required: ["reason"],
  additionalProperties: false,
};

export async function benchGenerate(): Promise<BenchRow[]> {
  if (withoutRuntime) {
    console.log(`generate: left out. ${withoutRuntime}`);
    return [];
  }
  return [...(await benchModel("tiny", TINY)), ...(await benchModel("75 MB", SMALL))];
}

async function benchModel(name: string, shape: Shape): Promise<BenchRow[]> {
  const home = mkdtempSync(join(tmpdir(), "bench-generate-"));
  const file = join(home, "model.gguf");
  writeRandomModel(file, shape);
  linkRuntime(home);
  mkdirSync(join(home, "loras"));
  if (shape === TINY) writeTinyAdapter(join(home, "loras/other.gguf"));
  const generator = llamaGenerator({
    home,
    model: name,
    path: () => file,
    adapter: (adapter) => join(home, "loras", `${adapter}.gguf`),
    context: CONTEXT,
    gpu: false,
  });
  const direct = await directly(RUNTIME, file, CONTEXT);
  try {
    await drain(generator, request("warm", "up"));
    const row = (what: string, peer: string, ratio: number, wanted: string) => ({
      name: `${name} (${Math.round(statSync(file).size / 1e6)} MB): ${what}`,
      peer,
      ratio,
      wanted,
    });
    return [
      row("three agents at once", "one agent", await together(generator), "at most 1.5"),
      row("three agents at once, JSON", "one agent, JSON", await together(generator, JSON_FORM), "at most 1.5"),
      row("three agents at once, from the second round on", "one agent", await together(generator, undefined, true), "at most 1.5"),
      ...(await besideTheLibrary(generator, direct)).map(([what, ratio, wanted]) => row(what, "node-llama-cpp", ratio, wanted)),
      row("from cancelling to its end", "100 ms", (await cancelling(generator)) / 100, "at most 1"),
      ...(shape === TINY ? [row("first word with another adapter", "200 ms", (await swapping(generator)) / 200, "at most 1")] : []),
    ];
  } finally {
    await generator.close();
    await direct.close();
    rmSync(home, { recursive: true });
  }
}

let lastPrompt = 0;

/** Letters that were in no prompt before. */
function letters(count: number): string {
  lastPrompt++;
  return Array.from({ length: count }, (_, i) => "etaoinshrdlucmfw"[(i * 7 + i * i * lastPrompt + lastPrompt) % 16]).join("");
}

function request(shared: string, own: string, more: Partial<GenerateRequest> = {}): GenerateRequest {
  const messages: Message[] = [{ role: "user", content: plain(`${shared} ${own}`) }];
  return { messages, maxTokens: ANSWER, signal: new AbortController().signal, ...more };
}

async function drain(generator: LlamaGenerator, asked: GenerateRequest): Promise<Generated[]> {
  const pieces: Generated[] = [];
  for await (const piece of generator.generate(asked)) pieces.push(piece);
  return pieces;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The time of three agents over that of one, each with as many tokens to read and to write. */
async function together(generator: LlamaGenerator, schema?: object, known = false): Promise<number> {
  const more = schema ? { schema: schema as Record<string, unknown> } : {};
  const ratios: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const ask = (shared: string, count: number) =>
      Promise.all(Array.from({ length: count }, () => drain(generator, request(shared, letters(OWN), more))));
    const [one, three] = [letters(SHARED), letters(SHARED)];
    if (known) await ask(one, 1);
    const alone = await timed(() => ask(one, 1));
    if (known) await ask(three, 3);
    ratios.push((await timed(() => ask(three, 3))) / alone);
  }
  return median(ratios);
}

/** Tokens a second and the time to the first word, of ours over the library's own. */
async function besideTheLibrary(generator: LlamaGenerator, direct: Direct): Promise<[string, number, string][]> {
  const speeds: number[] = [];
  const firsts: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const prompt = letters(SHARED);
    const ours = await paced(generator.generate(request(prompt, "", { maxTokens: WRITTEN })));
    const theirs = await direct.write(`${prompt} `, WRITTEN);
    speeds.push(ours.rate / theirs.rate);
    firsts.push(ours.first / theirs.first);
  }
  return [
    ["tokens a second", median(speeds), "at least .95"],
    ["time to the first word", median(firsts), "at most 1.3"],
  ];
}

async function paced(pieces: AsyncIterable<Generated>): Promise<{ first: number; rate: number }> {
  const began = performance.now();
  let first = 0;
  let out = 0;
  for await (const piece of pieces) {
    if (piece.type === "text") first ||= performance.now() - began;
    else out = piece.tokens.out;
  }
  return { first, rate: out / (performance.now() - began) };
}

async function cancelling(generator: LlamaGenerator): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const stop = new AbortController();
    let at = 0;
    const run = async () => {
      for await (const piece of generator.generate(request(letters(SHARED), "", { maxTokens: 1000, signal: stop.signal })))
        if (piece.type === "text" && !at) {
          at = performance.now();
          stop.abort(new Error("stopped"));
        }
    };
    await run().catch(() => {});
    times.push(performance.now() - at);
  }
  return Math.max(...times);
}

/** Milliseconds to the first word with an adapter that was not in use, beyond those without one. */
async function swapping(generator: LlamaGenerator): Promise<number> {
  const first = async (more: object) => (await paced(generator.generate(request("short", letters(OWN), { maxTokens: 8, ...more })))).first;
  const plainly = await first({});
  return (await first({ lora: "other" })) - plainly;
}
