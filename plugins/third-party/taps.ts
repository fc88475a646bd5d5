/** How each hook reaches a sandboxed plugin: what it is shown, and what becomes of its answer. */
import type { Ballot, Brief, Call, Context, Passage, Question, RawAgent, Span, Tap } from "../../kernel/index.ts";
import { shownTo } from "../../pipeline/think/shown-to.ts";
import { ballotOf, escalationOf, type GivenPassage, passagesOf, spansOf } from "./answers.ts";
import { SandboxFault } from "./fault.ts";
import type { Manifest } from "./manifest.ts";
import type { OnPiece } from "./pieces.ts";

/**
 * Runs the plugin's tap for a hook; undefined when it has nothing to say.
 *
 * @param read checks the answer. @throws SandboxFault
 */
export type Ask = <T>(args: readonly unknown[], call: Call, read: (answer: unknown) => T, manner?: AskManner) => Promise<T | undefined>;

export interface AskManner {
  /** It is asked how it answers, not for an answer: that this goes well is no success. */
  readonly trial?: boolean;
  /** Takes the pieces of a text as they are written. */
  readonly onPiece?: OnPiece;
}

/** Whether a passage must not be shown to the plugin, since what the plugin sees may leave the machine. */
export type Stays = (passage: Pick<Passage, "path">) => boolean;

/** What a detector adds: it cannot take away what others found. */
export function detectorTap(ask: Ask, { tokenTypes }: Manifest): Tap<"preRedact"> {
  return async (spans, raw, call): Promise<readonly Span[] | undefined> => {
    const found = await ask([[], raw], call, (answer) => spansOf(answer, raw.length, tokenTypes));
    return found && [...spans, ...found];
  };
}

/** Passages keep their text; those that the plugin brings along are redacted first. */
export function retrieverTap(ask: Ask, stays: Stays, context: Pick<Context, "redact">): Tap<"retrieve"> {
  return async (passages, question, call) => {
    const shown = passages.filter((passage) => !stays(passage));
    const known = new Map(shown.map((passage) => [passage.id, passage]));
    const given = await ask([shown.map(shownPassage), { text: question.text, topK: question.topK }], call, (answer) =>
      passagesOf(answer, known),
    );
    if (!given) return undefined;
    const chosen = await Promise.all(given.map((one, i) => passageOf(one, i, known, question, context, call)));
    return [...chosen, ...passages.filter(stays)];
  };
}

/** An agent that has network abstains where a passage must stay here: the draft may quote it. */
export function agentTap(ask: Ask, manifest: Manifest, stays: Stays, context: Pick<Context, "redactWritten">): Tap<"agentVote"> {
  return async (brief, call): Promise<Ballot | undefined> => {
    if (brief.passages.some(stays)) return undefined;
    const ballot = await ask([shownBrief(brief, manifest)], call, (answer) => ballotFor(answer, manifest));
    if (!ballot) return undefined;
    const { approval, abstains, ...texts } = ballot;
    const shown = shownTo(brief);
    const hide = (text: string) => context.redactWritten(text, shown, brief.session, call);
    const all = async (list: readonly string[] | undefined) => (list ? { list: await Promise.all(list.map(hide)) } : undefined);
    const [objections, warnings] = [await all(texts.objections), await all(texts.warnings?.map(({ text }) => text))];
    return {
      approval,
      reason: await hide(texts.reason),
      ...(abstains && { abstains }),
      ...(objections && { objections: objections.list }),
      ...(warnings && { warnings: warnings.list.map((text) => ({ text })) }),
      ...(texts.veto && { veto: { rule: texts.veto.rule, reason: await hide(texts.veto.reason) } }),
    };
  };
}

/** An agent that sees values; the kernel hides them again in what it says. */
export function rawAgent(ask: Ask, manifest: Manifest): RawAgent {
  return async (brief, call) => {
    const ballot = await ask([shownBrief(brief, manifest)], call, (answer) => ballotFor(answer, manifest));
    if (!ballot) throw new SandboxFault("gave no ballot");
    return ballot;
  };
}

export function providerTap(ask: Ask): Tap<"escalate"> {
  return async (brief, _stream, call) => {
    const answer = await ask([brief], call, escalationOf);
    return answer && { ...answer, requestId: brief.requestId };
  };
}

/**
 * A brief without what is not the plugin's business: the session's name, and where files lie. One that has network is
 * not told what others said either: they may have seen values.
 */
function shownBrief<Text extends string>(brief: Brief<Text>, { hosts }: Manifest): unknown {
  const { phase, round, question, passages, framing, draft, objections } = brief;
  return { phase, round, question, framing, draft, passages: passages.map(shownPassage), objections: hosts.length > 0 ? [] : objections };
}

function shownPassage<Text extends string>({ id, title, heading, text, score }: Passage<Text>): unknown {
  return { id, title, heading, text, score };
}

function ballotFor(answer: unknown, { veto: mayVeto }: Manifest): Ballot<string> {
  const { approval, reason, abstains, objections, warnings, veto } = ballotOf(answer);
  return {
    approval,
    reason,
    ...(abstains && { abstains }),
    ...(objections && { objections }),
    ...(warnings && { warnings: warnings.map((text) => ({ text })) }),
    ...(veto && mayVeto && { veto }),
  };
}

/** Passages of plugins have ids of their own, which no vault uses. */
const FOREIGN_IDS = -1;

async function passageOf(
  given: GivenPassage,
  i: number,
  known: ReadonlyMap<number, Passage>,
  { session }: Question,
  context: Pick<Context, "redact">,
  call: Call,
): Promise<Passage> {
  if ("id" in given) {
    const passage = known.get(given.id) as Passage; // `passagesOf` has looked
    return given.score === undefined ? passage : { ...passage, score: given.score };
  }
  const redact = (text: string) => context.redact(text, session, call);
  const [title, heading, body] = await Promise.all([redact(given.title), redact(given.heading ?? ""), redact(given.text)]);
  return {
    id: FOREIGN_IDS - i,
    path: given.path,
    title: title.text,
    heading: heading.text,
    text: body.text,
    entities: body.entities,
    start: 0,
    end: given.text.length,
    score: given.score ?? 0,
  };
}
