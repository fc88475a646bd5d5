/** Somebody is killed while a question is decided: the Worker, so that whoever waits is told; the command, so that the money is right. */
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startLocalCloud } from "../../cloud/local/start.ts";
import { LedgerStore } from "../../plugins/billing/index.ts";
import { saveDevice } from "../../plugins/tunnel/device-store.ts";
import { HANDBOOK } from "../cli/handbook.ts";
import { finished, User } from "../cli/synesis.ts";
import { newCustomer } from "./customer.ts";

const QUESTION = "Is ada.quill@station.example the address of the keeper of the northern station?";

function runningWorkers(): number[] {
  const lines = execFileSync("ps", ["-eo", "pid=,ppid=,comm="], { encoding: "utf8" }).split("\n");
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return rows.filter(([, parent, name]) => Number(parent) === process.pid && name === "workerd").map(([pid]) => Number(pid));
}

test.each(["quic", "h2"] as const)(
  "over %s the question fails and the council here goes on",
  async (link) => {
    const before = runningWorkers();
    const cloud = await startLocalCloud({ gateway: true, models: { "gpt-4-turbo": ["slow"] } });
    try {
      const { identity, call, gateway } = await newCustomer(cloud, `killed-${link}`);
      const user = new User(HANDBOOK);
      mkdirSync(user.home, { recursive: true });
      saveDevice(user.home, identity);
      writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { gateway, link } }));
      const child = user.start(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--model", "gpt", "--json"]);
      const end = finished(child);
      child.stdin.end();
      await expect
        .poll(async () => (await call<{ held: number }>("GET", "/v1/billing/balance")).held, { timeout: 30_000 })
        .toBeGreaterThan(0);
      for (const pid of runningWorkers()) if (!before.includes(pid)) process.kill(pid, "SIGKILL");
      const { code, stdout } = await end;
      expect(code).toBe(4); // the council here does not agree on it
      expect(JSON.parse(stdout)).toMatchObject({ route: "local", routeReason: expect.stringContaining("could not answer") });
      const store = new LedgerStore(user.home);
      expect(store.receipts(0, 10)).toEqual([]);
      store.close();
    } finally {
      await cloud.close();
    }
  },
  200_000,
);

test("a command that is killed has its receipt at the next look: what the cloud has charged, marked as found there", async () => {
  const cloud = await startLocalCloud({ models: { "gpt-4-turbo": ["slow"] } });
  try {
    const { key, call } = await newCustomer(cloud, "command-killed");
    const user = new User(HANDBOOK);
    mkdirSync(user.home, { recursive: true });
    writeFileSync(join(user.home, "config.json"), JSON.stringify({ cloud: { api: cloud.url } }));
    expect((await user.run(["cloud", "login", "-"], { input: key })).code).toBe(0);
    const child = user.start(["ask", QUESTION, "--path", ".", "--threshold", "0.91", "--cloud", "--model", "gpt"]);
    const end = finished(child);
    child.stdin.end();
    const balance = async () => await call<{ held: number; unbilled: number }>("GET", "/v1/billing/balance");
    await expect.poll(async () => (await balance()).held, { timeout: 30_000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 500)); // a model has been asked
    child.kill("SIGKILL");
    await end;
    const left = new LedgerStore(user.home);
    expect([left.receipts(0, 10), left.unfinished()]).toEqual([[], [expect.objectContaining({ via: "cloud" })]]);
    left.close();
    await expect.poll(async () => (await balance()).held, { timeout: 30_000 }).toBe(0);
    const { unbilled } = await balance();
    expect(unbilled).toBeGreaterThan(0);
    for (let i = 0; i < 2; i++) {
      const { value } = await user.json(["cloud", "usage", "--local"]);
      expect(value).toMatchObject({ found: [{ model: "gpt-4-turbo" }], unfinished: [], days: [{ same: true }] });
    }
    const store = new LedgerStore(user.home);
    expect(store.receipts(0, 10)).toMatchObject([{ via: "cloud", chargeNanoDollars: unbilled }]);
    store.close();
  } finally {
    await cloud.close();
  }
}, 120_000);
