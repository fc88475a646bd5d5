/** The way of a question, from raw text to an answer with its sources. */
import { randomUUID } from "node:crypto";
import {
  type Call,
  type DocumentFilter,
  type Exchange,
  joinRedacted,
  type Kernel,
  type Passage,
  type Quote,
  type Receipt,
  type Redacted,
  rawOffset,
  redacted,
  SynesisError,
  sliceRedacted,
  Trace,
  type Vote,
  type Warning,
} from "../kernel/index.ts";
import type { Deliberation, Outcome } from "./council.ts";
import type { PreparedBrief } from "./escalate/brief.ts";
import type { Escalated, Escalating, EscalationWish } from "./escalate/escalate.ts";
import { chooseRoute, type RoutingPolicy } from "./route.ts";
import type { RunRecord } from "./run-log.ts";
import { isFollowUp } from "./text/follow-up.ts";
import { sourceOffset } from "./text/source-map.ts";
import { type Deliberated, deliberateByRules, deliberateWithModel } from "./with-model.ts";

export interface AskRequest {
  readonly question: string;
  readonly session: string;
  readonly topK: number;
  /** The documents that are looked at. */
  readonly filter: DocumentFilter;
  readonly threshold: number;
  readonly rounds: number;
  /** What was said before in this conversation, the oldest first; as it was recorded, with the session's tokens. */
  readonly history?: readonly Recorded[];
  /** Whether the agents think with the generator. */
  readonly thinking?: boolean;
  /** Why the generator is not asked any more, though the agents would think with it. */
  readonly setAside?: SynesisError;
  /** Names the documents that must not reach the generator; absent when all may. */
  readonly withholds?: (path: string) => boolean;
  /** Agents that must have voted. */
  readonly quorum: number;
  /** What the user allows where the council is not sure. */
  readonly routing: RoutingPolicy;
  /** How a model elsewhere is asked; absent where none can be. */
  readonly escalating?: Escalating;
}

/** An earlier question and its answer, as the run log gives them. */
export interface Recorded {
  readonly question: string;
  readonly answer: string;
}

/** A place in a source that the answer rests on; offsets in the document, UTF-16 code units. */
export interface Citation {
  readonly n: number;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
}

/** The result of `ask`, in the form that scripts rely on. Times in milliseconds. */
export interface AskResult {
  readonly id: string;
  readonly question: string;
  readonly outcome: Outcome;
  /** Of a model elsewhere also where Ethos did not find it borne out: the outcome is `no_consensus` then. */
  readonly answer: string | null;
  /** One sentence: why it ended so. */
  readonly reason: string;
  readonly citations: readonly Citation[];
  /** What the user should know whatever the outcome, such as an instruction hidden in a source. */
  readonly warnings: readonly string[];
  readonly consensus: {
    readonly score: number;
    readonly threshold: number;
    readonly rounds: number;
    readonly votes: readonly { agent: string; weight: number; approval: number; veto: string | null; reason: string }[];
  };
  /** Where the answer, or the last word, came from. */
  readonly route: "local" | "cloud";
  /** Why it stayed here, or why a model elsewhere was asked. */
  readonly routeReason: string;
  /** Whether a model wrote the answer; otherwise every sentence of it is quoted from the sources. */
  readonly mode: "embedded" | "generator";
  /** The model that wrote it; null in embedded mode. */
  readonly model: string | null;
  /** The cloud's adapter that it thought with, and the cloud's project that it was asked in; null where there was none. */
  readonly adapter: string | null;
  readonly project: string | null;
  readonly redactions: Readonly<Record<string, number>>;
  readonly tokens: { readonly in: number; readonly out: number };
  /** What it cost: the provider's price, or the cloud's charge; in cents, rounded up, and exactly. */
  readonly cost: { readonly cents: number; readonly nanoDollars: number };
  readonly timings: Readonly<Record<"redact" | "retrieve" | "council" | "escalate" | "reinflate" | "total", number>>;
}

/** What is shown, and the redacted record of how it came about. */
export interface Asked {
  readonly result: AskResult;
  readonly run: RunRecord;
  /** Why the generator was not used, where it was to be. */
  readonly steppedDown?: SynesisError;
  /** Why a model elsewhere that was to be asked gave nothing. */
  readonly refusal?: SynesisError;
}

/** A place that a warning speaks of is shown with so many characters. */
const MOST_QUOTED = 200;

/** Longer text is material, not a question. In UTF-16 code units. */
const MAX_QUESTION = 32_000;

