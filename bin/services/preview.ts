/** What would leave the machine, shown and kept nowhere. */
import { randomUUID } from "node:crypto";
import { SynesisError } from "../../kernel/index.ts";
import { prepareAsk } from "../../pipeline/ask.ts";
import type { Deliberation } from "../../pipeline/council.ts";
import { type AskFlags, atCloud, escalationWish, howToAsk } from "./ask.ts";
import { displayPath } from "./display-path.ts";
import type { Workspace } from "./workspace.ts";

/** A request to a model elsewhere that was not made. */
export interface AskPreview {
  /** The exact bytes of the request's body: as text when they are UTF-8, otherwise as Base64. */
  readonly body: string;
  readonly encoding: "utf8" | "base64";
  readonly bytes: number;
  /** Who would get it, as HOST or HOST:PORT; null where nobody is set up. */
  readonly to: string | null;
  readonly passages: number;
  /** Documents that have something to say and stay here, for they are never to go to the cloud. */
  readonly withheld: readonly string[];
  /** How the council decided: of what it agreed on, or refused, nothing would be sent. */
  readonly outcome: Deliberation["outcome"];
}

/** What `ask --cloud` would send for a question. Values behind its tokens are forgotten with `workspace`. */
export async function previewAsk(workspace: Workspace, question: string, flags: AskFlags): Promise<AskPreview> {
  const { kernel, config, signal } = workspace;
  const request = { ...howToAsk({ config, thinking: "none" }, flags), session: randomUUID(), question };
  const wish = { ...(await escalationWish(config, flags)), ...(await atCloud(workspace, flags)) };
  const { brief, withheld, outcome } = await prepareAsk(kernel, request, wish, signal);
  const { bytesFor, hostOf } = await import("./escalation/provider.ts");
  const bytes = Buffer.from(await bytesFor(brief, config));
  const text = bytes.toString("utf8");
  const whole = Buffer.from(text).equals(bytes);
  return {
    body: whole ? text : bytes.toString("base64"),
    encoding: whole ? "utf8" : "base64",
    bytes: bytes.length,
    to: hostOf(config) || null,
    passages: brief.passages.length,
    withheld: [...new Set(withheld.map((passage) => passage.path))],
    outcome,
  };
}

/** What a person is told beside the bytes. */
export function noticesOf({ bytes, passages, to, outcome, withheld }: AskPreview): string[] {
  return [
    `\n${bytes} bytes with ${passages} passages would leave for ${to ?? "a provider"}; nothing was sent.`,
    ...(outcome === "answered" ? ["The council agrees on an answer, so this would stay here."] : []),
    ...(outcome === "vetoed" ? ["Ethos vetoes the question, so this would stay here."] : []),
    ...withheld.map((path) => `Never sent: ${displayPath(path)}`),
  ];
}

/** How many values of each kind were replaced, as a table; empty when there are none. */
export function countsTable(entities: readonly { readonly type: string }[], colour: boolean): string {
  const counts = Map.groupBy(entities, ({ type }) => type);
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(0, ...rows.map(([type]) => type.length));
  const marked = (type: string) => (colour ? `\u001b[33m${type}\u001b[39m` : type);
  return rows.map(([type, { length }]) => `  ${marked(type)}${" ".repeat(width - type.length)}  ${length}`).join("\n");
}

/** @throws SynesisError USAGE for a preview without --cloud. */
export function assertPreview({ cloud, preview }: { readonly cloud: boolean; readonly preview: boolean }): void {
  if (preview && !cloud)
    throw new SynesisError("USAGE", "Without the cloud nothing leaves this machine.", { next: "Add --cloud to see what would be sent." });
}
