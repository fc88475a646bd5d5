/**
 * The proof that nothing leaks: sessions with planted secrets escalate by every way out of this machine, to providers that
 * keep every byte. What they got is searched for every secret in every encoding.
 */
import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import {
  createKernel,
  type EscalationBrief,
  type EscalationPiece,
  joinRedacted,
  type Kernel,
  type Redacted,
  type Redaction,
  type Span,
  sliceRedacted,
  Trace,
} from "../../kernel/index.ts";
import { textsOf } from "../../pipeline/escalate/brief.ts";
import { createDetector } from "../../plugins/privacy/detector.ts";
import { privacy } from "../../plugins/privacy/index.ts";
import { createStreamReinflator } from "../../plugins/privacy/tokens/reinflate.ts";
import { encodingFound, Haystack, isShort } from "./encodings.ts";
import { type RecordingProvider, recordingProvider, type Sent, tokensIn, type Way, written } from "./provider.ts";
import { type Planted, type PlantedSession, type PlantedValue, plantedSession } from "./sessions.ts";

export interface LeakReport {
  readonly sessions: number;
  readonly bytes: number;
  /** Planted values, counted once a session. */
  readonly planted: number;
  /** Values that the detectors did not find, whole and in every place, so that they were sent; by what should find them. */
  readonly notDetected: Readonly<Record<PlantedValue["by"], number>>;
  /** The same by type, most first. */
  readonly notDetectedTypes: readonly (readonly [type: string, values: number])[];
  /** Sessions with such a value. */
  readonly sessionsNotWhole: number;
  /** Values that were detected and stand in what was sent all the same. */
  readonly leaked: readonly string[];
  /** Sessions whose answer did not have all values back. */
  readonly notRestored: readonly number[];
}

/** @param home a folder for the vault. @param first the first session's seed. */
export async function proveNoLeaks(home: string, sessions: number, way: Way, first = 1): Promise<LeakReport> {
  const provider = await recordingProvider(way);
  const kernel = await createKernel([privacy({ home }), ...provider.plugins]);
  const detect = await createDetector();
  const total = {
    sessions,
    bytes: 0,
    planted: 0,
    notDetected: { patterns: 0, names: 0 },
    types: new Map<string, number>(),
    sessionsNotWhole: 0,
    leaked: [] as string[],
    notRestored: [] as number[],
  };
  try {
    for (let seed = first; seed < first + sessions; seed++) {
      await turn(); // what SQLite's statements held is freed between turns of the event loop only
      const session = plantedSession(seed);
      const { sent, restored } = await escalated(
        kernel,
        provider,
        session,
        `${way}-${seed}`,
        provider.models?.[seed % provider.models.length],
      );
      const { planted, missed, leaked } = judge(plantedIn(session), sent, detect);
      total.bytes += sent.bytes.length;
      total.planted += planted;
      for (const { by, type } of missed) {
        total.notDetected[by]++;
        total.types.set(type, (total.types.get(type) ?? 0) + 1);
      }
      if (missed.length > 0) total.sessionsNotWhole++;
      total.leaked.push(...leaked.map((how) => `session ${seed}: ${how}`));
      if (!restored) total.notRestored.push(seed);
    }
  } finally {
    await kernel.close();
    await provider.close();
  }
  const { types, ...counts } = total;
  return { ...counts, notDetectedTypes: [...types].sort(([, a], [, b]) => b - a) };
}

export const plantedIn = ({ history, question, objection, passages }: PlantedSession): Planted[] => [
  ...history,
  question,
  objection,
  ...passages.flatMap(({ fileName, heading, text }) => [fileName, heading, text]),
];

/** The way of one question to a provider and back: as a stream, and as the answer that is kept. */
async function escalated(kernel: Kernel, provider: RecordingProvider, session: PlantedSession, id: string, model = "auto") {
  const call = { signal: new AbortController().signal, trace: new Trace() };
  const { brief: asked, redactions } = await briefOf(kernel, session, id);
  const brief = { ...(provider.askable?.(asked, tokensOf(redactions)) ?? asked), model };
  const values = valuesByToken(redactions);
  const stream = createStreamReinflator(kernel.service("tokenVault").session(id));
  let streamed = "";
  const tell = async (piece: EscalationPiece) => {
    if (piece.type === "text") streamed += stream.push(piece.text);
  };
  const answer = await kernel.hooks.escalate.promise(brief, { cancelled: call.signal, tell }, call);
  streamed += stream.end();
  const kept = await kernel.redactWritten(answer?.text ?? "", textsOf(brief), id, call);
  const shown = await kernel.hooks.reinflate.promise(kept, id, call);
  const sent = provider.taken();
  const text = answer?.text ?? "";
  const tokens = tokensIn([text]);
  const all = tokensIn(textsOf(brief));
  const expected = provider.askable ? inPlaceOfTokens(text, values) : written(tokens, (plain, token) => values.get(token) ?? plain);
  return { sent, restored: tokens.length > 0 && tokens.length === all.length && shown === expected && streamed === expected };
}

