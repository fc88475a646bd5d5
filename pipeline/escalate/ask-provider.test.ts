import { expect, test } from "vitest";
import { type EscalationPiece, SynesisError, Trace } from "../../kernel/index.ts";
import { plain } from "../../test/plain.ts";
import { type Asking, askProvider, type ProviderPiece } from "./ask-provider.ts";

const PASSING = new SynesisError("TUNNEL_UNREACHABLE");
const REFUSED = new SynesisError("TUNNEL_REFUSED");
const END: ProviderPiece = { type: "end", told: { model: "m", tokens: { in: 9, out: 3 } } };
const say = (text: string): ProviderPiece => ({ type: "text", text });

/** Asks a provider that does one thing at each attempt: pieces, and errors to throw. */
function setUp(attempts: readonly (readonly (ProviderPiece | SynesisError | "wait")[])[], more: Partial<Asking> = {}) {
  const told: EscalationPiece[] = [];
  const stop = new AbortController();
  let asked = 0;
  async function* open(signal: AbortSignal): AsyncGenerator<ProviderPiece> {
    for (const step of attempts[asked++] ?? []) {
      if (step instanceof SynesisError) throw step;
      if (step === "wait") await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
      else yield step;
    }
  }
  const asking: Asking = {
    brief: { requestId: "r", question: plain("q"), passages: [], model: "auto" },
    model: "auto",
    stream: { cancelled: stop.signal, tell: async (piece) => void told.push(piece) },
    call: { signal: new AbortController().signal, trace: new Trace() },
    open,
    explain: (error) => error as SynesisError,
    mayRepeat: (error) => error === PASSING,
    attempts: 3,
    pauseMs: 1,
    idleMs: 60_000,
    sentCharacters: () => 300,
    ...more,
  };
  return { answer: askProvider(asking), told, stop, asked: () => asked };
}

test("what passes is tried again while nothing came, so many times and no more", async () => {
  const passing = setUp([[PASSING], [{ type: "agent", agent: "logos", phase: "thinking" }, PASSING], [say("yes"), END]]);
  expect(await passing.answer).toEqual({ requestId: "r", text: "yes", model: "m", tokens: { in: 9, out: 3 } });
  const lasting = setUp([[PASSING], [PASSING], [PASSING], [say("late"), END]]);
  await expect(lasting.answer).rejects.toBe(PASSING);
  expect([passing.asked(), lasting.asked()]).toEqual([3, 3]);
});

test("a refusal is not tried again, nor is anything once text has come", async () => {
  const refused = setUp([[REFUSED], [say("no"), END]]);
  await expect(refused.answer).rejects.toBe(REFUSED);
  const broken = setUp([
    [say("a part"), PASSING],
    [say("again"), END],
  ]);
  expect(await broken.answer).toMatchObject({ text: "a part", fault: PASSING, estimated: true });
  expect([refused.asked(), broken.asked()]).toEqual([1, 1]);
});

test("tokens that were counted are told, and others estimated, never too few", async () => {
  const usage: ProviderPiece = { type: "usage", model: "big", tokens: { in: 120 } };
  expect(await setUp([[usage, say("abcdef"), REFUSED]]).answer).toMatchObject({
    model: "big",
    tokens: { in: 120, out: 2 },
    estimated: true,
  });
  expect(await setUp([[usage, say("abc"), { type: "usage", tokens: { out: 7 } }, { type: "end" }]]).answer).toEqual({
    requestId: "r",
    text: "abc",
    model: "big",
    tokens: { in: 120, out: 7 },
  });
  expect(await setUp([[say("abcdefg"), { type: "end" }]]).answer).toMatchObject({ tokens: { in: 100, out: 3 }, estimated: true });
});

test("silence ends it; the time that the reader takes is not silence", async () => {
  await expect(setUp([["wait"]], { idleMs: 20 }).answer).rejects.toMatchObject({ code: "ESCALATION_TIMEOUT" });
  expect(await setUp([[say("a"), "wait"]], { idleMs: 20 }).answer).toMatchObject({ text: "a", fault: { code: "ESCALATION_TIMEOUT" } });
  const slow = { cancelled: new AbortController().signal, tell: () => new Promise<void>((resolve) => setTimeout(resolve, 60)) };
  expect(await setUp([[say("a"), END]], { idleMs: 20, stream: slow }).answer).not.toHaveProperty("fault");
});

test("whoever has had enough is given what came, and what was sent counts though nothing came", async () => {
  const midway = setUp([[say("a part"), "wait"]]);
  await expect.poll(() => midway.told.length).toBe(1);
  midway.stop.abort();
  expect(await midway.answer).toMatchObject({ text: "a part", fault: { code: "INTERRUPTED" } });
  const early = setUp([["wait"], [say("no"), END]]);
  early.stop.abort();
  expect(await early.answer).toMatchObject({ text: "", tokens: { in: 100, out: 0 }, estimated: true, fault: { code: "INTERRUPTED" } });
  const unsent = setUp([["wait"]], { sentCharacters: () => 0 });
  unsent.stop.abort();
  expect(await unsent.answer).toMatchObject({ text: "", tokens: { in: 0, out: 0 }, fault: { code: "INTERRUPTED" } });
});

test("no piece is asked for before the reader has room", async () => {
  let given = 0;
  const room: (() => void)[] = [];
  async function* open(): AsyncGenerator<ProviderPiece> {
    for (; given < 5; ) yield say(String(given++));
    yield END;
  }
  const stream = { cancelled: new AbortController().signal, tell: () => new Promise<void>((resolve) => room.push(resolve)) };
  const { answer } = setUp([], { open, stream });
  for (let taken = 1; taken <= 5; taken += 1) {
    await expect.poll(() => room.length).toBe(taken);
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(given).toBe(taken);
    room.at(-1)?.();
  }
  expect((await answer).text).toBe("01234");
});

test("a provider that writes without end is stopped, and its text kept", async () => {
  const piece = say("x".repeat(1024 * 1024));
  const { text, fault } = await setUp([[piece, piece, piece, piece, piece, piece]]).answer;
  expect(fault?.code).toBe("ESCALATION_FAILED");
  expect(text.length).toBeLessThan(6 * 1024 * 1024);
});
