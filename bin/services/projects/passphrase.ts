import { SynesisError } from "../../../kernel/index.ts";
import { readInput } from "../input.ts";

const VARIABLE = "SYNESIS_PASSPHRASE";
const SHORTEST = 12;

/** From the named file, or else from the environment; the end of its line is no part of it. @throws SynesisError BUNDLE_PASSPHRASE_MISSING */
export async function passphraseOf(file: string | undefined): Promise<string> {
  const text = file === undefined ? (process.env[VARIABLE] ?? "") : await readInput(file, 10_000);
  const passphrase = text.replace(/\r?\n$/, "");
  if (passphrase.length < SHORTEST) throw new SynesisError("BUNDLE_PASSPHRASE_MISSING");
  return passphrase;
}
