import { redactText } from "../redact.ts";
import { sessionName } from "../session.ts";
import { withWorkspace } from "../workspace.ts";

/**
 * A text as it may leave this machine: its values have become tokens, which nobody else can turn back.
 *
 * @throws SynesisError REDACTION_FAILED, TEXT_BLOCKED
 */
export async function outgoing(text: string, signal: AbortSignal): Promise<string> {
  return withWorkspace("privacy", signal, async (workspace) => (await redactText(workspace, text, sessionName(undefined))).text, {
    keepNothing: true,
  });
}
