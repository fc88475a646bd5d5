/** A provider that keeps every byte it is sent, and answers with the tokens it saw, written as models write them. */
import { definePlugin, type Escalation, findTokens, formatToken, type Plugin } from "../../kernel/index.ts";

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

export interface RecordingProvider {
  readonly plugin: Plugin;
  /** What was sent since the last look, byte for byte. */
  taken(): Buffer;
}

export function recordingProvider(): RecordingProvider {
  let sent: Buffer[] = [];
  const plugin = definePlugin({
    name: "recording-provider",
    api: 1,
    text: "redacted",
    taps: ["escalate"],
    setup(context) {
      context.tap("escalate", (brief) => {
        const bytes = Buffer.from(JSON.stringify(brief));
        sent.push(bytes);
        return answerTo(bytes);
      });
    },
  });
  return {
    plugin,
    taken() {
      const bytes = Buffer.concat(sent);
      sent = [];
      return bytes;
    },
  };
}

/** Knows nothing but the bytes. */
function answerTo(bytes: Buffer): Escalation {
  const { requestId, model, question, passages } = JSON.parse(bytes.toString()) as {
    requestId: string;
    model: string;
    question: string;
    passages: { heading: string; text: string }[];
  };
  const texts = [question, ...passages.flatMap(({ heading, text }) => [heading, text])];
  const text = written(tokensIn(texts), (token) => token);
  return JSON.parse(JSON.stringify({ requestId, model, text, tokens: { in: bytes.length, out: text.length } })) as Escalation;
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
