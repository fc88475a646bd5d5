/** The nouns of SuperInstance and the closed list of services that plugins give each other. */
import type { SynesisError } from "./errors.ts";
import type { Redacted, TokenSpan } from "./redacted.ts";

// ---------------------------------------------------------------- text and tokens

/** A place in a raw text that a detector wants replaced; offsets in UTF-16 code units, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  /** Kind of value, as it will stand in the token: `EMAIL` becomes `[EMAIL_01]`. */
  readonly type: string;
  /** Decides between overlapping spans; 0 when absent. */
  readonly priority?: number;
}

/** One session's tokens. Synchronous: the store is local. */
export interface TokenSession {
  readonly id: string;
  /** The numbers of the tokens that stand for these values; the same value always has the same one. */
  assign(values: readonly { readonly type: string; readonly value: string }[]): number[];
  /** The value behind a token, or undefined when this session never handed that token out. */
  valueOf(type: string, number: number): string | undefined;
  /** Sets a number aside because text already uses it; false when it stands for a value. */
  reserve(type: string, number: number): boolean;
}

/** Which documents are looked at: those that meet every part that is given. */
export interface DocumentFilter {
  /** At or below one of these paths; anywhere when empty. */
  readonly within: readonly string[];
  /** Of one of these kinds (`markdown`, `code`), or with a name that ends so (`md`, `ts`); in small letters. */
  readonly types?: readonly string[];
  /** Modified at this time or later, and before that one; ms since 1970. */
  readonly since?: number;
  readonly before?: number;
  /** With every one of these tags; in small letters. */
  readonly tags?: readonly string[];
}

/** What retrieval is asked. */
export interface Question extends DocumentFilter {
  readonly text: Redacted;
  readonly session: string;
  /** How many passages to find. */
  readonly topK: number;
}

/** A stretch of a document found for a question. `Text` is Redacted but for agents that see values. */
export interface Passage<Text extends string = Redacted> {
  readonly id: number;
  /** Where the document is on this machine; shown to the user, never sent. */
  readonly path: string;
  readonly title: Text;
  /** The headings above it, outermost first, as one line; empty when there are none. */
  readonly heading: Text;
  /** Range in the source document, UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly text: Text;
  /** What was replaced in `text`, with ranges relative to the passage's raw text. */
  readonly entities: readonly TokenSpan[];
  /** How the raw text lies in the source, where it is not simply the source from start to end. */
  readonly map?: OffsetMap;
  /** Comparable within one search only; higher is better. */
  readonly score: number;
}

// ---------------------------------------------------------------- the council

/** What kind of thing an answer must contain. */
export type Expectation = "person" | "place" | "date" | "number" | "reason" | "steps" | "yes-no" | "anything";

/** What Pathos makes of a question. */
export interface Framing<Text extends string = Redacted> {
  readonly intent: string;
  readonly expects: Expectation;
  /** Words that carry the question, stemmed. */
  readonly terms: readonly string[];
  /** For whom the answer is meant, where the question says so. */
  readonly expertise?: "beginner" | "expert";
  /** The English name of the question's language, where it can be told. */
  readonly language?: string;
  /** What a name of the question may be short for, where the sources know several. */
  readonly senses?: readonly Text[];
  /** Another wording to search with in the next round. */
  readonly reframed?: Text;
}

/** A quotation: a range of a passage's text, as the agent sees it. */
export interface Quote {
  /** Index into the brief's passages. */
  readonly passage: number;
  readonly start: number;
  readonly end: number;
}

/** A proposed answer. `text` refers to its quotes as [1], [2] … in their order. */
export interface Draft<Text extends string = Redacted> {
  readonly text: Text;
  readonly quotes: readonly Quote[];
}

export interface Objection<Text extends string = Redacted> {
  readonly agent: string;
  readonly reason: Text;
}

export interface Veto<Text extends string = Redacted> {
  /** Name of the rule that was broken. */
  readonly rule: string;
  readonly reason: Text;
}

/** An earlier question of the same conversation, and what was answered. */
export interface Exchange<Text extends string = Redacted> {
  readonly question: Text;
  readonly answer: Text;
}

