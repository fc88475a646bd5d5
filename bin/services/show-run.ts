import type { Round } from "../../pipeline/council.ts";
import type { RunRecord } from "../../pipeline/run-log.ts";

/** How a run was deliberated, as a person reads it. Every text is redacted, as it was recorded. */
export function explainRun({ manifest }: RunRecord): string {
  const { rounds, passages, trace } = manifest;
  const found = passages.map(({ path, score }, i) => `  ${String(i + 1).padStart(2)}. ${path}  ${score.toFixed(3)}`);
  const faults = trace
    .filter(({ fault }) => fault !== undefined)
    .map(({ plugin, hook, fault }) => `  ${plugin} was left out of ${hook}: ${fault}`);
  return [
    `Passages considered\n${found.join("\n") || "  none"}`,
    ...rounds.map(explainRound),
    showThoughts(manifest),
    faults.length > 0 ? `Faults\n${faults.join("\n")}` : "",
    `Times  ${Object.entries(manifest.timings)
      .map(([stage, ms]) => `${stage} ${ms} ms`)
      .join(", ")}`,
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** What was asked of the model, and what it took. */
function showThoughts({ thoughts = [], model }: RunRecord["manifest"]): string {
  const lines = thoughts.map(({ agent, round, phase, tokens, ms, memory, cached, fault }) => {
    const took = [
      `${tokens.in} tokens in, ${tokens.out} out`,
      `${Math.round(ms)} ms`,
      memory === undefined ? "" : `${Math.round(memory / 1e6)} MB`,
      cached ? "from the cache" : "",
      fault === undefined ? "" : `failed: ${fault}`,
    ];
    return `  ${agent.padEnd(6)}  round ${round}, ${phase}  ${took.filter(Boolean).join(", ")}`;
  });
  return lines.length > 0 ? [`Asked of ${model ?? thoughts[0]?.model}`, ...lines].join("\n") : "";
}

function explainRound({ round, framing, proposals, judged }: Round): string {
  const lines = [`Round ${round}`];
  if (framing) lines.push(`  Pathos reads a question of kind "${framing.intent}" that expects: ${framing.expects}`);
  for (const { agent, reason, veto } of proposals)
    if (reason || veto) lines.push(`  ${agent}: ${veto ? `veto, ${veto.rule}: ${veto.reason}` : reason}`);
  if (!judged) return [...lines, "  There was nothing new to judge."].join("\n");
  lines.push(`  Draft: ${judged.draft.text.replace(/\s+/g, " ")}`);
  for (const { agent, approval, reason, objections = [], veto } of judged.votes) {
    lines.push(`  ${agent} ${veto ? "vetoes" : approval.toFixed(2)}: ${reason}`);
    for (const objection of objections) lines.push(`      objects: ${objection}`);
  }
  lines.push(`  Score ${judged.verdict.score.toFixed(2)}: ${judged.verdict.agreed ? "agreed" : "not agreed"}`);
  return lines.join("\n");
}
