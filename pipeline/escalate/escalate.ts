/** A question goes to a model elsewhere, and comes back: asked, billed, judged. */
import { randomUUID } from "node:crypto";
import {
  type Call,
  type CloudItem,
  type Escalation,
  type EscalationBrief,
  type EscalationPiece,
  type Kernel,
  type Passage,
  type Receipt,
  type Redacted,
  SynesisError,
} from "../../kernel/index.ts";
import type { Deliberated } from "../with-model.ts";
import { escalationBrief, type PreparedBrief, textsOf, type Withholding } from "./brief.ts";
import { draftOf, type Judging, judgeDraft } from "./judge.ts";
import type { EscalationRecord } from "./record.ts";

/** How the user wants it. */
export interface Escalating {
  readonly model: string;
  readonly maxTokens: number;
  readonly neverCloud: Withholding;
  /** What the cloud is to use of the account's, where the cloud is asked; rejects where that could not be looked up. */
  readonly atCloud?: () => Promise<{ readonly project?: CloudItem; readonly adapter?: CloudItem; readonly shared?: boolean }>;
  /** Whether this may leave; "ask" where the user has to say so each time. @throws SynesisError SPEND_CAP_REACHED */
  readonly mayLeave: (route: "cloud" | "ask", prepared: PreparedBrief) => Promise<boolean>;
  /** Told of each piece as it comes, and which texts the model was shown; resolves when there is room for more. */
  readonly tell?: (piece: EscalationPiece, shown: readonly Redacted[], session: string) => Promise<void>;
  /** Told how it went, whatever that was, before the answer is shown. */
  readonly onSettled: (record: EscalationRecord) => void;
}

/** What of it makes up the request. */
export type EscalationWish = Pick<Escalating, "model" | "maxTokens" | "neverCloud" | "atCloud">;

export type Escalated =
  | { readonly kind: "kept" }
  | { readonly kind: "failed"; readonly error: SynesisError }
  | { readonly kind: "came"; readonly deliberation: Deliberated; readonly escalation: Escalation; readonly receipt: Receipt };

/** A provider that was told to stop has so long to say what it has used; ms. */
const GRACE_MS = 3_000;

/** @throws SynesisError that asks something of the user; the signal's reason, once what was used is recorded */
export async function escalate(
  kernel: Kernel,
  route: "cloud" | "ask",
  before: Deliberated,
  escalating: Escalating,
  judging: Omit<Judging, "kernel">,
): Promise<Escalated> {
  const { session, call } = judging;
  const prepared = await prepare(before, escalating, judging).catch(failure);
  if (prepared instanceof SynesisError) return { kind: "failed", error: prepared };
  if (!(await escalating.mayLeave(route, prepared))) return { kind: "kept" };
  call.signal.throwIfAborted(); // nothing left yet, and nothing is to
  const answer = await ask(kernel, prepared.brief, escalating, session, call);
  if (answer instanceof SynesisError) return { kind: "failed", error: answer };
  const receipt = receiptOf(answer, prepared.brief);
  if (receipt.tokens.in + receipt.tokens.out + receipt.nanoDollars > 0)
    await kernel.hooks.bill.promise(receipt, { signal: new AbortController().signal, trace: call.trace });
  call.signal.throwIfAborted();
  if (answer.text.trim() === "" && answer.fault) return { kind: "failed", error: answer.fault };
  return { kind: "came", deliberation: await judged(kernel, before, answer, prepared, judging), escalation: answer, receipt };
}

/** @throws what is no error of the table */
function failure(error: unknown): SynesisError {
  if (error instanceof SynesisError) return error;
  throw error;
}

/** What would be sent. @throws SynesisError where what the cloud is to use could not be looked up */
export async function prepare(
  { passages, record }: Deliberated,
  { model, maxTokens, neverCloud, atCloud }: EscalationWish,
  { question, history }: Pick<Judging, "question" | "history">,
): Promise<PreparedBrief> {
  const used = await atCloud?.();
  return escalationBrief({ requestId: randomUUID(), question, passages, model, maxTokens, neverCloud, history, record, ...used });
}

/** Runs the hook; what the user stops is given as far as it came. */
async function ask(
  kernel: Kernel,
  brief: EscalationBrief,
  { tell, onSettled, model }: Escalating,
  session: string,
  { signal, trace }: Call,
): Promise<Escalation | SynesisError> {
  const at = Date.now();
  const began = performance.now();
  const shown = textsOf(brief);
  let firstMs: number | null = null;
  const stream = {
    cancelled: signal,
    tell: async (piece: EscalationPiece) => {
      if (piece.type === "text") firstMs ??= performance.now() - began;
      await tell?.(piece, shown, session);
    },
  };
  const answer = await withGrace(signal, (patient) => kernel.hooks.escalate.promise(brief, stream, { signal: patient, trace })).then(
    (given) => (given ? withText(asAsked(given, brief)) : new SynesisError("ESCALATION_FAILED", "No provider answered.")),
    (error) => {
      if (signal.aborted) return abandoned(brief, model);
      if (error instanceof SynesisError) return error;
      throw error;
    },
  );
  const record = { requestId: brief.requestId, at, ms: performance.now() - began, firstMs };
  onSettled(answer instanceof SynesisError ? { ...record, ...failed(answer, model) } : { ...record, ...settled(answer, brief) });
  return answer;
}