/** Something that the user should know whatever the outcome. */
export interface Warning<Text extends string = Redacted> {
  readonly text: Text;
  /** The places in the sources that it speaks of; the user sees them with it. */
  readonly quotes?: readonly Quote[];
}

/** What the agents are shown. In "propose" they frame, draft and screen; in "judge" they vote on the draft. */
export interface Brief<Text extends string = Redacted> {
  readonly phase: "propose" | "judge";
  /** From 1. */
  readonly round: number;
  readonly session: string;
  readonly question: Text;
  readonly passages: readonly Passage<Text>[];
  readonly framing?: Framing<Text>;
  readonly draft?: Draft<Text>;
  readonly objections: readonly Objection<Text>[];
  /** How whoever asks wants it answered, beside the question; shown to models alone, and never evidence. */
  readonly guidance?: readonly Redacted[];
  /** What was said before in this conversation, the oldest first. */
  readonly history?: readonly Exchange[];
  /** Whether agents may think with the generator; otherwise they go by their rules alone. */
  readonly thinking?: boolean;
  /** Drafts of the rounds before, the first one first; none was agreed on. */
  readonly earlier?: readonly Draft<Text>[];
}

/** What an agent returns. Only Pathos's framing and Logos's draft have a use; others may leave them out. */
export interface Ballot<Text extends string = Redacted> {
  /** From 0 to 1; ignored while proposing, and where the ballot abstains. */
  readonly approval: number;
  /** One short sentence, shown to the user. */
  readonly reason: Text;
  readonly objections?: readonly Text[];
  readonly warnings?: readonly Warning<Text>[];
  /** The agent was there and has no opinion: it counts neither for nor against, nor towards the quorum. */
  readonly abstains?: boolean;
  readonly veto?: Veto<Text>;
  readonly framing?: Framing<Text>;
  readonly draft?: Draft<Text>;
}

/** A ballot with what the kernel adds: whose it is, and the weight that the configuration gives them. */
export interface Vote extends Ballot {
  readonly agent: string;
  readonly weight: number;
}

/** How votes become a verdict. */
export interface CouncilRules {
  /** From 0 to 1. */
  readonly threshold: number;
  readonly maxRounds: number;
  /** Agents that must have voted, abstentions not counted; 1 when absent. */
  readonly quorum?: number;
}

export interface Verdict {
  readonly agreed: boolean;
  /** 0 to 1. */
  readonly score: number;
  /** It would rather compare with the drafts of the rounds that are left before this one is taken. */
  readonly more?: boolean;
  readonly veto?: Veto & { readonly agent: string };
}

// ---------------------------------------------------------------- the cloud

/** What would be sent to a provider; every text in it is Redacted. */
export interface EscalationBrief {
  /** A UUID, and the key by which a request that is sent again is done, and paid, once. */
  readonly requestId: string;
  readonly question: Redacted;
  readonly passages: readonly { readonly heading: Redacted; readonly text: Redacted }[];
  /** `auto`, `sonnet`, `opus`, `gpt`, or a model's own name. */
  readonly model: string;
  /** How Pathos reads the question, in a sentence. */
  readonly framing?: Redacted;
  /** What was said before in this conversation, the oldest first. */
  readonly history?: readonly Exchange[];
  /** What Ethos wants heeded. */
  readonly constraints?: readonly Redacted[];
  /** Tokens of the answer at most. */
  readonly maxTokens?: number;
  /** The project of the cloud in which it is asked, whose owner pays; only the cloud has such. */
  readonly project?: CloudItem;
  /** The account's adapter at the cloud to think with; only the cloud has such. */
  readonly adapter?: CloudItem;
  /** Whether the cloud looks also in what the project, or else the account, shares with it; only the cloud can. */
  readonly shared?: boolean;
}

/** A passage that the cloud found in what is shared with it: public text, that comes from elsewhere all the same. */
export interface SharedPassage {
  readonly name: string;
  readonly heading: string;
  readonly text: string;
}

/** Something that an account has at the cloud. The id alone leaves this machine. */
export interface CloudItem {
  readonly id: string;
  readonly name: string;
}

