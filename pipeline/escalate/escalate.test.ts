import { expect, test } from "vitest";
import { createKernel, definePlugin, type Escalation, type Plugin, type Receipt, SynesisError, Trace } from "../../kernel/index.ts";
import { consensus } from "../../plugins/consensus/index.ts";
import { ethos } from "../../plugins/ethos/index.ts";
import { logos } from "../../plugins/logos/index.ts";
import { pathos } from "../../plugins/pathos/index.ts";
import { privacy } from "../../plugins/privacy/index.ts";
import { passageOf, plain } from "../../test/plain.ts";
import { type Escalating, escalate } from "./escalate.ts";
import type { EscalationRecord } from "./record.ts";

type Given = Partial<Escalation> | SynesisError | undefined;

/** One question of which nothing was agreed, asked of a provider that gives what is given. */
async function setUp(
  give: (signal: AbortSignal) => Given | Promise<Given>,
  more: { plugins?: readonly Plugin[]; signal?: AbortSignal; atCloud?: NonNullable<Escalating["atCloud"]> } = {},
) {
  const receipts: Receipt[] = [];
  const records: EscalationRecord[] = [];
  const provider = definePlugin({
    name: "provider",
    api: 1,
    text: "redacted",
    taps: ["escalate", "bill"],
    setup(context) {
      context.tap("escalate", async ({ requestId }, { cancelled }) => {
        const given = await give(cancelled);
        if (given instanceof SynesisError) throw given;
        return given && { requestId, text: "", model: "m", tokens: { in: 5, out: 2 }, ...given };
      });
      context.tap("bill", (receipt) => void receipts.push(receipt));
    },
  });
  const agents = more.plugins ?? [pathos(), logos(), ethos()];
  const kernel = await createKernel([privacy({ home: "", keepNothing: true }), provider, ...agents, consensus()]);
  const call = { signal: more.signal ?? new AbortController().signal, trace: new Trace() };
  const passages = [passageOf(0, "The lamp was built by Ada in 1821. It burns oil.")];
  const local = {
    outcome: "no_consensus" as const,
    reason: plain("r"),
    draft: { text: plain("A draft that nobody agreed on."), quotes: [] },
    passages,
    verdict: { agreed: false, score: 0.5 },
    rounds: 1,
    votes: [],
    warnings: [],
    mayEscalate: true,
    record: [],
    mode: "embedded" as const,
  };
  const escalating: Escalating = {
    model: "auto",
    maxTokens: 100,
    neverCloud: { isEmpty: true, withholds: () => false },
    mayLeave: async () => true,
    ...(more.atCloud && { atCloud: more.atCloud }),
    onSettled: (record) => records.push(record),
  };
  const rules = { threshold: 0.85, maxRounds: 3, quorum: 2 };
  const judging = { question: plain("Who built the lamp?"), session: "s", rules, history: [], call };
  const came = escalate(kernel, "cloud", local, escalating, judging);
  return { came, receipts, records };
}

const outcomeOf = async (given: Given, plugins?: readonly Plugin[]) => {
  const { came } = await setUp(() => given, plugins ? { plugins } : {});
  const result = await came;
  return result.kind === "came" ? { outcome: result.deliberation.outcome, draft: result.deliberation.draft?.text } : result.kind;
};

test("what the sources bear out is an answer, and a lie is a draft that was not agreed on", async () => {
  expect(await outcomeOf({ text: "The lamp was built by Ada in 1821. [1]" })).toEqual({
    outcome: "answered",
    draft: "The lamp was built by [PERSON_01] in 1821. [1]", // what a model writes is redacted again
  });
  expect(await outcomeOf({ text: "The lamp was built by Ada in 1822." })).toMatchObject({ outcome: "no_consensus", draft: /1822/ });
});

test("what the cloud found in what is shared is a source as well, and is named as the cloud's", async () => {
  const text = "The lamp was built by the harbour office in 1934.";
  const shared = [{ name: "masts.md", heading: "", text }];
  const citations = [{ passage: 1, start: 0, end: text.length }];
  for (const cited of [{ citations }, {}]) {
    const { came } = await setUp(() => ({ text: `${text} [1]`, shared, ...cited }));
    const result = await came;
    if (result.kind !== "came") throw new Error("nothing came");
    const { draft, passages } = result.deliberation;
    expect(draft?.quotes.map(({ passage }) => passages[passage]?.path)).toContain("cloud:masts.md");
  }
});

