import {
  type Call,
  type Context,
  type Embedder,
  findTokens,
  type KnowledgeVault,
  type Passage,
  type Question,
  type SearchHit,
  SynesisError,
  type Tap,
  type TokenVault,
} from "../../kernel/index.ts";

export interface RetrievalParts {
  readonly vault: KnowledgeVault;
  readonly embedder: Embedder;
  readonly tokenVault: TokenVault;
  readonly redact: Context["redact"];
}

/** Finds passages for a question and adds them to those that others have found, best first. */
export function retrieval({ vault, embedder, tokenVault, redact }: RetrievalParts): Tap<"retrieve"> {
  return async (passages, question, call) => {
    const text = withValues(question, tokenVault);
    const vector = await embedder.embed(text, call.signal);
    const { topK, text: _, session: __, ...filter } = question;
    const hits = vault.search({ ...filter, text, vector, limit: topK });
    const known = new Set(passages.map(({ id }) => id));
    const redactHere = remembering((raw) => redact(raw, question.session, call));
    const found = await Promise.all(hits.filter(({ id }) => !known.has(id)).map((hit) => toPassage(hit, redactHere, call).catch(leftOut)));
    return [...passages, ...found.filter((passage) => passage !== undefined)].sort((a, b) => b.score - a.score).slice(0, question.topK);
  };
}

/** The question with its tokens' values given back, for the search on this machine alone. */
export function withValues({ text, session }: Pick<Question, "text" | "session">, tokenVault: TokenVault): string {
  const tokens = tokenVault.session(session);
  let raw = "";
  let from = 0;
  for (const { start, end, type, number } of findTokens(text)) {
    raw += text.slice(from, start) + (tokens.valueOf(type, number) ?? text.slice(start, end));
    from = end;
  }
  return raw + text.slice(from);
}

type RedactText = (raw: string) => ReturnType<Context["redact"]>;

async function toPassage(hit: SearchHit, redact: RedactText, { signal }: Call): Promise<Passage> {
  signal.throwIfAborted();
  const { id, path, start, end, score, map } = hit;
  const [title, heading, body] = await Promise.all([redact(hit.title), redact(hit.heading), redact(hit.text)]);
  const passage = { id, path, start, end, score, title: title.text, heading: heading.text, text: body.text, entities: body.entities };
  return map ? { ...passage, map } : passage;
}

/** A passage with a value that the user's policy blocks is no part of the answer; the question goes on without it. */
function leftOut(error: unknown): undefined {
  if (!(error instanceof SynesisError && error.code === "TEXT_BLOCKED")) throw error;
}

/** Titles and headings repeat among the passages of one document. */
function remembering(redact: RedactText): RedactText {
  const done = new Map<string, ReturnType<RedactText>>();
  return (raw) => {
    const known = done.get(raw) ?? redact(raw);
    done.set(raw, known);
    return known;
  };
}
