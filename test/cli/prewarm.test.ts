/** From what the driver says of a busy card to the adapter that the cloud loads for it, with nothing in between left out. */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type LocalCloud, startLocalCloud } from "../../cloud/local/start.ts";
import { safetensorsBytes } from "../../plugins/lora/safetensors.fixture.ts";
import { newKey, printed, subscribe, userOf } from "./cloud-user.ts";
import { finished, type User } from "./synesis.ts";

let cloud: LocalCloud;
beforeAll(async () => {
  cloud = await startLocalCloud({ gateway: true });
});
afterAll(() => cloud.close());

/** Stands for nvidia-smi, in the form of its answers: asked what the card is, and how busy; each time that it is asked this is noted. */
const nvidiaSmi = (utilization: number, heat: number) => `#!/bin/sh
case "$1" in
  *utilization.gpu,temperature.gpu*) echo "${utilization}, ${heat}" | tee -a "$0.readings" ;;
  *) echo "NVIDIA H200, 143771, 143164, 570.124.06, 9.0" ;;
esac
`;

/** A card that is as busy as said, until it is said otherwise. */
function cardOf(user: User) {
  const folder = join(user.folder, "driver");
  mkdirSync(folder);
  const program = join(folder, "nvidia-smi");
  const is = (utilization: number, heat: number) => {
    writeFileSync(program, nvidiaSmi(utilization, heat));
    chmodSync(program, 0o755);
  };
  const readings = () => (existsSync(`${program}.readings`) ? readFileSync(`${program}.readings`, "utf8").split("\n").length - 1 : 0);
  return { is, readings, env: { PATH: `${folder}${delimiter}${process.env["PATH"]}` } };
}

/** A user who is signed in, and whose cloud keeps an adapter. */
async function withAdapter(email: string): Promise<User> {
  const user = userOf(cloud, {}, { "a.md": "The lamp is green." });
  await user.run(["cloud", "login", "-"], { input: await newKey(cloud, email) });
  await subscribe(user, cloud, "managed");
  const shapes = { "q_proj.lora_A.weight": [8, 512], "q_proj.lora_B.weight": [512, 8] };
  const config = { r: 8, lora_alpha: 16, target_modules: ["q_proj"], base_model_name_or_path: "meta-llama/Llama-3.3-70B-Instruct" };
  user.write("tone/adapter_config.json", JSON.stringify(config));
  user.write(
    "tone/adapter_model.safetensors",
    safetensorsBytes(shapes, (data) => data.fill(7)),
  );
  await printed(user, "push", user.path("tone"));
  await printed(user, "config", "set", "cloud.heartbeatSeconds", "5");
  await cloud.vllm.calls();
  return user;
}

/** A batch that waits for its questions. */
function waiting(user: User, env: Record<string, string>, ...args: string[]) {
  const child = user.start(["batch", "ask", "-", "--cloud", ...args], env);
  const end = finished(child);
  onTestFinished(() => void child.kill("SIGKILL"));
  return { child, end };
}

test("when the card gets busy the cloud loads the adapter that the questions are asked with, before one is", async () => {
  const user = await withAdapter("ida@example.com");
  const card = cardOf(user);
  card.is(12, 41);
  const { child, end } = waiting(user, card.env, "--lora", "tone");
  await expect.poll(() => card.readings(), { timeout: 40_000 }).toBe(2);
  expect(await cloud.vllm.calls()).toEqual([]);
  card.is(97, 78);
  let calls: string[] = [];
  await expect
    .poll(async () => (calls = [...calls, ...(await cloud.vllm.calls())]), { timeout: 40_000 })
    .toEqual([expect.stringMatching(/^load si-/)]);
  child.stdin.end();
  expect((await end).code).toBe(0);
}, 120_000);
