import type { Call } from "./call.ts";
import { SynesisError } from "./errors.ts";
import type { Tap } from "./hooks.ts";
import { type Redacted, rawOffset, redactedOffset } from "./redacted.ts";
import { Concealer, type Revealed, reveal } from "./reveal.ts";
import type { Ballot, Brief, Draft, Passage, Quote, TokenSession } from "./types.ts";

/** An agent that is shown values instead of tokens. */
export type RawAgent = (brief: Brief<string>, call: Call) => Ballot<string> | Promise<Ballot<string>>;

/**
 * The half of an agent that thinks with a generator. It sees tokens only, since a generator may be on another machine,
 * and starts from the ballot of the half that goes by rules and was shown values.
 */
export type ThinkingAgent = (ballot: Ballot, brief: Brief, call: Call) => Promise<Ballot>;

/**
 * Shows agents values and conceals what they return. What stands in a brief is revealed once for all agents: they are
 * given the same brief at the same time, and the same passages in every round.
 */
export class RawAgents {
  readonly #sessionOf: (id: string) => TokenSession;
  readonly #tokenTypes: ReadonlySet<string>;
  readonly #briefs = new WeakMap<Brief, ShownBrief>();
  readonly #passages = new WeakMap<Passage, ShownPassage>();

  constructor(sessionOf: (id: string) => TokenSession, tokenTypes: ReadonlySet<string>) {
    this.#sessionOf = sessionOf;
    this.#tokenTypes = tokenTypes;
  }

  /** Joins an agent that sees values to the hook, which carries redacted text alone. */
  tap(agent: RawAgent, think?: ThinkingAgent): Tap<"agentVote"> {
    return async (brief, call) => {
      const shown = this.#briefs.get(brief) ?? this.#show(brief);
      this.#briefs.set(brief, shown);
      const ballot = concealed(await withoutMessage(() => agent(shown.brief, call)), shown);
      return brief.thinking && think ? think(ballot, brief, call) : ballot;
    };
  }

  #show(brief: Brief): ShownBrief {
    const session = this.#sessionOf(brief.session);
    const passages = brief.passages.map((passage) => {
      const known = this.#passages.get(passage) ?? showPassage(passage, session);
      this.#passages.set(passage, known);
      return known;
    });
    const seen = passages.flatMap(({ all }) => all);
    const show = (text: Redacted) => {
      const revealed = reveal(text, session);
      seen.push(revealed);
      return revealed.raw;
    };
    const texts = passages.map(({ text }) => text);
    const raw: Brief<string> = {
      ...brief,
      question: show(brief.question),
      passages: passages.map(({ passage }) => passage),
      framing: brief.framing && {
        ...brief.framing,
        senses: brief.framing.senses?.map(show),
        reframed: brief.framing.reframed && show(brief.framing.reframed),
      },
      draft: brief.draft && movedDraft(brief.draft, show(brief.draft.text), texts, rawOffset),
      earlier: brief.earlier?.map((draft) => movedDraft(draft, show(draft.text), texts, rawOffset)),
      objections: brief.objections.map(({ agent: by, reason }) => ({ agent: by, reason: show(reason) })),
    };
    return { brief: raw, texts, concealer: new Concealer(seen, session, this.#tokenTypes) };
  }
}

/** What an agent that sees values throws may quote them, and traces are kept: only the error's name goes on. */
async function withoutMessage<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SynesisError) throw error;
    throw new Error(error instanceof Error ? error.name : "failed");
  }
}

interface ShownPassage {
  readonly passage: Passage<string>;
  readonly text: Revealed;
  readonly all: readonly Revealed[];
}

interface ShownBrief {
  readonly brief: Brief<string>;
  /** The texts of the passages, in their order. */
  readonly texts: readonly Revealed[];
  readonly concealer: Concealer;
}

function showPassage(passage: Passage, session: TokenSession): ShownPassage {
  const [title, heading, text] = [reveal(passage.title, session), reveal(passage.heading, session), reveal(passage.text, session)];
  return { passage: { ...passage, title: title.raw, heading: heading.raw, text: text.raw }, text, all: [title, heading, text] };
}

function concealed(ballot: Ballot<string>, { texts, concealer }: ShownBrief): Ballot {
  const { framing, veto, draft } = ballot;
  const hide = (text: string) => concealer.conceal(text);
  return {
    ...ballot,
    reason: hide(ballot.reason),
    objections: ballot.objections?.map(hide),
    warnings: ballot.warnings?.map(({ text, quotes }) => ({
      text: hide(text),
      ...(quotes && { quotes: movedQuotes(quotes, texts, redactedOffset) }),
    })),
    veto: veto && { ...veto, reason: hide(veto.reason) },
    framing: framing && {
      ...framing,
      terms: framing.terms.map(hide),
      senses: framing.senses?.map(hide),
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
  return { ...draft, text, quotes: movedQuotes(draft.quotes, texts, offset) };
}

function movedQuotes(quotes: readonly Quote[], texts: readonly Revealed[], offset: typeof rawOffset): Quote[] {
  return quotes.map(({ passage, start, end }) => {
    const entities = texts[passage]?.entities ?? [];
    return { passage, start: offset(entities, start), end: offset(entities, end, "end") };
  });
}
