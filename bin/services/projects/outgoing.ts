import { SynesisError } from "../../../kernel/index.ts";
import { redactText } from "../redact.ts";
import { sessionName } from "../session.ts";
import { withWorkspace } from "../workspace.ts";

/** What the cloud takes at most, in characters. */
export const LONGEST = { name: 100, instructions: 4000, comment: 4000 } as const;

/**
 * A text as it may leave this machine: its values have become tokens, which nobody else can turn back.
 *
 * @param most characters, before and after
 * @throws SynesisError TEXT_TOO_LONG, REDACTION_FAILED, TEXT_BLOCKED
 */
export async function outgoing(text: string, most: number, signal: AbortSignal): Promise<string> {
  assertFits(text, most);
  const redact = async () =>
    withWorkspace("privacy", signal, async (workspace) => (await redactText(workspace, text, sessionName(undefined))).text, {
      keepNothing: true,
    });
  return assertFits(await redact(), most);
}

function assertFits(text: string, most: number): string {
  const { length } = text.trim();
  if (length > most) throw new SynesisError("TEXT_TOO_LONG", `(It has ${length} characters; ${most} are taken.)`);
  return text;
}
