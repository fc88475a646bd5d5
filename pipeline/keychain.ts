/**
 * Keys in the system's keychain: macOS Keychain, Windows Credential Manager, or a Secret Service on Linux. Never the
 * kernel's keyring, which the library would take where there is no Secret Service and which a restart empties.
 */
import { createRequire } from "node:module";
import type { Entry } from "@napi-rs/keyring";
import { SynesisError } from "../kernel/index.ts";

const SERVICE = "superinstance";
const PINNED = { linux: { store: "secret-service" } } as const;

/** Where keys are kept by name. Every member throws SynesisError KEYCHAIN_UNREACHABLE. */
export interface Keychain {
  /** The text under `account`, or undefined when there is none. */
  read(account: string): string | undefined;
  write(account: string, text: string): void;
  /** Nothing happens when there is none. */
  remove(account: string): void;
}

export const systemKeychain: Keychain = {
  read: (account) => reach(account, (entry) => entry.getPassword() ?? undefined),
  write: (account, text) => reach(account, (entry) => entry.setPassword(text)),
  remove: (account) => void reach(account, (entry) => entry.deleteCredential()),
};

function reach<T>(account: string, work: (entry: Entry) => T): T {
  try {
    // loaded at the first use, and synchronously, since the vault is: most vaults never need it
    const keyring = createRequire(import.meta.url)("@napi-rs/keyring") as typeof import("@napi-rs/keyring");
    return work(new keyring.Entry(SERVICE, account, PINNED));
  } catch (error) {
    throw new SynesisError("KEYCHAIN_UNREACHABLE", `(${reasonOf(error)})`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const { code, message = "" } = error as { code?: string; message?: string };
  if (code === "MODULE_NOT_FOUND" || /native binding/i.test(message)) return "its library is not installed";
  return message.split("\n", 1)[0]?.slice(0, 160) || "no reason given";
}
