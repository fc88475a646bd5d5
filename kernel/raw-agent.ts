import type { Call } from "./call.ts";
import type { Tap } from "./hooks.ts";
import { rawOffset, redactedOffset } from "./redacted.ts";
import { Concealer, type Revealed, reveal } from "./reveal.ts";
import type { Ballot, Brief, Draft, TokenSession } from "./types.ts";

/** An agent that is shown values instead of tokens. */
export type RawAgent = (brief: Brief<string>, call: Call) => Ballot<string> | Promise<Ballot<string>>;

/** Joins an agent that sees values to the hook, which carries redacted text alone: its ballot is concealed again. */
export function rawAgent(agent: RawAgent, sessionOf: (id: string) => TokenSession, tokenTypes: ReadonlySet<string>): Tap<"agentVote"> {
  return async (brief, call) => {
    const session = sessionOf(brief.session);
    const seen: Revealed[] = [];
    const show = (text: Parameters<typeof reveal>[0]) => {
      const revealed = reveal(text, session);
      seen.push(revealed);
      return revealed;
    };
    const texts = brief.passages.map(({ text }) => show(text));
    const raw: Brief<string> = {
      ...brief,
      question: show(brief.question).raw,
      passages: brief.passages.map((passage, i) => ({
        ...passage,
        title: show(passage.title).raw,
        heading: show(passage.heading).raw,
        text: texts[i]?.raw ?? "",
      })),
      framing: brief.framing && { ...brief.framing, reframed: brief.framing.reframed && show(brief.framing.reframed).raw },
      draft: brief.draft && movedDraft(brief.draft, show(brief.draft.text).raw, texts, rawOffset),
      objections: brief.objections.map(({ agent: by, reason }) => ({ agent: by, reason: show(reason).raw })),
    };
    const ballot = await agent(raw, call);
    return concealed(ballot, texts, new Concealer(seen, session, tokenTypes));
  };
}

function concealed(ballot: Ballot<string>, texts: readonly Revealed[], concealer: Concealer): Ballot {
  const { framing, veto, draft } = ballot;
  const hide = (text: string) => concealer.conceal(text);
  return {
    ...ballot,
    reason: hide(ballot.reason),
    objections: ballot.objections?.map(hide),
    warnings: ballot.warnings?.map(hide),
    veto: veto && { ...veto, reason: hide(veto.reason) },
    framing: framing && {
      ...framing,
      terms: framing.terms.map(hide),
      reframed: framing.reframed === undefined ? undefined : hide(framing.reframed),
    },
    draft: draft && movedDraft(draft, hide(draft.text), texts, redactedOffset),
  };
}

/** A draft whose quotes count in the other of the two texts. A quote that cuts a value takes in the whole of it. */
function movedDraft<Text extends string>(
  draft: Pick<Draft<string>, "quotes">,
  text: Text,
  texts: readonly Revealed[],
  offset: typeof rawOffset,
): Draft<Text> {
  const quotes = draft.quotes.map(({ passage, start, end }) => {
    const entities = texts[passage]?.entities ?? [];
    return { passage, start: offset(entities, start), end: offset(entities, end, "end") };
  });
  return { ...draft, text, quotes };
}
