import type { AskResult } from "../../pipeline/ask.ts";
import { displayPath } from "./display-path.ts";
import { lineOf } from "./line-of.ts";

const QUOTE_WIDTH = 160;

const NO_ANSWER: Readonly<Record<Exclude<AskResult["outcome"], "answered">, string>> = {
  vetoed: "No answer: Ethos vetoed it.",
  no_consensus: "No answer: the agents did not agree on one. `--threshold 0` shows their best draft all the same.",
  no_evidence: "No answer: nothing in the documents speaks about this.",
};

/**
 * An answer as a person reads it: the text, its sources with lines, and how the agents voted.
 *
 * @param shown whether the text was shown already, as it came.
 */
export function showAnswer(result: AskResult, shown = false): string {
  const { outcome } = result;
  const doubtful = outcome === "no_consensus" && result.answer !== null;
  const answer = shown && (doubtful || outcome === "answered") ? "" : (result.answer ?? (outcome === "answered" ? "" : NO_ANSWER[outcome]));
  const why = doubtful
    ? `Not agreed on: Ethos did not find that your sources bear this out. ${result.reason}`
    : outcome === "vetoed"
      ? result.reason
      : "";
  const warnings = result.warnings.map((warning) => `Note: ${warning}`).join("\n");
  return [answer, why, showSources(result), warnings, showVotes(result), showMode(result)].filter(Boolean).join("\n\n");
}

function showSources({ citations }: AskResult): string {
  if (citations.length === 0) return "";
  const lines = citations.map(({ n, path, start, quote }) => {
    const line = lineOf(path, start);
    return `  [${n}] ${displayPath(path)}${line === undefined ? "" : `:${line}`}\n      “${shorten(quote)}”`;
  });
  return ["Sources", ...lines].join("\n");
}

function showVotes({ consensus }: AskResult): string {
  const { score, threshold, rounds, votes } = consensus;
  if (votes.length === 0) return "";
  const width = Math.max(...votes.map(({ agent }) => agent.length));
  const lines = votes.map(
    ({ agent, approval, veto, reason }) => `  ${agent.padEnd(width)}  ${veto ? "veto" : approval.toFixed(2)}  ${reason}`,
  );
  const agreed = score >= threshold && !votes.some(({ veto }) => veto);
  return [
    `Council: ${agreed ? "agreed" : "not agreed"}, ${score.toFixed(2)} of ${threshold.toFixed(2)} needed, ${rounds} ${rounds === 1 ? "round" : "rounds"}`,
    ...lines,
  ].join("\n");
}

function showMode({ mode, model, adapter, project, tokens, cost, timings, outcome, route: place, routeReason }: AskResult): string {
  const elsewhere = place === "cloud";
  const ms = `${Math.round(timings.total)} ms.`;
  if (elsewhere)
    return `Written by ${model}${adapter === null ? "" : ` with the adapter ${adapter}`}, elsewhere${project === null ? "" : `, in the project ${project}`}, which was shown tokens instead of your values, and checked here against your files; ${tokens.in} tokens in, ${tokens.out} out, ${showCost(cost)}. ${ms}`;
  const route = outcome === "answered" || outcome === "vetoed" || routeReason.startsWith("Your setting") ? "" : ` ${routeReason}`;
  if (mode === "generator")
    return `Written by ${model}, which was shown tokens instead of your values, and checked against your files; ${tokens.in} tokens in, ${tokens.out} out. ${ms}${route}`;
  return `Embedded mode: every sentence is quoted from your files; no model wrote any of it. ${ms}${route}`;
}

function showCost({ nanoDollars }: AskResult["cost"]): string {
  if (nanoDollars === 0) return "at a price that is not known";
  return `$${(nanoDollars / 1e9).toFixed(nanoDollars < 1e7 ? 5 : 4)}`;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length <= QUOTE_WIDTH ? line : `${line.slice(0, QUOTE_WIDTH - 1).trimEnd()}…`;
}
