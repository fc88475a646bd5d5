import type { PrivacyFindings } from "../../kernel/index.ts";

/** A class and counts by type, as the end of a line; nothing for what is public or unknown. */
export function showFindings(findings: PrivacyFindings | null): string {
  if (!findings || findings.class === "public") return "";
  const counts = Object.entries(findings.counts).map(([type, count]) => `${type} ${count}`);
  return `, ${findings.class}: ${counts.join(", ")}`;
}
