/** What would leave the machine, shown and kept nowhere. */
import { randomUUID } from "node:crypto";
import { SynesisError } from "../../kernel/index.ts";
import { questionOf } from "../../pipeline/ask.ts";
import { escalationBody, escalationBrief } from "../../pipeline/escalation.ts";
import { NeverCloud } from "../../pipeline/never-cloud.ts";
import type { AskFlags } from "./ask.ts";
import { filterOf } from "./filter.ts";
import { absolutePaths } from "./paths.ts";
import { newCall, type Workspace } from "./workspace.ts";

/** A cloud request that was not made. */
export interface AskPreview {
  /** The exact bytes of the request's body, as text. */
  readonly body: string;
  /** Length of the body in UTF-8. */
  readonly bytes: number;
  readonly passages: number;
  /** Documents that have something to say and stay here, for they are never to go to the cloud. */
  readonly withheld: readonly string[];
}

/** Stands in the place of the model's name while none can be chosen. */
const MODEL = "auto";

/** What `ask --cloud` would send for a question. Values behind its tokens are forgotten with `workspace`. */
export async function previewAsk({ kernel, config, signal }: Workspace, question: string, flags: AskFlags): Promise<AskPreview> {
  const call = newCall(signal);
  const session = randomUUID();
  const { text } = await kernel.redact(questionOf(question), session, call);
  const asked = { text, session, topK: flags["top-k"] ?? config.retrieval.topK, ...filterOf(flags, absolutePaths(flags.path ?? [])) };
  const passages = await kernel.hooks.retrieve.promise([], asked, call);
  const neverCloud = new NeverCloud(config.privacy.neverCloud);
  const { brief, withheld } = escalationBrief({ requestId: randomUUID(), question: text, passages, model: MODEL, neverCloud });
  const body = escalationBody(brief);
  return {
    body,
    bytes: Buffer.byteLength(body),
    passages: brief.passages.length,
    withheld: [...new Set(withheld.map((passage) => passage.path))],
  };
}

/** How many values of each kind were replaced, as a table; empty when there are none. */
export function countsTable(entities: readonly { readonly type: string }[], colour: boolean): string {
  const counts = Map.groupBy(entities, ({ type }) => type);
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const width = Math.max(0, ...rows.map(([type]) => type.length));
  const marked = (type: string) => (colour ? `\u001b[33m${type}\u001b[39m` : type);
  return rows.map(([type, { length }]) => `  ${marked(type)}${" ".repeat(width - type.length)}  ${length}`).join("\n");
}

/** @throws SynesisError USAGE when only one of the two flags is given: the cloud cannot be asked yet. */
export function assertPreview({ cloud, preview }: { readonly cloud: boolean; readonly preview: boolean }): void {
  if (cloud && !preview)
    throw new SynesisError("USAGE", "The cloud cannot be asked yet.", { next: "Add --preview to see what would be sent." });
  if (preview && !cloud)
    throw new SynesisError("USAGE", "Without the cloud nothing leaves this machine.", { next: "Add --cloud to see what would be sent." });
}
