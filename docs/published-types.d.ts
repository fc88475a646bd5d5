// The published types, gathered by `npm run types`. A change here is a change for every author of a plugin.

// ---- superinstance

export interface Pattern {
    readonly type: string;
    readonly name: string;
    readonly anchor?: readonly string[] | "digits";
    readonly digits?: readonly [min: number, max: number];
    readonly first?: readonly [min: number, max: number];
    readonly separators?: readonly ("" | " " | "-" | ".")[];
    readonly back?: string;
    readonly pattern: string;
    readonly flags?: string;
    readonly gate?: GateName;
    readonly followed?: Following;
    readonly before?: readonly string[];
    readonly context?: readonly string[];
    readonly check?: CheckName;
    readonly priority?: number;
    readonly matches: readonly string[];
    readonly misses: readonly string[];
}

export interface FoundSpan {
    readonly start: number;
    readonly end: number;
    readonly type: string;
    readonly priority?: number;
}

export type ShownPassage = Pick<Passage<string>, "id" | "title" | "heading" | "text" | "score">;

export type ChosenPassage = {
    readonly id: number;
    readonly score?: number;
} | {
    readonly path: string;
    readonly title: string;
    readonly heading?: string;
    readonly text: string;
    readonly score?: number;
};

export type ShownBrief = Pick<Brief<string>, "phase" | "round" | "question" | "framing" | "draft" | "objections"> & {
    readonly passages: readonly ShownPassage[];
};

export interface AgentBallot {
    readonly approval?: number;
    readonly reason: string;
    readonly abstains?: boolean;
    readonly objections?: readonly string[];
    readonly warnings?: readonly string[];
    readonly veto?: {
        readonly rule: string;
        readonly reason: string;
    };
}

export interface ProviderBrief {
    readonly requestId: string;
    readonly question: string;
    readonly passages: readonly {
        readonly heading: string;
        readonly text: string;
    }[];
    readonly model: string;
    readonly framing?: string;
    readonly history?: readonly {
        readonly question: string;
        readonly answer: string;
    }[];
    readonly constraints?: readonly string[];
    readonly maxTokens?: number;
}

export interface ProviderAnswer {
    readonly text: string;
    readonly model: string;
    readonly tokens: {
        readonly in: number;
        readonly out: number;
    };
}

export interface Taps {
    preRedact(spans: readonly FoundSpan[], raw: string): Maybe<readonly FoundSpan[]>;
    retrieve(passages: readonly ShownPassage[], question: {
        readonly text: string;
        readonly topK: number;
    }): Maybe<readonly ChosenPassage[]>;
    agentVote(brief: ShownBrief): Maybe<AgentBallot>;
    escalate(brief: ProviderBrief): Maybe<ProviderAnswer>;
}

export interface WriteRequest {
    readonly messages: readonly {
        readonly role: "system" | "user" | "assistant";
        readonly content: string;
    }[];
    readonly schema?: Readonly<Record<string, unknown>>;
    readonly maxTokens: number;
}

export interface Written extends WrittenEnd {
    readonly text: string;
}

export interface Provided {
    embedder: {
        embed(text: string): Iterable<number>;
    };
    generator: {
        generate(request: WriteRequest): Written | Promise<Written> | AsyncGenerator<string, WrittenEnd | undefined>;
    };
    knowledgeVault: KnowledgeVault;
}

export interface PluginContext {
    readonly settings: Readonly<Record<string, boolean | number | string | readonly string[]>>;
    tap<Hook extends keyof Taps>(hook: Hook, tap: Taps[Hook]): void;
    provide<Name extends keyof Provided>(name: Name, service: Provided[Name]): void;
}

export interface PluginDefinition {
    readonly name: string;
    setup(context: PluginContext): void | Promise<void>;
}

export declare function definePlugin<Definition extends PluginDefinition>(plugin: Definition): Definition;

export declare function definePatterns(patterns: readonly Pattern[]): readonly Pattern[];

// ---- superinstance/testkit

export interface Checked {
    readonly name: string;
    readonly fault?: string;
}

