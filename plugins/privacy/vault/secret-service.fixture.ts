/** A Secret Service of its own for tests: GNOME's keyring, unlocked, on a bus and in a home of its own. */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Whether this machine has what it takes. */
export const hasSecretService = ["dbus-run-session", "gnome-keyring-daemon", "dbus-send"].every(
  (command) => spawnSync(command, ["--help"], { stdio: "ignore" }).error === undefined,
);

export interface SecretService {
  /** What a process needs to reach it. */
  readonly env: { readonly DBUS_SESSION_BUS_ADDRESS: string };
  lock(): void;
  stop(): Promise<void>;
}

const START =
  'printf pw | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1; echo "$DBUS_SESSION_BUS_ADDRESS"; cat >/dev/null';
const LOCK =
  "--session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login";

export async function startSecretService(): Promise<SecretService> {
  const home = mkdtempSync(join(tmpdir(), "keys-"));
  const child = spawn("dbus-run-session", ["--", "sh", "-c", START], {
    env: { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_DATA_HOME: join(home, "data") },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const [line] = (await once(child.stdout.setEncoding("utf8"), "data")) as [string];
  const env = { DBUS_SESSION_BUS_ADDRESS: line.trim() };
  return {
    env,
    lock: () => void execFileSync("dbus-send", LOCK.split(" "), { env: { ...process.env, ...env } }),
    async stop() {
      const ended = once(child, "close");
      child.stdin.end();
      await ended;
      rmSync(home, { recursive: true, force: true });
    },
  };
}
