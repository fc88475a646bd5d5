/**
 * What every plugin of a kind must do, as calls and checks of their answers: the same for an author's own tests, which
 * run the plugin in their process, and for `plugins test`, which runs it in the sandbox.
 */
import { ballotOf, escalationOf, generatedOf, passagesOf, spansOf, vectorsOf } from "./answers.ts";
import { SandboxFault } from "./fault.ts";
import type { Manifest } from "./manifest.ts";
import type { Target } from "./sandbox-api.ts";

/** Calls one tap of the plugin. */
export type Caller = (target: Target, args: readonly unknown[]) => Promise<unknown>;

interface Case {
  readonly target: Target;
  readonly name: string;
  readonly args: readonly unknown[];
  /** @throws SandboxFault */
  readonly check: (answer: unknown, manifest: Manifest) => unknown;
}

const PASSAGES = [
  { id: 7, title: "Handbook", heading: "Signals", text: "The Heliograph was built by [PERSON_01] in 1821.", score: 0.9 },
  { id: 9, title: "Handbook", heading: "", text: "It reaches 40 km on a clear day.", score: 0.4 },
];
const KNOWN = new Map(PASSAGES.map(({ id }) => [id, id]));
const QUESTION = "Who built the Heliograph?";
const DRAFT = { text: "The Heliograph was built by [PERSON_01] in 1821. [1]", quotes: [{ passage: 0, start: 0, end: 48 }] };
const BRIEF = { phase: "judge", round: 1, question: QUESTION, passages: PASSAGES, draft: DRAFT, objections: [] };
const TEXT = "Write to ann@example.com about case 4711.";

const MESSAGES = [
  { role: "system", content: "Answer shortly." },
  { role: "user", content: QUESTION },
];
const FORM = { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] };

const CASES: readonly Case[] = [
  { target: "agentVote", name: "votes on a draft", args: [BRIEF], check: maybe(ballotOf) },
  {
    target: "agentVote",
    name: "votes before there is a draft",
    args: [{ ...BRIEF, phase: "propose", draft: undefined }],
    check: maybe(ballotOf),
  },
  { target: "agentVote", name: "votes without passages", args: [{ ...BRIEF, passages: [], draft: undefined }], check: maybe(ballotOf) },
  {
    target: "retrieve",
    name: "orders passages",
    args: [PASSAGES, { text: QUESTION, topK: 8 }],
    check: maybe((answer) => passagesOf(answer, KNOWN)),
  },
  {
    target: "retrieve",
    name: "is given no passage",
    args: [[], { text: QUESTION, topK: 8 }],
    check: maybe((answer) => passagesOf(answer, new Map())),
  },
  {
    target: "preRedact",
    name: "looks through a text",
    args: [[], TEXT],
    check: maybe((answer, { tokenTypes }) => spansOf(answer, TEXT.length, tokenTypes)),
  },
  {
    target: "preRedact",
    name: "looks through an empty text",
    args: [[], ""],
    check: maybe((answer, { tokenTypes }) => spansOf(answer, 0, tokenTypes)),
  },
  {
    target: "escalate",
    name: "answers a question",
    args: [{ requestId: "00000000-0000-4000-8000-000000000000", question: QUESTION, passages: PASSAGES, model: "auto" }],
    check: maybe(escalationOf),
  },
  { target: "embed", name: "turns texts into vectors of one length", args: [["a", "Who built it?", ""]], check: given(vectorsOfOneLength) },
  {
    target: "embed",
    name: "gives a text the same vector each time",
    args: [["Who built it?", "a", "Who built it?"]],
    check: given(sameVectors),
  },
  { target: "generate", name: "writes a text", args: [{ messages: MESSAGES, maxTokens: 64 }], check: given(generatedOf) },
  { target: "generate", name: "writes JSON", args: [{ messages: MESSAGES, schema: FORM, maxTokens: 64 }], check: given(generatedOf) },
];

export interface Checked {
  readonly name: string;
  /** What was wrong; absent when nothing was. */
  readonly fault?: string;
}

/** Puts a plugin through the cases of the hooks and services that it declares. */
export async function checkContract(manifest: Manifest, call: Caller): Promise<Checked[]> {
  const { taps, provides } = manifest;
  const targets: Readonly<Record<string, Target>> = { embedder: "embed", generator: "generate" };
  const declared: readonly string[] = [...taps, ...provides.flatMap((service) => targets[service] ?? [])];
  const checked: Checked[] = [];
  for (const { target, name, args, check } of CASES.filter((one) => declared.includes(one.target))) {
    const fault = await call(target, args).then(
      (answer) => faultIn(() => check(answer, manifest)),
      (error: unknown) => messageOf(error),
    );
    checked.push({ name: `${target}: ${name}`, ...(fault !== undefined && { fault }) });
  }
  return checked;
}

/** A tap may have nothing to say. */
function maybe(check: Case["check"]): Case["check"] {
  return (answer, manifest) => answer === undefined || check(answer, manifest);
}

/** A service always answers. */
function given(check: (answer: unknown) => void): Case["check"] {
  return (answer) => {
    if (answer === undefined) throw new SandboxFault("it gave nothing");
    check(answer);
  };
}

function sameVectors(answer: unknown): void {
  const [first, , again] = answer as [unknown, unknown, unknown];
  if (JSON.stringify(first) !== JSON.stringify(again)) throw new SandboxFault("the same text has another vector the second time");
}

function vectorsOfOneLength(answer: unknown): void {
  const [first] = Array.isArray(answer) ? (answer as unknown[]) : [];
  vectorsOf(answer, 3, Array.isArray(first) ? first.length : 0);
}

function faultIn(check: () => unknown): string | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "it threw something that is no error";
}