/** What a provider tells while it works. Text is what the model wrote: not yet Redacted, and cut anywhere. */
export type EscalationPiece =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "agent"; readonly agent: string; readonly phase: "thinking" | "responding" | "verifying" };

/** What runs beside a request to a provider. */
export interface EscalationStream {
  /** Aborted when the user has had enough: the provider ends its work and gives what came, with what it took. */
  readonly cancelled: AbortSignal;
  /** Resolves when there is room for the next piece. */
  tell(piece: EscalationPiece): Promise<void>;
}

/** What a provider answered. It may be a part only, or nothing, when `fault` is there; what it took is told all the same. */
export interface Escalation {
  readonly requestId: string;
  /** What the provider wrote: not yet Redacted, since a model may write anything. */
  readonly text: string;
  /** What the numbers in the text stand for, in their order, as ranges of the brief's passages, and then of the shared ones; absent where the provider does not say. */
  readonly citations?: readonly Quote[];
  readonly shared?: readonly SharedPassage[];
  readonly model: string;
  /** Id of the adapter that the model thought with; absent when it was alone. */
  readonly adapter?: string;
  readonly tokens: { readonly in: number; readonly out: number };
  /** The provider did not count the tokens, or could not tell: they are an estimate. */
  readonly estimated?: boolean;
  /** "direct" when absent. */
  readonly via?: Receipt["via"];
  /** Nano-dollars; absent where the price is not known. */
  readonly cost?: Pick<Receipt, "nanoDollars" | "chargeNanoDollars">;
  /** Why there is no text: how a council elsewhere decided, in its own words. */
  readonly declined?: { readonly outcome: "vetoed" | "no_consensus" | "no_evidence"; readonly reason: string };
  /** Why the text is not whole. */
  readonly fault?: SynesisError;
}

/** What an escalation cost; amounts are billionths of a US dollar, exact integers. */
export interface Receipt {
  readonly requestId: string;
  /** Ms since 1970. */
  readonly at: number;
  /** "cloud": our Worker asked the provider and bills it. "direct": the user's own key paid the provider. */
  readonly via: "cloud" | "direct";
  readonly model: string;
  /** Names of the adapter and the project that it was asked with and in. */
  readonly adapter?: string;
  readonly project?: string;
  readonly tokens: { readonly in: number; readonly out: number };
  /** What the provider takes for it. */
  readonly nanoDollars: number;
  /** What the cloud charges the user for it; 0 where it has no part in it. */
  readonly chargeNanoDollars: number;
}

// ---------------------------------------------------------------- services

/** Turns texts into vectors of unit length. */
export interface Embedder {
  /** Name and version; vectors of different ids are not comparable. */
  readonly id: string;
  readonly dimensions: number;
  /** A question: one text at once, on the calling thread where that is fastest. */
  embed(text: string, signal?: AbortSignal): Promise<Float32Array>;
  /** One text at once; only where that takes microseconds. */
  embedNow?(text: string): Float32Array;
  /** Many texts, in worker threads where that pays. */
  embedAll(texts: readonly string[], signal: AbortSignal): Promise<Float32Array[]>;
}

/** One turn of a conversation. Redacted, since a generator may be on another machine. */
export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: Redacted;
}

export interface GenerateRequest {
  readonly messages: readonly Message[];
  /** A JSON Schema: the text is then one JSON value that keeps it, and comes in one piece once that is known. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Name of an adapter to think with. */
  readonly lora?: string;
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

/** A piece of the text, or, last of all, what it took. */
export type Generated =
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "usage";
      readonly tokens: { readonly in: number; readonly out: number };
      readonly finish: "stop" | "length";
      /** Bytes that the model's process holds, where that is known. */
      readonly memory?: number;
      /** The text was written before, for the same request, and cost nothing now. */
      readonly cached?: boolean;
    };

/** Writes text. What it writes is raw: a model may invent anything. */
export interface Generator {
  readonly model: string;
  /** Tokens that a request and its answer may have together. */
  readonly context: number;
  /** How many tokens the model makes of a text; absent where only the model's server knows. */
  countTokens?(text: Redacted, signal: AbortSignal): Promise<number>;
  /**
   * Text as it comes, then its usage. Ends with the signal's reason within 100 ms of its abortion.
   *
   * @throws SynesisError, one of GENERATOR_*
   */
  generate(request: GenerateRequest): AsyncIterable<Generated>;
}

