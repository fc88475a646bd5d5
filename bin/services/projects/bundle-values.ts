/** Values of the token vault in a bundle: only where the giver and the receiver have both chosen it. */
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { SynesisError } from "../../../kernel/index.ts";
import { openForReceiver, parseReceiver, receivingKey, sealForReceiver, VALUES } from "../../../plugins/handover/index.ts";
import { SqliteTokenVault } from "../../../plugins/privacy/vault/vault.ts";
import { loadConfig } from "../config.ts";

const entry = z.tuple([
  z.string().check(z.regex(/^[A-Z][A-Z0-9_]{0,63}$/)),
  z.int().check(z.gte(1), z.lte(9_999_999)),
  z.nullable(z.string()),
]);
const form = z.strictObject({
  sessions: z.array(z.strictObject({ session: z.string().check(z.regex(/^[A-Za-z0-9._-]{1,64}$/)), values: z.array(entry) })),
});

/** What the vault holds of these sessions, as only the receiver can read it. @throws SynesisError RECEIVER_INVALID, TOKEN_KEY_* */
export function sealedValues(home: string, sessions: readonly string[], receiver: string): Buffer {
  const key = parseReceiver(receiver);
  const vault = new SqliteTokenVault(home, { keyStore: loadConfig(home).privacy.keyStore });
  try {
    const held = sessions.map((session) => ({
      session,
      values: vault.entriesOf(session).map(({ type, number, value }) => [type, number, value ?? null]),
    }));
    return sealForReceiver(Buffer.from(JSON.stringify({ sessions: held })), key);
  } finally {
    vault.close();
  }
}

/**
 * Puts the values that a bundle has brought into the token vault of the data folder that it becomes.
 *
 * @param home the receiver's own, where the key is that they are sealed for
 * @param wanted whether the receiver takes them
 * @returns how many there are
 * @throws SynesisError BUNDLE_VALUES_UNWANTED, BUNDLE_VALUES_MISSING, BUNDLE_VALUES_UNREADABLE, BUNDLE_INVALID
 */
export function takeValues(home: string, folder: string, contents: readonly string[], wanted: boolean): number {
  const brought = contents.includes(VALUES);
  if (brought !== wanted) throw new SynesisError(brought ? "BUNDLE_VALUES_UNWANTED" : "BUNDLE_VALUES_MISSING");
  if (!brought) return 0;
  const file = join(folder, VALUES);
  const { sessions } = parse(openForReceiver(readFileSync(file), receivingKey(home)).toString("utf8"));
  rmSync(file);
  const vault = new SqliteTokenVault(folder); // its key goes with the folder: a keychain's would stay when the folder does not
  try {
    for (const { session, values } of sessions)
      vault.restore(
        session,
        values.map(([type, number, value]) => ({ type, number, value: value ?? undefined })),
      );
  } catch (error) {
    throw error instanceof SynesisError ? error : invalid(error); // one token twice
  } finally {
    vault.close();
  }
  return sessions.reduce((sum, { values }) => sum + values.filter(([, , value]) => value !== null).length, 0);
}

function parse(text: string): z.infer<typeof form> {
  try {
    return form.parse(JSON.parse(text));
  } catch (error) {
    throw invalid(error);
  }
}

/** Without its cause's message, which may quote a value. */
function invalid(error: unknown): SynesisError {
  return new SynesisError("BUNDLE_INVALID", `(its values have another form: ${(error as Error).name})`);
}
