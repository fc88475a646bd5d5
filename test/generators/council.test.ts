/** A whole question with a real model file, as a user asks it. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { HANDBOOK } from "../cli/handbook.ts";
import { finished, User } from "../cli/synesis.ts";
import { linkRuntime, withoutRuntime } from "./runtime.ts";
import { writeTinyModel } from "./tiny-model.ts";

function userWithModel(): User {
  const user = new User(HANDBOOK);
  mkdirSync(join(user.home, "models"), { recursive: true });
  writeTinyModel(join(user.home, "models/tiny.gguf"));
  linkRuntime(user.home);
  writeFileSync(join(user.home, "config.json"), JSON.stringify({ generator: { kind: "llama", model: "tiny", context: 4096 } }));
  return user;
}

/** Seconds with nothing else to do; many times that on a busy machine. */
const LONG = { timeout: 240_000 };

describe.skipIf(withoutRuntime)(`with the library ${withoutRuntime ?? ""}`, LONG, () => {
  test("a question goes through all stages, and its JSON is well formed every time", async () => {
    const user = userWithModel();
    for (const question of ["Who built the Heliograph?", "How far does it reach?", "How is the mirror cleaned?"]) {
      const { value } = await user.json(["ask", question, "--path", ".", "--threshold", "0", "--rounds", "2"]);
      expect(value).toMatchObject({ question, mode: "generator", model: "tiny", route: "local", warnings: [] });
      const { outcome, tokens } = value as { outcome: string; tokens: { in: number; out: number } };
      expect(["answered", "no_evidence"]).toContain(outcome);
      expect(tokens.in).toBeGreaterThan(500);
      expect(tokens.out).toBeGreaterThan(10);
    }
    const { stdout } = await user.run(["logs", "show", await newest(user)]);
    expect(stdout).toMatch(/logos {3}round 1, propose {2}\d+ tokens in, \d+ out, \d+ ms, \d+ MB/);
  });

  test("a model's process that is killed leaves the answer to the rules", async () => {
    const user = userWithModel();
    const child = user.start(["ask", "Who built the Heliograph?", "--path", ".", "--json"]);
    const end = finished(child);
    const killed = await killWorkerOf(child.pid ?? 0);
    const { code, stdout } = await end;
    expect(killed).toBe(true);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ mode: "embedded", outcome: "answered", warnings: [expect.stringContaining("failed")] });
  });
});

async function newest(user: User): Promise<string> {
  const { value } = await user.json(["logs"]);
  return (value as { id: string }[])[0]?.id ?? "";
}

/** Waits for the model's process and kills it. */
async function killWorkerOf(parent: number): Promise<boolean> {
  const { execFileSync } = await import("node:child_process");
  const lines = () => execFileSync("ps", ["-o", "pid=,ppid=,args=", "-e"], { encoding: "utf8" }).split("\n");
  for (let look = 0; look < 500; look++) {
    const below = new Set([parent]);
    for (const line of lines()) {
      const [pid, ppid] = line.trim().split(/\s+/).map(Number);
      if (pid === undefined || ppid === undefined || !below.has(ppid)) continue;
      below.add(pid);
      if (line.includes("llama.") && pid !== parent) {
        process.kill(pid, "SIGKILL");
        return true;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return false;
}
