/** What every generator must do, whatever writes the text. */
import { expect, test } from "vitest";
import type { Generated, GenerateRequest, Generator } from "../../kernel/index.ts";
import { compileSchema } from "../../pipeline/text/json-answer.ts";
import { plain } from "../plain.ts";

export const QUESTION = [
  { role: "system", content: plain("Answer shortly.") },
  { role: "user", content: plain("What is a council?") },
] as const;

export const SCHEMA = {
  type: "object",
  properties: { answer: { type: "string", maxLength: 20 }, sure: { enum: [0, 0.5, 1] } },
  required: ["answer", "sure"],
  additionalProperties: false,
};

export const request = (more: Partial<GenerateRequest> = {}): GenerateRequest => ({
  messages: QUESTION,
  maxTokens: 64,
  signal: new AbortController().signal,
  ...more,
});

export async function all(pieces: AsyncIterable<Generated>): Promise<{ text: string; pieces: Generated[] }> {
  const list: Generated[] = [];
  for await (const piece of pieces) list.push(piece);
  return { text: list.map((piece) => (piece.type === "text" ? piece.text : "")).join(""), pieces: list };
}

/**
 * @param get the generator, started already.
 * @param long a request whose answer takes seconds.
 */
export function generatorContract(
  name: string,
  get: () => Generator,
  long: Partial<GenerateRequest> & { generator?: () => Generator } = {},
): void {
  const endless = () => (long.generator ?? get)();

  test(`${name}: has a model's name`, () => expect(get().model).toMatch(/\w/));

  test(`${name}: gives text in pieces, then its usage, once and last`, async () => {
    const { text, pieces } = await all(get().generate(request()));
    expect(text).toMatch(/\S/);
    expect(pieces.filter(({ type }) => type === "text").length).toBeGreaterThan(1);
    expect(pieces.filter(({ type }) => type === "usage").length).toBe(1);
    expect(pieces.at(-1)).toMatchObject({ type: "usage", tokens: { in: expect.any(Number), out: expect.any(Number) } });
    const usage = pieces.at(-1) as Extract<Generated, { type: "usage" }>;
    expect(usage.tokens.in).toBeGreaterThan(0);
    expect(usage.tokens.out).toBeGreaterThan(1);
  });

  test(`${name}: writes no more tokens than allowed, and says that it was cut`, async () => {
    const { pieces } = await all(get().generate(request({ maxTokens: 5 })));
    const usage = pieces.at(-1) as Extract<Generated, { type: "usage" }>;
    expect(usage.finish).toBe("length");
    expect(usage.tokens.out).toBeLessThanOrEqual(5);
  });

  test(`${name}: with a schema gives one JSON value that keeps it, every time`, async () => {
    const keeps = await compileSchema(SCHEMA);
    for (let i = 0; i < 5; i++) {
      const { text, pieces } = await all(get().generate(request({ schema: SCHEMA, maxTokens: 200 })));
      expect(keeps(JSON.parse(text)), text).toBe(true);
      expect(pieces.map(({ type }) => type)).toEqual(["text", "usage"]);
    }
  });

  test(`${name}: does nothing when it is cancelled before`, async () => {
    const reason = new Error("stopped");
    await expect(all(get().generate(request({ signal: AbortSignal.abort(reason) })))).rejects.toBe(reason);
  });

  test(`${name}: ends with the signal's reason when it is cancelled meanwhile, and works again`, async () => {
    const stop = new AbortController();
    const reason = new Error("stopped");
    const run = async () => {
      for await (const piece of endless().generate(request({ maxTokens: 2000, ...long, signal: stop.signal })))
        if (piece.type === "text") stop.abort(reason);
    };
    await expect(run()).rejects.toBe(reason);
    expect((await all(get().generate(request()))).text).toMatch(/\S/);
  });

  test(`${name}: stops when its reader goes away, and works again`, async () => {
    for await (const piece of endless().generate(request({ maxTokens: 2000, ...long }))) if (piece.type === "text") break;
    expect((await all(get().generate(request()))).text).toMatch(/\S/);
  });

  test(`${name}: answers several at once`, async () => {
    const answers = await Promise.all([1, 2, 3].map(() => all(get().generate(request({ maxTokens: 20 })))));
    for (const { text } of answers) expect(text).toMatch(/\S/);
  });
}