/**
 * Answers one question.
 *
 * @throws SynesisError EMPTY_QUESTION, QUESTION_TOO_LONG, REDACTION_FAILED; the signal's reason when it aborts.
 */
export async function ask(kernel: Kernel, request: AskRequest, signal: AbortSignal): Promise<Asked> {
  const id = randomUUID();
  const clock = new Stopwatch();
  const { raw, redaction, council, local } = await deliberateOn(kernel, request, signal, clock);
  const { session, call } = council;
  const route = chooseRoute({
    policy: request.routing,
    outcome: local.outcome,
    score: local.verdict.score,
    threshold: request.threshold,
    mayEscalate: local.mayEscalate,
    types: redaction.entities.map(({ type }) => type),
  });
  const { to, reason } = route;
  const { escalating } = request;
  const elsewhere =
    to === "local" || !escalating
      ? undefined
      : await clock.time("escalate", async () => (await elsewherePart()).escalate(kernel, to, local, escalating, council));
  const came = elsewhere?.kind === "came" ? elsewhere : undefined;
  const deliberation = came?.deliberation ?? local;
  const shown = await clock.time("reinflate", () => giveValuesBack(kernel, deliberation, request.session, call, came !== undefined));

  const result: AskResult = {
    id,
    question: raw,
    outcome: deliberation.outcome,
    answer: shown.answer,
    reason: shown.reason,
    citations: shown.citations,
    warnings: [
      ...shown.warnings,
      ...(deliberation.steppedDown ? [steppedDown(deliberation.steppedDown)] : leftOut(call.trace, elsewhere)),
      ...(elsewhere ? faultsOf(elsewhere) : []),
    ],
    consensus: {
      score: deliberation.verdict.score,
      threshold: request.threshold,
      rounds: deliberation.rounds,
      votes: shown.votes,
    },
    route: came ? "cloud" : "local",
    routeReason:
      elsewhere && !came ? stayed(elsewhere) : to !== "local" && !escalating ? "No model elsewhere is set up to be asked." : reason,
    mode: deliberation.mode,
    model: came?.escalation.model ?? (deliberation.mode === "generator" ? kernel.service("generator").model : null),
    adapter: came?.receipt.adapter ?? null,
    project: came?.receipt.project ?? null,
    redactions: countByType(redaction.entities),
    tokens: sumOf(tokensOf(call.trace), came?.escalation.tokens),
    cost: costOf(came?.receipt),
    timings: clock.read(),
  };
  const hide = async (text: string) => (await kernel.redact(text, session, call).catch(withheld)).text;
  return {
    result,
    run: await recordOf(result, redaction.text, request, deliberation, call.trace, hide),
    ...(local.steppedDown && { steppedDown: local.steppedDown }),
    ...(elsewhere?.kind === "failed" && { refusal: elsewhere.error }),
  };
}

/** What a model elsewhere would be sent for a question, and how the council decided; nobody is asked. */
export async function prepareAsk(
  kernel: Kernel,
  request: Omit<AskRequest, "thinking" | "escalating">,
  escalating: EscalationWish,
  signal: AbortSignal,
): Promise<PreparedBrief & Pick<Deliberation, "outcome" | "mayEscalate">> {
  const { council, local } = await deliberateOn(kernel, request, signal, new Stopwatch());
  const { prepare } = await elsewherePart();
  return { ...(await prepare(local, escalating, council)), outcome: local.outcome, mayEscalate: local.mayEscalate };
}

/** Loaded where it is needed: most questions stay here. */
const elsewherePart = () => import("./escalate/escalate.ts");

/** From the raw question to what the council here makes of it. */
async function deliberateOn(kernel: Kernel, request: AskRequest, signal: AbortSignal, clock: Stopwatch) {
  const raw = questionOf(request.question);
  const call: Call = { signal, trace: new Trace() };
  const redaction = await clock.time("redact", () => kernel.redact(raw, request.session, call));
  const { session, topK, filter } = request;
  const history = await Promise.all((request.history ?? []).map((said) => recall(kernel, said, session, call)));
  const search = async (text: Redacted) => kernel.hooks.retrieve.promise([], { ...filter, text, session, topK }, call);
  const found = new Map<Redacted, Promise<readonly Passage[]>>(); // the same wording finds the same
  const retrieve = (text: Redacted) => {
    const passages = found.get(text) ?? clock.time("retrieve", () => search(queryFor(text, redaction.text, history)));
    found.set(text, passages);
    return passages;
  };
  const rules = { threshold: request.threshold, maxRounds: request.rounds, quorum: request.quorum };
  const council = { kernel, question: redaction.text, session, rules, history, retrieve, call };
  const local = await clock.time("council", () => (request.thinking ? deliberateWithModel(council, request) : deliberateByRules(council)));
  return { raw, redaction, council, local };
}