export interface FakeContext extends PluginContext {
    tapOf<Hook extends keyof Taps>(hook: Hook): Taps[Hook];
    provided<Name extends keyof Provided>(name: Name): Provided[Name];
}

export declare function setUp(plugin: PluginDefinition, settings?: PluginContext["settings"]): Promise<FakeContext>;

export declare function checkPlugin(plugin: PluginDefinition, packageJson: string): Promise<readonly Checked[]>;

export declare function checkPatterns(patterns: readonly Pattern[]): void;

export declare function findPatterns(patterns: readonly Pattern[], text: string): FoundSpan[];

// ---- what these name

interface Brief<Text extends string = Redacted> {
    readonly phase: "propose" | "judge";
    readonly round: number;
    readonly session: string;
    readonly question: Text;
    readonly passages: readonly Passage<Text>[];
    readonly framing?: Framing<Text>;
    readonly draft?: Draft<Text>;
    readonly objections: readonly Objection<Text>[];
    readonly guidance?: readonly Redacted[];
    readonly history?: readonly Exchange[];
    readonly thinking?: boolean;
    readonly earlier?: readonly Draft<Text>[];
}

declare const CHECKS: {
    readonly ssn: (text: string) => boolean;
    readonly nhs: (text: string) => boolean;
    readonly steuerId: (text: string) => boolean;
    readonly nir: (text: string) => boolean;
    readonly dni: (text: string) => boolean;
    readonly codiceFiscale: (text: string) => boolean;
    readonly bsn: (text: string) => boolean;
    readonly pesel: (text: string) => boolean;
    readonly personnummer: (text: string) => boolean;
    readonly fodselsnummer: (text: string) => boolean;
    readonly cpr: (text: string) => boolean;
    readonly hetu: (text: string) => boolean;
    readonly rijksregister: (text: string) => boolean;
    readonly cpf: (text: string) => boolean;
    readonly aadhaar: (text: string) => boolean;
    readonly residentId: (text: string) => boolean;
    readonly tckn: (text: string) => boolean;
    readonly tfn: (text: string) => boolean;
    readonly nric: (text: string) => boolean;
    readonly ahv: (text: string) => boolean;
    readonly nif: (text: string) => boolean;
    readonly koreanId: (text: string) => boolean;
    readonly southAfricanId: (text: string) => boolean;
    readonly luhn: typeof luhn;
    readonly card: typeof card;
    readonly iban: typeof iban;
    readonly ipv6: typeof ipv6;
    readonly base58: typeof base58;
    readonly coordinates: typeof coordinates;
    readonly basicCredentials: typeof basicCredentials;
    readonly jwt: typeof jwt;
    readonly plate: typeof plate;
    readonly bic: typeof bic;
    readonly userName: typeof userName;
    readonly phoneShape: typeof phoneShape;
    readonly phoneInContext: typeof phoneInContext;
    readonly privateUrl: typeof privateUrl;
    readonly passwordLike: typeof passwordLike;
    readonly secretLike: typeof secretLike;
};

type CheckName = keyof typeof CHECKS;

interface Chunk {
    readonly start: number;
    readonly end: number;
    readonly heading: string;
    readonly text: string;
    readonly map?: OffsetMap;
    readonly privacy?: PrivacyFindings;
}

interface DocumentFilter {
    readonly within: readonly string[];
    readonly types?: readonly string[];
    readonly since?: number;
    readonly before?: number;
    readonly tags?: readonly string[];
}

interface DocumentInfo {
    readonly path: string;
    readonly title: string;
    readonly kind: string;
    readonly hash: string;
    readonly size: number;
    readonly modified: number;
    readonly tags?: readonly string[];
    readonly privacy?: PrivacyFindings;
}

interface Draft<Text extends string = Redacted> {
    readonly text: Text;
    readonly quotes: readonly Quote[];
}

interface Exchange<Text extends string = Redacted> {
    readonly question: Text;
    readonly answer: Text;
}

type Expectation = "person" | "place" | "date" | "number" | "reason" | "steps" | "yes-no" | "anything";

