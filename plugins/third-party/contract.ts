/**
 * What every plugin of a kind must do, as calls and checks of their answers: the same for an author's own tests, which
 * run the plugin in their process, and for `plugins test`, which runs it in the sandbox.
 */
import { ballotOf, escalationOf, passagesOf, spansOf, vectorsOf } from "./answers.ts";
import type { Manifest } from "./manifest.ts";
import type { Target } from "./sandbox-api.ts";

/** Calls one tap of the plugin. */
export type Caller = (target: Target, args: readonly unknown[]) => Promise<unknown>;

interface Case {
  readonly target: Target;
  readonly name: string;
  readonly args: readonly unknown[];
  /** @throws SandboxFault */
  readonly check: (answer: unknown, manifest: Manifest) => void;
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

const CASES: readonly Case[] = [
  { target: "agentVote", name: "votes on a draft", args: [BRIEF], check: ballotOf },
  { target: "agentVote", name: "votes before there is a draft", args: [{ ...BRIEF, phase: "propose", draft: undefined }], check: ballotOf },
  { target: "agentVote", name: "votes without passages", args: [{ ...BRIEF, passages: [], draft: undefined }], check: ballotOf },
  {
    target: "retrieve",
    name: "orders passages",
    args: [PASSAGES, { text: QUESTION, topK: 8 }],
    check: (answer) => passagesOf(answer, KNOWN),
  },
  {
    target: "retrieve",
    name: "is given no passage",
    args: [[], { text: QUESTION, topK: 8 }],
    check: (answer) => passagesOf(answer, new Map()),
  },
  {
    target: "preRedact",
    name: "looks through a text",
    args: [[], TEXT],
    check: (answer, { tokenTypes }) => spansOf(answer, TEXT.length, tokenTypes),
  },
  {
    target: "preRedact",
    name: "looks through an empty text",
    args: [[], ""],
    check: (answer, { tokenTypes }) => spansOf(answer, 0, tokenTypes),
  },
  {
    target: "escalate",
    name: "answers a question",
    args: [{ requestId: "00000000-0000-4000-8000-000000000000", question: QUESTION, passages: PASSAGES, model: "auto" }],
    check: escalationOf,
  },
  { target: "embed", name: "turns texts into vectors of one length", args: [["a", "Who built it?", ""]], check: vectorsOfOneLength },
];

export interface Checked {
  readonly name: string;
  /** What was wrong; absent when nothing was. */
  readonly fault?: string;
}

/** Puts a plugin through the cases of the hooks and services that it declares. */
export async function checkContract(manifest: Manifest, call: Caller): Promise<Checked[]> {
  const { taps, provides } = manifest;
  const declared: readonly string[] = [...taps, ...(provides.includes("embedder") ? ["embed"] : [])];
  const checked: Checked[] = [];
  for (const { target, name, args, check } of CASES.filter((one) => declared.includes(one.target))) {
    const fault = await call(target, args).then(
      (answer) => (answer === undefined ? undefined : faultIn(() => check(answer, manifest))),
      (error: unknown) => messageOf(error),
    );
    checked.push({ name: `${target}: ${name}`, ...(fault !== undefined && { fault }) });
  }
  return checked;
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