const TONE = { id: "lora_1", name: "tone" };
const HARBOUR = { id: "project_1", name: "Harbour" };

test("the receipt names adapter and project; an answer that is not the adapter's is none, and is paid all the same", async () => {
  const text = "The lamp was built by Ada in 1821. [1]";
  const atCloud = async () => ({ adapter: TONE, project: HARBOUR });
  for (const [adapter, kind] of [
    [{ adapter: "lora_1" }, "came"],
    [{ adapter: "lora_2" }, "failed"],
    [{}, "failed"],
  ] as const) {
    const { came, receipts } = await setUp(() => ({ text, ...adapter }), { atCloud });
    expect((await came).kind).toBe(kind);
    expect(receipts).toMatchObject([{ adapter: "tone", project: "Harbour", tokens: { in: 5, out: 2 } }]);
  }
});

test("where the adapter cannot be looked up the question stays here, and nobody is asked", async () => {
  let asked = 0;
  const atCloud = () => Promise.reject(new SynesisError("CLOUD_UNREACHABLE"));
  const { came, records } = await setUp(() => void asked++, { atCloud });
  expect(await came).toMatchObject({ kind: "failed", error: { code: "CLOUD_UNREACHABLE" } });
  expect([asked, records]).toEqual([0, []]);
});

test("citations that lead nowhere are looked up anew", async () => {
  const citations = [{ passage: 7, start: -3, end: 1e9 }];
  expect(await outcomeOf({ text: "The lamp was built by Ada in 1821. [1]", citations })).toMatchObject({ outcome: "answered" });
});

test("a council elsewhere that declines decides, and no draft of here is taken for its answer", async () => {
  expect(await outcomeOf({ declined: { outcome: "vetoed", reason: "No." } })).toEqual({ outcome: "vetoed", draft: undefined });
  expect(await outcomeOf({ declined: { outcome: "no_consensus", reason: "No." } })).toEqual({ outcome: "no_consensus", draft: undefined });
});

test("without Ethos nothing that came is an answer", async () => {
  expect(await outcomeOf({ text: "The lamp was built by Ada in 1821. [1]" }, [pathos(), logos()])).toEqual({
    outcome: "no_consensus",
    draft: undefined,
  });
});

test("what failed, what nobody answered, and what holds no word, leave the question here", async () => {
  for (const given of [new SynesisError("ESCALATION_FAILED"), undefined, { text: " \n" }]) expect(await outcomeOf(given)).toBe("failed");
});

test("what was used is billed and recorded once, also when nothing came of it", async () => {
  const cost = { nanoDollars: 700, chargeNanoDollars: 721 };
  const { came, receipts, records } = await setUp(() => ({ text: "", via: "cloud", cost, fault: new SynesisError("TUNNEL_INTERRUPTED") }));
  expect((await came).kind).toBe("failed");
  expect(receipts).toEqual([
    { ...cost, requestId: expect.any(String), at: expect.any(Number), via: "cloud", model: "m", tokens: { in: 5, out: 2 } },
  ]);
  expect(records).toMatchObject([{ outcome: "failed", code: "TUNNEL_INTERRUPTED", ...cost, requestId: receipts[0]?.requestId }]);
});

test("for whoever left before anything was sent, nobody is asked, and nothing is billed or recorded", async () => {
  const signal = AbortSignal.abort(new DOMException("Interrupted", "AbortError"));
  let asked = 0;
  const { came, receipts, records } = await setUp(
    () => {
      asked += 1;
      return { text: "late" };
    },
    { signal },
  );
  await expect(came).rejects.toThrow("Interrupted");
  expect({ asked, receipts, records }).toEqual({ asked: 0, receipts: [], records: [] });
});

test("whoever leaves is let go once what was used is billed, even by a provider that does not listen", async () => {
  for (const give of [
    (cancelled: AbortSignal) =>
      new Promise<Given>((resolve) =>
        cancelled.addEventListener("abort", () => resolve({ text: "a part", fault: new SynesisError("INTERRUPTED") })),
      ),
    () => new Promise<Given>(() => {}),
  ]) {
    const leave = new AbortController();
    const { came, receipts, records } = await setUp(give, { signal: leave.signal });
    setTimeout(() => leave.abort(new DOMException("Interrupted", "AbortError")), 50);
    await expect(came).rejects.toThrow("Interrupted");
    expect(receipts.length).toBe(1);
    expect(records).toMatchObject([{ outcome: "interrupted", code: "INTERRUPTED" }]);
  }
});
