import type { Pattern } from "./pattern.ts";

export const credentials: readonly Pattern[] = [
  {
    type: "API_KEY",
    name: "key of a common service",
    pattern: String.raw`(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{22,90}|glpat-[\w-]{20}|(?:AKIA|ASIA)[A-Z2-7]{16}|AIza[\w-]{35}|sk-(?:ant-|proj-)?[\w-]{20,180}|[sr]k_(?:live|test)_[A-Za-z0-9]{16,99}|xox[abprs]-[A-Za-z0-9-]{10,80}|npm_[A-Za-z0-9]{36}|pypi-[\w-]{50,200}|SG\.[\w-]{22}\.[\w-]{43})(?![A-Za-z0-9_])`,
    priority: 90,
    matches: ["AKIAQYLPMN5HHHFPZAM2", `ghp_${"a1B2c3".repeat(6)}`],
    misses: ["sk-short", "AKIA", "ghp_123"],
  },
];