/** A question as it was typed, without white space around it. @throws SynesisError EMPTY_QUESTION, QUESTION_TOO_LONG */
export function questionOf(typed: string): string {
  const question = typed.trim();
  if (!question) throw new SynesisError("EMPTY_QUESTION");
  if (question.length > MAX_QUESTION) throw new SynesisError("QUESTION_TOO_LONG", `It has ${question.length} characters.`);
  return question;
}

/** Why an escalation left the question where it was. */
function stayed(elsewhere: Escalated): string {
  return elsewhere.kind === "kept" ? "Nothing was sent, since you did not agree to it." : "A model elsewhere could not answer.";
}

/** What the user should know of how it went elsewhere. */
function faultsOf(elsewhere: Escalated): string[] {
  if (elsewhere.kind === "failed") return [`No model elsewhere answered. ${elsewhere.error.message} ${elsewhere.error.next}`];
  const fault = elsewhere.kind === "came" ? elsewhere.escalation.fault : undefined;
  return fault ? [`The answer broke off; what came is kept. ${fault.message}`] : [];
}

const NANO_PER_CENT = 10_000_000;

function costOf(receipt: Receipt | undefined): AskResult["cost"] {
  const nanoDollars = receipt ? (receipt.via === "cloud" ? receipt.chargeNanoDollars : receipt.nanoDollars) : 0;
  return { cents: Math.ceil(nanoDollars / NANO_PER_CENT), nanoDollars };
}

function sumOf(here: AskResult["tokens"], elsewhere: AskResult["tokens"] = { in: 0, out: 0 }): AskResult["tokens"] {
  return { in: here.in + elsewhere.in, out: here.out + elsewhere.out };
}

/** The plugins that were left out of a step, and why. */
function leftOut(trace: Trace, elsewhere: Escalated | undefined): string[] {
  const told = elsewhere?.kind === "failed" ? elsewhere.error.message : undefined; // said in words of its own
  const faults = trace.faults().filter(({ hook, fault }) => hook !== "escalate" || fault !== told);
  return [...new Map(faults.map(({ plugin, fault }) => [plugin, `${plugin} was left out: ${fault}.`])).values()];
}

/** An earlier exchange as redacted text: what was recorded gets its values back and loses them again. */
async function recall(kernel: Kernel, { question, answer }: Recorded, session: string, call: Call): Promise<Exchange> {
  const again = async (text: string) =>
    (await kernel.redact(await kernel.hooks.reinflate.promise(text, session, call), session, call)).text;
  return { question: await again(question), answer: await again(answer) };
}

/** What is looked for: a question that leans on the one before it is looked for together with that. */
function queryFor(text: Redacted, question: Redacted, history: readonly Exchange[]): Redacted {
  const before = history.at(-1);
  return before && text === question && isFollowUp(question) ? joinRedacted([question, before.question], " ") : text;
}

function steppedDown({ message, next }: SynesisError): string {
  return `The model could not be used, so this was decided without one. ${message} ${next}`;
}

/** What was spent, cached answers not counted. */
function tokensOf({ thoughts }: Trace): { in: number; out: number } {
  const spent = thoughts.filter(({ cached }) => !cached);
  return { in: spent.reduce((sum, { tokens }) => sum + tokens.in, 0), out: spent.reduce((sum, { tokens }) => sum + tokens.out, 0) };
}

/** The answer, citations and votes as the user sees them: with values instead of tokens. */
async function giveValuesBack(kernel: Kernel, deliberation: Deliberation, session: string, call: Call, fromElsewhere: boolean) {
  const restore = async (text: Redacted): Promise<string> => kernel.hooks.reinflate.promise(text, session, call);
  const { outcome, reason, draft, passages, warnings } = deliberation;
  const spoken = deliberation.votes.length > 0 ? deliberation.votes : vetoesOf(deliberation);
  const answered = draft !== undefined && (outcome === "answered" || (fromElsewhere && outcome === "no_consensus"));
  return {
    reason: await restore(reason),
    answer: answered ? await restore(draft.text) : null,
    citations: answered
      ? await Promise.all(draft.quotes.map(async (quote, i) => ({ n: i + 1, ...(await citationOf(quote, passages, restore)) })))
      : [],
    warnings: await Promise.all(warnings.map((warning) => shownWarning(warning, passages, restore))),
    votes: await Promise.all(spoken.map(async (vote) => shownVote(vote, await restore(vote.veto?.reason ?? vote.reason)))),
  };
}