/** Keeps the values behind tokens, encrypted. */
export interface TokenVault {
  session(id: string): TokenSession;
}

/**
 * How the text of a chunk lies in its source, where the source has markup that the text has not: pairs of an offset in
 * the text and the offset in the source to which it belongs, both rising, flattened. From one pair to the next the two
 * run side by side.
 */
export type OffsetMap = readonly number[];

/**
 * How a text is to be handled: `secret` holds keys, passwords or other credentials; `personal` holds data about people or
 * accounts; `public` holds neither, as far as patterns can tell.
 */
export type PrivacyClass = "public" | "personal" | "secret";

/** What was found in a text: its class, and how many values of each type; never the values. */
export interface PrivacyFindings {
  readonly class: PrivacyClass;
  readonly counts: Readonly<Record<string, number>>;
}

/** A chunk as the vault keeps it: raw text of the user's own file. */
export interface Chunk {
  /** Range in the source, UTF-16 code units. */
  readonly start: number;
  readonly end: number;
  readonly heading: string;
  readonly text: string;
  /** Absent where the text is the source from start to end. */
  readonly map?: OffsetMap;
  /** Absent when nobody has looked. */
  readonly privacy?: PrivacyFindings;
}

export interface DocumentInfo {
  readonly path: string;
  readonly title: string;
  readonly kind: string;
  /** Of the text, hex SHA-256. */
  readonly hash: string;
  /** Bytes and modification time in ms; both 0 for a document that is not a file. */
  readonly size: number;
  readonly modified: number;
  /** What the document says of itself, in small letters; none when absent. */
  readonly tags?: readonly string[];
  /** Of the whole document; absent when nobody has looked. */
  readonly privacy?: PrivacyFindings;
}

/** A document as a reader gives it. */
export interface ReadDocument extends DocumentInfo {
  /** How it was read and cut: the reader's `recipe` then. */
  readonly recipe?: string;
  readonly chunks: readonly Chunk[];
}

export interface IndexedDocument extends ReadDocument {
  /** One a chunk. */
  readonly vectors: readonly Float32Array[];
}

/** A file with what is needed to see that it has not changed. */
export type FileStamp = Pick<DocumentInfo, "path" | "size" | "modified">;

/** A file or folder that was left out, and why in plain words. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: string;
}

/** A file that was skipped when it had this size and time, and by which recipe. */
export type UnreadFile = FileStamp & SkippedFile & Pick<ReadDocument, "recipe">;

/** Finds files and turns them into chunks, in worker threads. */
export interface DocumentReader {
  /** Files that may be read at once. */
  readonly threads: number;
  /** Names the way in which documents are read and cut; what was read in another way is read again. */
  readonly recipe: string;
  /** The files at or below these paths, in a fixed order. `folder` marks a folder whose contents are unknown. */
  walk(paths: readonly string[], signal: AbortSignal): AsyncIterable<FileStamp | (SkippedFile & { readonly folder: boolean })>;
  /** Never rejects because of a file: one that cannot be read is skipped with its reason. */
  read(files: readonly FileStamp[], signal: AbortSignal): Promise<readonly (ReadDocument | (FileStamp & SkippedFile))[]>;
  /** A text that is at hand, read on the calling thread as its path's ending says. */
  parse(path: string, text: string, title?: string): Promise<ReadDocument | { readonly reason: string }>;
  close(): Promise<void>;
}

export interface SearchHit {
  readonly id: number;
  readonly path: string;
  readonly title: string;
  readonly heading: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly map?: OffsetMap;
  /** Comparable within one search only; higher is better. */
  readonly score: number;
  /** Absent when nobody has looked. */
  readonly privacy?: PrivacyFindings;
}

export interface SearchRequest extends DocumentFilter {
  readonly text: string;
  /** Of the vault's model; without it, full text alone is searched. */
  readonly vector?: Float32Array;
  readonly limit: number;
  /** Whether the first hits are looked at more closely; true when absent. */
  readonly rerank?: boolean;
}

