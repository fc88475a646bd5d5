/** Providers that keep every byte they are sent, and answer with the tokens they saw, written as models write them. */

import { FrameDecoder } from "../../cloud/wire/frames.ts";
import { decodeMessage } from "../../cloud/wire/messages.ts";
import {
  type CloudPiece,
  definePlugin,
  type EscalationBrief,
  findTokens,
  formatToken,
  type Plugin,
  type Redacted,
} from "../../kernel/index.ts";
import { escalation } from "../../plugins/escalation/index.ts";
import { providerAnthropic } from "../../plugins/provider-anthropic/index.ts";
import { providerOpenAi } from "../../plugins/provider-openai/index.ts";
import { escalationFrames } from "../../plugins/tunnel/escalation-frames.ts";
import { KEY, startFakeProvider } from "../escalation/fake-provider.ts";
import type { CloudWay } from "./cloud.ts";

/** How models write a token: what stands before, the token, what stands behind. */
const MANNERS: readonly ((token: string) => readonly [before: string, token: string, after: string])[] = [
  (token) => ["", token, ""],
  (token) => ["**", token, "**"],
  (token) => ["`", token, "`"],
  (token) => ["", token.toLowerCase(), ""],
  (token) => ["", token.replaceAll("_", "\\_"), ""],
  (token) => ["", `<${token.slice(1, -1)}>`, ""],
  (token) => ["", `{${token.slice(1, -1)}}`, ""],
  (token) => ["", `【${token.slice(1, -1)}】`, ""],
  (token) => ["", token.slice(1, -1), "'s"],
  (token) => ["(", token.slice(1, -1), ")"],
  (token) => ["", `[ ${token.slice(1, -1)} ]`, ""],
  (token) => ["", token.replace(/_(\d+\])/, "-$1"), ""],
  (token) => ["", token.replace(/_0(\d\])/, "_$1"), ""],
];

/** The ways out of this machine. */
export const WAYS = ["anthropic", "openai", "cloud"] as const;
export type Way = (typeof WAYS)[number] | CloudWay;

export interface Sent {
  /** Byte for byte. */
  readonly bytes: Buffer;
  /** Its texts alone, where these are not all of it. */
  readonly words?: string;
}

export interface RecordingProvider {
  readonly plugins: readonly Plugin[];
  /** What was sent since the last look. */
  taken(): Sent;
  /** How a session is asked for where not every question is answered; the answer has the tokens plain then. */
  askable?(brief: EscalationBrief, tokens: readonly Redacted[]): EscalationBrief;
  /** Models to ask for in turn; "auto" when absent. */
  readonly models?: readonly string[];
  close(): void | Promise<void>;
}

const PATIENCE = { idleMs: 60_000, attempts: 1, pauseMs: 0 };

/** The plugin that asks by this way, and who gets what it sends: over HTTP on loopback, or as the frames of the tunnel. */
export async function recordingProvider(way: Way): Promise<RecordingProvider> {
  if (way === "quic" || way === "h2") return (await import("./cloud.ts")).recordingLocalCloud(way);
  return way === "cloud" ? recordingCloud() : recordingServer(way);
}

async function recordingServer(way: "anthropic" | "openai"): Promise<RecordingProvider> {
  const server = await startFakeProvider((body) => ({ pieces: inPieces(answerTo(userTexts(body))) }));
  const options = { ...PATIENCE, key: () => KEY, beforeSending: () => {}, priceOf: () => 0 };
  const plugin =
    way === "anthropic"
      ? providerAnthropic({ ...options, baseUrl: server.url })
      : providerOpenAi({ ...options, baseUrl: `${server.url}/v1`, own: true });
  return {
    plugins: [plugin],
    taken() {
      if (server.faults.length > 0) throw new Error(server.faults[0]);
      const bytes = server.bytes();
      server.received.length = 0;
      return { bytes };
    },
    close: server.close,
  };
}

/** What the model is told beside our own instructions. */
function userTexts(body: string): string[] {
  const { messages } = JSON.parse(body) as { messages: { role: string; content: string }[] };
  return messages.filter(({ role }) => role !== "system").map(({ content }) => content);
}

function recordingCloud(): RecordingProvider {
  let sent: Buffer[] = [];
  const link = definePlugin({
    name: "recording-link",
    api: 1,
    text: "redacted",
    provides: ["cloudLink"],
    setup(context) {
      context.provide("cloudLink", {
        state: "connected",
        async *escalate(brief): AsyncGenerator<CloudPiece> {
          const bytes = Buffer.from(escalationFrames(brief, 1000));
          sent.push(bytes);
          for (const text of inPieces(answerTo([bytes.toString()]))) yield { type: "text", text };
          yield { type: "end", model: "any", tokens: { in: 1, out: 1 } };
        },
      });
    },
  });
  return {
    plugins: [link, escalation({ ...PATIENCE, beforeSending: () => {} })],
    taken() {
      const bytes = Buffer.concat(sent);
      sent = [];
      return { bytes, words: textsInFrames(bytes) };
    },
    close() {},
  };
}

/** What frames say, without the bytes between their texts. */
export function textsInFrames(bytes: Uint8Array): string {
  const frames = new FrameDecoder().push(bytes);
  return JSON.stringify(frames.map((frame) => decodeMessage(frame.name, frame)));
}

/** Knows nothing but what came. */
export const answerTo = (texts: readonly string[]): string => written(tokensIn(texts), (token) => token);

/** Pieces that cut tokens anywhere, at the same places for the same text. */
export function inPieces(text: string): string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${1 + (text.length % 11)}}`, "g")) ?? [];
}

/** The tokens of some texts in their form and order, each once. */
export function tokensIn(texts: readonly string[]): string[] {
  const tokens = texts.flatMap((text) => findTokens(text).map(({ type, number }) => formatToken(type, number)));
  return [...new Set(tokens)];
}

/** The answer's text, with `shown` in the place of each token as it is written. */
export function written(tokens: readonly string[], shown: (written: string, token: string) => string): string {
  const pieces = tokens.map((token, i) => {
    const [before, mangled, after] = (MANNERS[i % MANNERS.length] as (typeof MANNERS)[number])(token);
    return `${before}${shown(mangled, token)}${after}`;
  });
  return `You asked about ${pieces.join(" and ")} .`;
}
