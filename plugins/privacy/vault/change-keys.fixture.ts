/**
 * A process of its own that changes the vault's key again and again, in the places it is given in turn and with pauses
 * of so many milliseconds, until it is killed. Says "ready" after the first change.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { KeyPlace } from "./keys.ts";
import { SqliteTokenVault } from "./vault.ts";

const [home = "", pause = "", ...places] = process.argv.slice(2);
const vault = new SqliteTokenVault(home);
for (let i = 0; ; i++) {
  vault.rotateKey(places[i % places.length] as KeyPlace);
  if (i === 0) process.stdout.write("ready\n");
  if (pause !== "0") await sleep(Number(pause));
}