/** A chunk to be embedded anew. */
export interface OutdatedChunk {
  readonly id: number;
  readonly title: string;
  readonly heading: string;
  readonly text: string;
}

/** What the vault knows of a path: a document, or a file that was skipped with `reason` when it had this size and time. */
export type PathState = Pick<ReadDocument, "hash" | "size" | "modified" | "recipe"> & { readonly reason?: string };

export interface VaultStats {
  readonly documents: number;
  readonly chunks: number;
  /** Size on disk. */
  readonly bytes: number;
  /** How many documents are of each class; `unknown` where nobody has looked. */
  readonly classes: Readonly<Partial<Record<PrivacyClass | "unknown", number>>>;
  /** Values found, by type: how many, and in how many documents. */
  readonly personal: Readonly<Record<string, { readonly values: number; readonly documents: number }>>;
}

export type WriteOutcome = "added" | "updated" | "unchanged";

/** Stores documents and finds passages in them. Synchronous: one local file. */
export interface KnowledgeVault {
  state(path: string): PathState | undefined;
  /**
   * Writes or replaces documents, and remembers skipped files, in one transaction. Says of each document what became of
   * it; "unchanged" where another process has written the same meanwhile.
   */
  write(documents: readonly IndexedDocument[], skipped?: readonly UnreadFile[]): readonly WriteOutcome[];
  /** Notes a new size and time of documents whose text is the same. */
  touch(documents: readonly FileStamp[]): void;
  /** Removes the documents at or below these paths; gives how many. */
  remove(paths: readonly string[]): number;
  /** Removes exactly these documents; gives how many. */
  removeExactly(paths: readonly string[]): number;
  search(request: SearchRequest): SearchHit[];
  /** Chunks whose vectors are of another model than the vault's, those with ids above `after`; they are found by words meanwhile. */
  outdated(after: number, limit: number): OutdatedChunk[];
  /** Gives chunks vectors of the vault's model, in one transaction. */
  renew(vectors: readonly { readonly id: number; readonly vector: Float32Array }[]): void;
  /** Paths of documents, and of remembered skipped files, at or below these paths. */
  paths(within: readonly string[]): string[];
  list(within?: readonly string[]): (DocumentInfo & { readonly chunks: number })[];
  stats(): VaultStats;
}

/** A piece of the cloud's answer; the last one is the end. */
export type CloudPiece =
  | EscalationPiece
  | ({ readonly type: "end" } & Omit<Escalation, "requestId" | "text" | "via" | "fault" | "estimated">);

/** The connection to the cloud. */
export interface CloudLink {
  readonly state: "disconnected" | "connecting" | "connected" | "reconnecting" | "failed";
  /**
   * Asks the cloud's council; connects first where that is needed. The same brief sent again is done, and paid, once.
   *
   * @param beforeSending told of the host and the exact bytes; when it throws, nothing is sent
   * @throws SynesisError TUNNEL_*, DEVICE_UNKNOWN, ESCALATION_*, INPUT_TOO_LARGE; the signal's reason
   */
  escalate(
    brief: EscalationBrief,
    options: {
      readonly signal: AbortSignal;
      /** Until the first piece, in ms. */
      readonly timeoutMs: number;
      readonly beforeSending: (host: string, bytes: Uint8Array) => void;
    },
  ): AsyncIterable<CloudPiece>;
}

/** Keeps receipts. */
export interface Ledger {
  /** What is owed to the cloud, as far as this machine knows. */
  balance(): { readonly nanoDollars: number };
  /** What escalations have cost since a time (ms since 1970): the provider's price, or the cloud's charge where that is more. */
  spent(since: number): { readonly nanoDollars: number };
  /** Receipts since a time, the newest first. */
  receipts(since: number, limit: number): readonly Receipt[];
}

/** The closed list of services, by the name a plugin provides or requires. */
export interface Services {
  embedder: Embedder;
  generator: Generator;
  tokenVault: TokenVault;
  knowledgeVault: KnowledgeVault;
  cloudLink: CloudLink;
  ledger: Ledger;
}

export type ServiceName = keyof Services;