const CHARACTERS_PER_TOKEN = 3;

/** Of a provider that did not say what it has used when it was told to stop: at least what it was sent. */
function abandoned(brief: EscalationBrief, model: string): Escalation {
  const characters = textsOf(brief).reduce((sum, text) => sum + text.length, 0);
  const tokens = { in: Math.ceil(characters / CHARACTERS_PER_TOKEN), out: 0 };
  return { requestId: brief.requestId, text: "", model, tokens, estimated: true, fault: new SynesisError("INTERRUPTED") };
}

/** An answer of the model alone is none where an adapter was asked for. */
function asAsked(answer: Escalation, { adapter }: EscalationBrief): Escalation {
  if (!adapter || answer.adapter === adapter.id || answer.fault) return answer;
  return { ...answer, text: "", fault: new SynesisError("ESCALATION_FAILED", `The answer did not come from the adapter ${adapter.name}.`) };
}

/** An answer without a text, that nobody declined to give, is a fault. */
function withText(answer: Escalation): Escalation {
  if (answer.text.trim() !== "" || answer.declined || answer.fault) return answer;
  return { ...answer, fault: new SynesisError("ESCALATION_FAILED", "The model wrote nothing.") };
}

/** Gives `work` a signal that is aborted some time after `signal` is. */
async function withGrace<T>(signal: AbortSignal, work: (patient: AbortSignal) => T | Promise<T>): Promise<T> {
  const patient = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => patient.abort(signal.reason), GRACE_MS);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(patient.signal);
  } finally {
    signal.removeEventListener("abort", onAbort);
    clearTimeout(timer);
  }
}

function failed({ code }: SynesisError, model: string) {
  const nothing = { tokens: { in: 0, out: 0 }, estimated: false, nanoDollars: 0, chargeNanoDollars: 0 };
  return { via: "direct" as const, model, outcome: "failed" as const, code, ...nothing };
}

function settled(answer: Escalation, brief: EscalationBrief) {
  const { via, model, tokens, nanoDollars, chargeNanoDollars } = receiptOf(answer, brief);
  const { fault, declined, text, estimated = false } = answer;
  const ended = fault
    ? fault.code === "INTERRUPTED"
      ? "interrupted"
      : text.trim() === ""
        ? "failed"
        : "cut"
    : declined
      ? "declined"
      : "whole";
  return { via, model, outcome: ended, code: fault?.code ?? null, tokens, estimated, nanoDollars, chargeNanoDollars } as const;
}

function receiptOf({ requestId, via = "direct", model, tokens, cost }: Escalation, { adapter, project }: EscalationBrief): Receipt {
  return {
    requestId,
    at: Date.now(),
    via,
    model,
    ...(adapter && { adapter: adapter.name }),
    ...(project && { project: project.name }),
    tokens,
    nanoDollars: cost?.nanoDollars ?? 0,
    chargeNanoDollars: cost?.chargeNanoDollars ?? 0,
  };
}

/** What a model elsewhere wrote is raw: only tokens that it was shown are taken for such. */
async function judged(
  kernel: Kernel,
  before: Deliberated,
  answer: Escalation,
  { brief, leaving }: PreparedBrief,
  judging: Omit<Judging, "kernel">,
): Promise<Deliberated> {
  const { session, call } = judging;
  const written = async (text: string) => kernel.redactWritten(text, textsOf(brief), session, call);
  if (answer.declined) {
    const { outcome, reason } = answer.declined;
    const { draft: _, ...undrafted } = before; // the draft that was not agreed on here is no answer from there
    return { ...undrafted, outcome, reason: await written(reason), mode: "generator", mayEscalate: false };
  }
  const shared = await sharedPassages(answer, written);
  // What reads otherwise here than there cannot be cited by ranges from there.
  const asThere = shared.every(({ text }, at) => text === answer.shared?.[at]?.text);
  const sources = { ...before, passages: [...before.passages, ...shared] };
  const cited = asThere ? answer : {};
  const draft = draftOf(await written(answer.text.trim()), cited, sources.passages, [...leaving, ...shared]);
  return { ...(await judgeDraft(sources, draft, { kernel, ...judging })), mode: "generator" };
}

/** What the cloud found in what is shared, as sources: Ethos judges the answer by them as well. */
async function sharedPassages({ shared = [] }: Escalation, written: (text: string) => Promise<Redacted>): Promise<Passage[]> {
  return Promise.all(
    shared.map(async ({ name, heading, text }, at) => {
      const [title, above, said] = [await written(name), await written(heading), await written(text)];
      // Of the vault's own passages, none has such an id.
      return { id: -1 - at, path: `cloud:${title}`, title, heading: above, start: 0, end: said.length, text: said, entities: [], score: 0 };
    }),
  );
}