/** A veto that came before anything was judged. */
function vetoesOf({ record }: Deliberation): Vote[] {
  return record.at(-1)?.proposals.filter(({ veto }) => veto) ?? [];
}

async function citationOf(quote: Quote, passages: readonly Passage[], restore: (text: Redacted) => Promise<string>) {
  const passage = passages[quote.passage];
  if (!passage) throw new SynesisError("INTERNAL", "A draft cites a passage that does not exist.");
  return {
    path: passage.path,
    start: sourceOffset(passage, rawOffset(passage.entities, quote.start)),
    end: sourceOffset(passage, rawOffset(passage.entities, quote.end, "end"), "end"),
    quote: await restore(sliceRedacted(passage.text, quote.start, quote.end)),
  };
}

/** A warning as one text, with the places it speaks of. */
async function shownWarning({ text, quotes = [] }: Warning, passages: readonly Passage[], restore: (text: Redacted) => Promise<string>) {
  const places = await Promise.all(quotes.map((quote) => citationOf(quote, passages, restore)));
  const shown = places.map(
    ({ path, quote }) => `${path.split(/[\\/]/).slice(-2).join("/")}: “${quote.replace(/\s+/g, " ").trim().slice(0, MOST_QUOTED)}”`,
  );
  return [await restore(text), ...shown].join("\n  ");
}

function shownVote({ agent, weight, approval, veto }: Vote, reason: string) {
  return { agent, weight, approval, veto: veto?.rule ?? null, reason };
}

function countByType(entities: readonly { readonly type: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { type } of entities) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

/** What the user's policy blocks is not written down. */
function withheld(error: unknown): { text: Redacted } {
  if (error instanceof SynesisError && error.code === "TEXT_BLOCKED") return { text: redacted`(withheld)` };
  throw error;
}

/** @param hide redacts: paths can name people too, and what a plugin says of its failure may quote anything. */
async function recordOf(
  result: AskResult,
  question: Redacted,
  request: AskRequest,
  deliberation: Deliberated,
  trace: Trace,
  hide: (text: string) => Promise<Redacted>,
): Promise<RunRecord> {
  const hidden = async ({ id, path, start, end, score }: Passage) => ({ id, path: await hide(path), start, end, score });
  return {
    id: result.id,
    at: Date.now(),
    session: request.session,
    question,
    outcome: result.outcome,
    score: result.consensus.score,
    ms: result.timings.total,
    manifest: {
      request: {
        topK: request.topK,
        ...(await hiddenFilter(request.filter, hide)),
        threshold: request.threshold,
        rounds: request.rounds,
        ...(request.history?.length ? { history: request.history } : {}),
      },
      answer: deliberation.outcome === "answered" ? (deliberation.draft?.text ?? null) : null,
      mode: result.mode,
      model: result.model,
      thoughts: trace.thoughts,
      rounds: deliberation.record,
      passages: await Promise.all(deliberation.passages.map(hidden)),
      timings: result.timings,
      trace: await Promise.all(trace.events.map(async ({ fault, ...event }) => (fault ? { ...event, fault: await hide(fault) } : event))),
    },
  };
}

/** Paths and tags can name people. */
async function hiddenFilter(filter: DocumentFilter, hide: (text: string) => Promise<Redacted>): Promise<DocumentFilter> {
  const { within, tags } = filter;
  return { ...filter, within: await Promise.all(within.map(hide)), ...(tags && { tags: await Promise.all(tags.map(hide)) }) };
}

type Stage = Exclude<keyof AskResult["timings"], "total">;

/** Adds up how long the stages took. The council's time is what it took beyond the retrieving it asked for. */
class Stopwatch {
  readonly #began = performance.now();
  readonly #ms: Record<Stage, number> = { redact: 0, retrieve: 0, council: 0, escalate: 0, reinflate: 0 };

  async time<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    try {
      return await work();
    } finally {
      this.#ms[stage] += performance.now() - began;
    }
  }

  read(): AskResult["timings"] {
    const { retrieve, council } = this.#ms;
    const round = (ms: number) => Math.round(ms * 100) / 100;
    const stages = Object.fromEntries(
      Object.entries({ ...this.#ms, council: council - retrieve }).map(([stage, ms]) => [stage, round(ms)]),
    );
    return { ...stages, total: round(performance.now() - this.#began) } as AskResult["timings"];
  }
}