type FileStamp = Pick<DocumentInfo, "path" | "size" | "modified">;

interface Following {
    readonly of: string;
    readonly least: number;
    readonly within?: number;
}

interface Framing<Text extends string = Redacted> {
    readonly intent: string;
    readonly expects: Expectation;
    readonly terms: readonly string[];
    readonly expertise?: "beginner" | "expert";
    readonly language?: string;
    readonly senses?: readonly Text[];
    readonly reframed?: Text;
}

type GateName = "quoted" | "bare" | "element" | "digit" | "mail" | "login" | "account" | "hexadecimal" | "undated";

interface IndexedDocument extends ReadDocument {
    readonly vectors: readonly Float32Array[];
}

interface KnowledgeVault {
    state(path: string): PathState | undefined;
    write(documents: readonly IndexedDocument[], skipped?: readonly UnreadFile[]): readonly WriteOutcome[];
    touch(documents: readonly FileStamp[]): void;
    remove(paths: readonly string[]): number;
    removeExactly(paths: readonly string[]): number;
    search(request: SearchRequest): SearchHit[];
    outdated(after: number, limit: number): OutdatedChunk[];
    renew(vectors: readonly {
        readonly id: number;
        readonly vector: Float32Array;
    }[]): void;
    paths(within: readonly string[]): string[];
    list(within?: readonly string[]): (DocumentInfo & {
        readonly chunks: number;
    })[];
    stats(): VaultStats;
}

type Maybe<T> = T | undefined | Promise<T | undefined>;

interface Objection<Text extends string = Redacted> {
    readonly agent: string;
    readonly reason: Text;
}

type OffsetMap = readonly number[];

interface OutdatedChunk {
    readonly id: number;
    readonly title: string;
    readonly heading: string;
    readonly text: string;
}

interface Passage<Text extends string = Redacted> {
    readonly id: number;
    readonly path: string;
    readonly title: Text;
    readonly heading: Text;
    readonly start: number;
    readonly end: number;
    readonly text: Text;
    readonly entities: readonly TokenSpan[];
    readonly map?: OffsetMap;
    readonly score: number;
}

type PathState = Pick<ReadDocument, "hash" | "size" | "modified" | "recipe"> & {
    readonly reason?: string;
};

type PrivacyClass = "public" | "personal" | "secret";

interface PrivacyFindings {
    readonly class: PrivacyClass;
    readonly counts: Readonly<Record<string, number>>;
}

interface Quote {
    readonly passage: number;
    readonly start: number;
    readonly end: number;
}

interface ReadDocument extends DocumentInfo {
    readonly recipe?: string;
    readonly chunks: readonly Chunk[];
}

type Redacted = string & {
    readonly [brand]: "Redacted";
};

interface SearchHit {
    readonly id: number;
    readonly path: string;
    readonly title: string;
    readonly heading: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
    readonly map?: OffsetMap;
    readonly score: number;
    readonly privacy?: PrivacyFindings;
}

interface SearchRequest extends DocumentFilter {
    readonly text: string;
    readonly vector?: Float32Array;
    readonly limit: number;
    readonly rerank?: boolean;
}

interface SkippedFile {
    readonly path: string;
    readonly reason: string;
}

interface TokenSpan {
    readonly type: string;
    readonly token: string;
    readonly start: number;
    readonly end: number;
    readonly at: number;
}

type UnreadFile = FileStamp & SkippedFile & Pick<ReadDocument, "recipe">;

interface VaultStats {
    readonly documents: number;
    readonly chunks: number;
    readonly bytes: number;
    readonly classes: Readonly<Partial<Record<PrivacyClass | "unknown", number>>>;
    readonly personal: Readonly<Record<string, {
        readonly values: number;
        readonly documents: number;
    }>>;
}

type WriteOutcome = "added" | "updated" | "unchanged";

interface WrittenEnd {
    readonly tokens?: {
        readonly in: number;
        readonly out: number;
    };
    readonly finish?: "stop" | "length";
}

declare const brand: unique symbol;