/** A session as it is sent: what was said before is the history, and files and folders stand in the headings. */
export async function briefOf(kernel: Kernel, session: PlantedSession, id: string) {
  const call = { signal: new AbortController().signal, trace: new Trace() };
  const redactions: { readonly raw: string; readonly redaction: Redaction }[] = [];
  const redact = async ({ text: raw }: Planted) => {
    const redaction = await kernel.redact(raw, id, call);
    redactions.push({ raw, redaction });
    return redaction.text;
  };
  const history = [];
  for (const text of session.history) {
    const said = await redact(text);
    history.push({ question: said, answer: said });
  }
  const question = await redact(session.question);
  const passages = [];
  for (const { fileName, heading, text } of session.passages)
    passages.push({ heading: joinRedacted([await redact(fileName), await redact(heading)], "\n"), text: await redact(text) });
  const constraints = [await redact(session.objection)];
  const brief: EscalationBrief = { requestId: randomUUID(), question, passages, model: "auto", history, constraints };
  return { brief, redactions };
}

/** Each token once, without quotation marks that it has of its own. */
function tokensOf(redactions: readonly { readonly redaction: Redaction }[]): Redacted[] {
  const tokens = redactions.flatMap(({ redaction: { text, entities } }) =>
    entities.map(({ at, token }) => sliceRedacted(text, at + token.indexOf("["), at + token.indexOf("]") + 1)),
  );
  return [...new Set(tokens)];
}

/** A text with plain tokens, with the values in their place. */
function inPlaceOfTokens(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(/\[[A-Z_]+_\d+\]/g, (token) => values.get(token) ?? token);
}

/** What each token stands for, by the raw texts themselves. */
function valuesByToken(redactions: readonly { readonly raw: string; readonly redaction: Redaction }[]): Map<string, string> {
  return new Map(
    redactions.flatMap(({ raw, redaction }) =>
      redaction.entities.map(({ token, start, end }) => [tokensIn([token])[0] as string, raw.slice(start, end)] as const),
    ),
  );
}

/** What became of each planted value. `detect` says, apart from the kernel, what was to be hidden. */
export function judge(texts: readonly Planted[], { bytes, words }: Sent, detect: (raw: string) => readonly Span[]): Judgement {
  const left = texts.map(({ text, values }) => ({ text, values, clear: withoutSpans(text, detect(text)) }));
  const clear = new Haystack(JSON.stringify(left.map((text) => text.clear)));
  const wire = new Haystack(bytes.toString(), words);
  const values = [...new Map(texts.flatMap((text) => text.values).map((planted) => [planted.value, planted])).values()];
  const standing = values.filter(({ value }) => encodingFound(value, clear) !== undefined);
  // A short number that stands elsewhere as well is another number.
  const missed = values.filter(
    (planted) => (!isShort(planted.value) && standing.includes(planted)) || left.some((text) => isCut(planted.value, text)),
  );
  const detected = values.filter((planted) => !missed.includes(planted) && !standing.includes(planted));
  const leaked = detected.flatMap(({ value }) => {
    const how = encodingFound(value, wire);
    return how === undefined ? [] : [`${value.length} characters, ${how}`];
  });
  return { planted: values.length, missed, leaked };
}

export interface Judgement {
  readonly planted: number;
  /** Values that no detector found, or not as a whole. */
  readonly missed: readonly PlantedValue[];
  /** Of the others, how long those are that were sent, and in which encoding. */
  readonly leaked: readonly string[];
}

/** Whether a part of the value stands in what the detectors leave of a text in which it was planted, wherever it stands there. */
function isCut(value: string, { text, values, clear }: Planted & { readonly clear: string }): boolean {
  if (!values.some((planted) => planted.value === value)) return false;
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1))
    if (clear.slice(at, at + value.length).trim() === "") return false;
  return true;
}

/** What stands outside the spans, in its place. */
function withoutSpans(text: string, spans: readonly Span[]): string {
  let clear = text;
  for (const { start, end } of spans) clear = clear.slice(0, start) + " ".repeat(end - start) + clear.slice(end);
  return clear;
}
