/** Texts as people have them, with few values in them, in pieces of 1 KB: what the generated ones with many are compared with. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { seeded } from "./redaction-corpus.ts";

const SIZE = 1_000;
const MOST = 1_000;

export function textKinds(): readonly (readonly [kind: string, texts: readonly string[]])[] {
  const root = join(import.meta.dirname, "../..");
  return [
    ["documentation", inPieces(filesUnder(join(root, "docs"), ".md"))],
    ["source code", inPieces(filesUnder(join(root, "plugins"), ".ts"))],
    ["logs and configuration", logs(MOST)],
  ];
}

function filesUnder(folder: string, ending: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return names.filter((name) => name.endsWith(ending)).map((name) => readFileSync(join(folder, name), "utf8"));
}

function inPieces(texts: readonly string[]): string[] {
  const whole = texts.join("\n");
  const count = Math.min(MOST, Math.floor(whole.length / SIZE));
  // Written anew: a slice would hold on to the whole, and be read through it.
  return Array.from({ length: count }, (_, i) => Buffer.from(whole.slice(i * SIZE, (i + 1) * SIZE)).toString());
}

/** Lines of servers and of their settings, the same at every run; a few hold an address, a mail address or a password. */
function logs(count: number): string[] {
  const random = seeded(11);
  const below = (limit: number) => Math.floor(random() * limit);
  const pick = (words: string) => {
    const all = words.split(" ");
    return all[below(all.length)] as string;
  };
  const hex = (length: number) => Array.from({ length }, () => below(16).toString(16)).join("");
  const two = (limit: number) => String(below(limit)).padStart(2, "0");
  const address = () => [11 + below(200), below(255), below(255), 1 + below(250)].join(".");
  const service = () => pick("api cache worker queue billing orders auth-service gateway scheduler importer mailer search");
  const time = () => `2024-1${below(3)}-1${below(10)}T${two(24)}:${two(60)}:${two(60)}.${below(1_000)}Z`;
  const lines: readonly (() => string)[] = [
    () => `${time()} INFO  [${service()}] request completed path=/v1/${service()}/${below(9_999)} status=200 duration=${below(900)}ms`,
    () =>
      `${time()} WARN  [${service()}] retry ${below(5)} of 5 for job ${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}: connection reset`,
    () =>
      `${address()} - - [1${below(9)}/Nov/2024:${two(24)}:${two(60)}:${two(60)} +0000] "GET /app-${hex(8)}.js HTTP/1.1" 200 ${below(99_999)}`,
    () => `{"level":"info","ts":17000${below(99_999)}.${below(999)},"logger":"${service()}","msg":"handled","trace_id":"${hex(32)}"}`,
    () => `    at ${service()}.${pick("handle run load next")} (/srv/app/dist/${service()}.js:${below(900)}:${below(80)})`,
    () =>
      `  ${pick("replicas timeout maxConnections port retries")}: ${below(9_000)}\n  image: registry.example.com/${service()}:1.${below(30)}`,
    () => `- name: ${service()}\n  resources:\n    limits:\n      cpu: ${below(900)}m\n      memory: ${below(900)}Mi`,
    () =>
      `${pick("LOG_LEVEL NODE_ENV REGION")}=${pick("debug production eu-west-1")}\n${random() < 0.2 ? `DB_PASSWORD=${hex(20)}` : "DEBUG=1"}`,
    () => `user_id=${below(99_999)} email=${pick("anna ben carla")}${below(99)}@example-mail.com action=login ok`,
  ];
  return Array.from({ length: count }, () => {
    let text = "";
    while (text.length < SIZE) text += `${(lines[below(lines.length)] as () => string)()}\n`;
    return text;
  });
}
