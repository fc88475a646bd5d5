/** The tunnel over a wire between two network namespaces, which is cut and whose near end gets another address. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { LinkKind } from "../../plugins/tunnel/index.ts";
import { isAlive, Namespace } from "./namespace.ts";
import { Cloud, type GatewayProcess, openTunnel, targetOf } from "./processes.ts";

const network = Namespace.create();

describe.skipIf(!network)("between network namespaces", () => {
  let cloud: Cloud;
  let gateway: GatewayProcess;
  beforeAll(async () => {
    cloud = await Cloud.start(network);
    gateway = await cloud.startGateway();
  });
  afterAll(() => {
    cloud.close();
    network?.close();
  });

  async function setUp(name: string, link: LinkKind) {
    const identity = await cloud.device(name);
    const tunnel = openTunnel(name, () => targetOf(gateway, identity, { idleMs: 1_500, keepAliveMs: 200 }), { links: [link] });
    onTestFinished(() => tunnel.disconnect(0));
    await tunnel.connect();
    const ask = async (requestId: string, query = "hi") => (await tunnel.request("escalationRequest", { requestId, query })).content;
    return { tunnel, ask };
  }

  describe.each(["quic", "h2"] as const)("over %s", (link) => {
    test.each([true, false])("a cut wire is survived, whether the machine is told of it or not (%s)", async (told) => {
      const { tunnel, ask } = await setUp(`cut-${link}-${told}`, link);
      network?.cut(told);
      onTestFinished(() => network?.restore());
      const waiting = ask(`cut-${link}-${told}`);
      await expect.poll(() => tunnel.state.kind, { timeout: 20_000 }).toBe("reconnecting");
      network?.restore();
      expect(await waiting).toBe("hi");
    });

    test("another address of this machine loses no request; QUIC goes on from it, TCP begins anew", async () => {
      const { ask, tunnel } = await setUp(`moved-${link}`, link);
      const ids = Array.from({ length: 40 }, (_, i) => `moved-${link}-${i}`);
      const answers = Promise.all(ids.map((id) => ask(id, "wait:300")));
      await new Promise((resolve) => setTimeout(resolve, 100));
      network?.changeAddress();
      expect(await answers).toEqual(ids.map(() => "wait:300"));
      expect(tunnel.statistics.counts.reconnects).toBe(link === "quic" ? 0 : 1);
      const done = await cloud.done();
      expect(ids.filter((id) => !done[id])).toEqual([]);
    });
  });
});

describe.skipIf(!network)("namespaces of other processes", () => {
  const MODULE = join(import.meta.dirname, "namespace.ts");
  /** Makes one, runs something in it, says both, and waits. */
  const MAKER = `
    const { Namespace } = await import(${JSON.stringify(MODULE)});
    const { spawn } = await import("node:child_process");
    const { prefix: [command, ...rest] } = Namespace.create();
    const { pid } = spawn(command, [...rest, "sleep", "600"], { stdio: "ignore" });
    console.log(JSON.stringify({ name: rest.at(-1), pid }));
    setInterval(() => {}, 1_000);`;

  async function make() {
    const child = spawn(process.execPath, ["--input-type=module", "--eval", MAKER], { stdio: ["ignore", "pipe", "inherit"] });
    onTestFinished(() => void child.kill("SIGKILL"));
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { child, ...(JSON.parse(String(line)) as { name: string; pid: number }) };
  }

  test("are removed with what runs in them when their process was killed, and left alone while it lives", async () => {
    const [dead, alive] = [await make(), await make()];
    dead.child.kill("SIGKILL");
    await once(dead.child, "exit");
    const names = () => spawnSync("ip", ["netns", "list"], { encoding: "utf8" }).stdout;
    expect(names()).toContain(dead.name);
    const mine = Namespace.create();
    onTestFinished(() => {
      mine?.close();
      process.kill(alive.pid, "SIGKILL");
      alive.child.kill("SIGKILL");
      spawnSync("ip", ["netns", "delete", alive.name]);
    });
    expect(names()).not.toContain(dead.name);
    expect(names()).toContain(alive.name);
    await expect.poll(() => isAlive(dead.pid)).toBe(false);
    expect(isAlive(alive.pid)).toBe(true);
  });
});
