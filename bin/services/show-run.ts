import type { Vote } from "../../kernel/index.ts";
import type { Round } from "../../pipeline/council.ts";
import type { RunManifest, RunRecord } from "../../pipeline/run-log.ts";

/** Width of an agent's name, and of what it says before a line is folded. */
const NAME = 10;
const WIDTH = 96;

/** How a run was deliberated, as a person reads it: who said what, and how long they thought. Every text is redacted, as it was recorded. */
export function explainRun({ manifest }: RunRecord): string {
  const { rounds, passages, trace, timings } = manifest;
  const thinking = thinkingTimes(trace);
  const faults = trace
    .filter(({ fault }) => fault !== undefined)
    .map(({ plugin, hook, fault }) => `  ${plugin} was left out of ${hook}: ${fault}`);
  return [
    [
      "How the council got there",
      `  ${passages.length === 1 ? "1 passage was" : `${passages.length} passages were`} found in ${ms(timings["retrieve"] ?? 0)}.`,
      ...sources(passages),
    ].join("\n"),
    ...rounds.map((round) => explainRound(round, manifest, thinking)),
    showThoughts(manifest),
    faults.length > 0 ? `Left out\n${faults.join("\n")}` : "",
    `Times  ${Object.entries(timings)
      .map(([stage, took]) => `${stage} ${ms(took)}`)
      .join(", ")}`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** What was asked of the model, and what it took. */
function showThoughts({ thoughts = [], model }: RunManifest): string {
  const lines = thoughts.map(({ agent, round, phase, tokens, ms: took, memory, cached, fault }) => {
    const details = [
      `${tokens.in} tokens in, ${tokens.out} out`,
      ms(took),
      memory === undefined ? "" : `${Math.round(memory / 1e6)} MB`,
      cached ? "from the cache" : "",
      fault === undefined ? "" : `failed: ${fault}`,
    ];
    return `  ${agent.padEnd(6)}  round ${round}, ${phase}  ${details.filter(Boolean).join(", ")}`;
  });
  return lines.length > 0 ? [`Asked of ${thoughts[0]?.model ?? model}`, ...lines].join("\n") : "";
}

/** Where the passages lie: each document once, with how many of them are from it. */
function sources(passages: RunManifest["passages"]): string[] {
  const places = Map.groupBy(passages, ({ path }) => path);
  return [...places].map(([path, from]) => `    ${path}${from.length > 1 ? `  (${from.length})` : ""}`);
}

/** Gives, step by step, how long each agent took: they are asked in the same order in which the trace names them. */
function thinkingTimes(trace: RunManifest["trace"]): (agent: string) => number | undefined {
  const left = Map.groupBy(
    trace.filter(({ hook, fault }) => hook === "agentVote" && fault === undefined),
    ({ plugin }) => plugin,
  );
  return (agent) => left.get(agent)?.shift()?.ms;
}

function explainRound(
  { round, framing, proposals, judged }: Round,
  { request }: RunManifest,
  thinking: (agent: string) => number | undefined,
): string {
  const said = proposals.flatMap((vote) => {
    const took = thinking(vote.agent);
    const text = vote.veto ? `VETO (${vote.veto.rule}). ${vote.veto.reason}` : vote.framing && framing ? readingOf(framing) : vote.reason;
    return text ? [line(vote.agent, text, took)] : [];
  });
  if (!judged) return [`Round ${round}`, ...said, `  Nothing new to judge.`].join("\n");
  const { draft, votes, verdict } = judged;
  const score = `${verdict.score.toFixed(2)} of ${request.threshold.toFixed(2)} needed`;
  return [
    `Round ${round}`,
    ...said,
    ...folded(`“${draft.text.replace(/\s+/g, " ").trim()}”`, 6),
    "  They vote:",
    ...votes.flatMap((vote) => [
      line(vote.agent, `${mark(vote)}  ${vote.veto?.reason ?? vote.reason}`, thinking(vote.agent)),
      ...objectionsOf(vote),
    ]),
    `  ${verdict.veto ? `Vetoed by ${verdict.veto.agent}` : verdict.agreed ? `Agreed: ${score}.` : `Not agreed: ${score}.`}`,
  ].join("\n");
}

function readingOf({ intent, expects, expertise, language, senses, reframed }: NonNullable<Round["framing"]>): string {
  const looks = expects === "anything" ? "" : `, and looks for ${EXPECTED[expects] ?? expects}`;
  const from = language && language !== "English" ? ` in ${language}` : "";
  const by = expertise ? ` by ${expertise === "expert" ? "an expert" : "a beginner"}` : "";
  const open = senses?.length ? ` It may be about ${senses.join(", or ")}.` : "";
  return `Reads a question of the kind “${intent}”${from}${by}${looks}.${open}${reframed ? ` Searches again for: ${reframed}` : ""}`;
}

const EXPECTED: Readonly<Record<string, string>> = {
  person: "a person",
  place: "a place",
  date: "a date",
  number: "a number",
  reason: "a reason",
  steps: "steps",
  "yes-no": "yes or no",
};

/** An approval as a bar of ten. */
function mark({ approval, veto, abstains }: Vote): string {
  if (veto) return `VETO (${veto.rule})`;
  if (abstains) return "abstains       ";
  const full = Math.round(approval * 10);
  return `${"█".repeat(full)}${"░".repeat(10 - full)} ${approval.toFixed(2)}`;
}

function objectionsOf({ reason, objections = [] }: Vote): string[] {
  return objections.filter((objection) => objection !== reason).map((objection) => `${" ".repeat(NAME + 4)}objects: ${objection}`);
}

function line(agent: string, text: string, took: number | undefined): string {
  const name = agent.charAt(0).toUpperCase() + agent.slice(1);
  return `  ${name.padEnd(NAME)}  ${text}${took === undefined ? "" : `  (${ms(took)})`}`;
}

function folded(text: string, indent: number): string[] {
  const lines = text.match(new RegExp(`.{1,${WIDTH}}(?:\\s|$)|\\S{${WIDTH}}`, "g")) ?? [text];
  return lines.map((part) => " ".repeat(indent) + part.trimEnd());
}

function ms(took: number): string {
  return took < 10 ? `${took.toFixed(1)} ms` : `${Math.round(took)} ms`;
}
