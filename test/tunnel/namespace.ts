/**
 * A network namespace for the cloud's processes, and the wire to it: what leads there is really cut, and the device's
 * address really changes. Linux, and who may make namespaces.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Where processes are started: before their command, and the address they listen at. */
export interface Place {
  readonly prefix: readonly string[];
  readonly host: string;
}

export const LOOPBACK: Place = { prefix: [], host: "127.0.0.1" };

let made = 0;

export class Namespace implements Place {
  readonly host: string;
  readonly #name: string;
  readonly #near: string;
  readonly #far: string;
  readonly #net: string;
  #lastByte = 1;

  /** Undefined where none can be made. What a process has left that was killed is removed first. */
  static create(): Namespace | undefined {
    if (process.platform === "linux") removeLeftBehind();
    const id = `${process.pid}n${made++}`;
    if (process.platform !== "linux" || spawnSync("ip", ["netns", "add", `synesis-${id}`]).status !== 0) return undefined;
    return new Namespace(id);
  }

  private constructor(id: string) {
    this.#name = `synesis-${id}`;
    this.#near = `sa${id}`;
    this.#far = `sb${id}`;
    // of 198.18.0.0/15, which is kept for measurements of networks (RFC 2544)
    this.#net = `198.18.${process.pid % 250}`;
    this.host = `${this.#net}.250`;
    ip("link", "add", this.#near, "type", "veth", "peer", "name", this.#far, "netns", this.#name);
    this.#setNear("up");
    this.#inside("link", "set", "lo", "up");
    this.#inside("address", "add", `${this.host}/24`, "dev", this.#far);
    this.#setFar("up");
    this.#address("add");
  }

  get prefix(): readonly string[] {
    return ["ip", "netns", "exec", this.#name];
  }

  /** Nothing passes. `told`: this machine's own interface is down, and it knows; else the far end is, and nobody is told. */
  cut(told: boolean): void {
    if (told) this.#setNear("down");
    else this.#setFar("down");
  }

  restore(): void {
    this.#setNear("up");
    this.#setFar("up");
  }

  /** This machine's address, as after a change of network: the old one is gone. */
  changeAddress(): void {
    this.#address("delete");
    this.#lastByte = (this.#lastByte % 200) + 1;
    this.#address("add");
  }

  /** When all processes in it have ended. */
  close(): void {
    ip("link", "delete", this.#near);
    ip("netns", "delete", this.#name);
  }

  #address(what: "add" | "delete"): void {
    ip("address", what, `${this.#net}.${this.#lastByte}/24`, "dev", this.#near);
  }

  #setNear(state: "up" | "down"): void {
    ip("link", "set", this.#near, state);
  }

  #setFar(state: "up" | "down"): void {
    this.#inside("link", "set", this.#far, state);
  }

  #inside(...args: string[]): void {
    ip("-n", this.#name, ...args);
  }
}

/** Namespaces whose maker is gone, with the processes that still run in them. */
function removeLeftBehind(): void {
  for (const [name, id = "", maker] of run("netns", "list").matchAll(/^synesis-((\d+)n\d+)\b/gm)) {
    if (isAlive(Number(maker))) continue;
    for (const pid of run("netns", "pids", name).split("\n").filter(Boolean)) kill(Number(pid));
    run("link", "delete", `sa${id}`);
    run("netns", "delete", name);
  }
}

/** One that has ended, and that nobody has asked about yet, does not count. */
export function isAlive(pid: number): boolean {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

/** What it prints; that it fails does not matter: another process may do the same. */
function run(...args: string[]): string {
  return spawnSync("ip", args, { encoding: "utf8" }).stdout ?? "";
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync("ip", args, { encoding: "utf8" });
  if (status !== 0) throw new Error(`ip ${args.join(" ")}: ${stderr}`);
}
