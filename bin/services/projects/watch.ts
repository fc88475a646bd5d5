/** Watching a project from this terminal, for as long as one has a part in it. */
import { setTimeout as wait } from "node:timers/promises";
import { SynesisError } from "../../../kernel/index.ts";
import { type CloudApi, CloudRefusal } from "../../../plugins/account/index.ts";
import { commentsAfter } from "./collaborators.ts";

/** As the cloud tells it; see docs/projects.md. Texts are redacted. */
export interface LiveEvent {
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The cloud sends a sign of life every 20 s. */
const SILENCE_MS = 60_000;
const RETRIES = 5;
const PAUSE_MS = 500;

/**
 * Events from now on. A connection that breaks is made again, and comments of the time between are fetched.
 *
 * @throws SynesisError PROJECT_NOT_FOUND when one has no part in the project any more
 */
export async function* watchProject(api: CloudApi, project: string, signal: AbortSignal): AsyncGenerator<LiveEvent> {
  let lastComment = Math.max(0, ...(await commentsAfter(api, project, 0, signal)).map(({ id }) => id));
  for (let failures = 0; failures <= RETRIES; failures++) {
    try {
      for await (const { event, data } of api.events(`/v1/projects/${project}/live`, { method: "GET", timeoutMs: SILENCE_MS, signal })) {
        failures = 0;
        const told: LiveEvent = { event, data: JSON.parse(data) as LiveEvent["data"] };
        const news = event === "watching" ? [told, ...(await missed(api, project, lastComment, signal))] : [told];
        for (const each of news) {
          const id = each.event === "comment" ? Number(each.data["id"]) : undefined;
          if (id !== undefined && id <= lastComment) continue;
          lastComment = id ?? lastComment;
          yield each;
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CloudRefusal && error.status === 404) throw new SynesisError("PROJECT_NOT_FOUND", undefined, { cause: error });
      if (!(error instanceof SynesisError) || error.exit !== 1 || failures === RETRIES) throw error;
    }
    await wait(PAUSE_MS * 2 ** failures, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
  }
}

async function missed(api: CloudApi, project: string, after: number, signal: AbortSignal): Promise<LiveEvent[]> {
  return (await commentsAfter(api, project, after, signal)).map((comment) => ({ event: "comment", data: { ...comment } }));
}

/** An event as lines for a person. */
export function linesOf({ event, data }: LiveEvent): string[] {
  const text = (key: string) => String(data[key] ?? "");
  switch (event) {
    case "asked":
      return [`? ${text("question")}`];
    case "approval_needed":
      return [`! Waits ${text("seconds")} s for approval: synesis collaborators approve ${text("ask")} --project PROJECT`];
    case "approval_decided":
      return [data["approved"] === true ? "  approved" : "  not approved"];
    case "metadata":
      return [`  ${text("agent").padEnd(6)}  round ${text("round")}, ${text("phase")}`];
    case "draft":
      return [`  draft of round ${text("round")}: ${text("text")}`];
    case "verdict":
      return [
        `= ${text("outcome")} (${Number(data["score"]).toFixed(2)})${data["content"] === null ? `: ${text("reason")}` : ""}`,
        ...(data["content"] === null ? [] : [text("content")]),
      ];
    case "failed":
      return [`= failed: ${text("code")}`];
    case "comment":
      return [`> ${text("text")}`];
    default:
      return [];
  }
}
