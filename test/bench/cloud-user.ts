/** A user of the local cloud as the command has one: a home with a device, documents, and the kernel that asks. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compose } from "../../bin/services/compose.ts";
import { type Config, loadConfig } from "../../bin/services/config.ts";
import { addToVault } from "../../bin/services/knowledge.ts";
import { ProgressLine } from "../../bin/services/progress.ts";
import { createDeviceRequest } from "../../cloud/device-ca/request.ts";
import { signIn } from "../../cloud/local/sign-in.ts";
import type { LocalCloud } from "../../cloud/local/start.ts";
import type { Kernel } from "../../kernel/index.ts";
import { ask } from "../../pipeline/ask.ts";
import { NeverCloud } from "../../pipeline/never-cloud.ts";
import { saveDevice } from "../../plugins/tunnel/device-store.ts";
import { HANDBOOK } from "../cli/handbook.ts";

/** One that the council here does not agree on, at this threshold. */
export const QUESTION = "Is ada.quill@station.example the address of the keeper of the northern station?";
const THRESHOLD = 0.91;
export const PASSAGES = [{ heading: "", text: "The keeper of the northern station is [PERSON_01]. Her e-mail address is [EMAIL_01]." }];

/** Ms from the moment that the question leaves. */
export interface AskedElsewhere {
  readonly firstMs: number;
  readonly ms: number;
}

export class CloudUser {
  readonly key: string;
  readonly #folder: string;
  readonly #kernel: Kernel;
  readonly #config: Config;

  /** A new user on a tier, by the whole way of signing in; gives a key. */
  static async key(cloud: LocalCloud, name: string): Promise<string> {
    const key = await signIn((path, init) => fetch(new URL(path, cloud.url), init), cloud.mail, `${name}@example.com`);
    const { checkout } = await call<{ checkout: { id: string } }>(cloud, key, "PUT", "/v1/billing/tier", {
      tier: name === "byok" ? "byok" : "managed",
    });
    await cloud.stripe.pay(checkout.id);
    return key;
  }

  static async signIn(cloud: LocalCloud, link: "quic" | "h2"): Promise<CloudUser> {
    const key = await CloudUser.key(cloud, link);
    const { key: deviceKey, request } = await createDeviceRequest("bench");
    const device = await call<{ certificate: string; ca: string; gateway: string }>(cloud, key, "POST", "/v1/devices", {
      request,
      name: "bench",
    });
    const folder = mkdtempSync(join(tmpdir(), "bench-cloud-"));
    const [home, files] = [join(folder, "home"), join(folder, "files")];
    mkdirSync(home);
    saveDevice(home, { key: deviceKey, cert: device.certificate, ca: device.ca });
    writeFileSync(join(home, "config.json"), JSON.stringify({ cloud: { gateway: device.gateway, link } }));
    for (const [path, text] of Object.entries(HANDBOOK)) {
      mkdirSync(join(files, path, ".."), { recursive: true });
      writeFileSync(join(files, path), text);
    }
    const config = loadConfig(home);
    const { kernel } = await compose(home, config, "council", { escalates: true });
    const signal = new AbortController().signal;
    await addToVault({ home, config, kernel, thinking: "none", notices: [], signal }, [files], new ProgressLine(true));
    return new CloudUser(key, folder, config, kernel);
  }

  private constructor(key: string, folder: string, config: Config, kernel: Kernel) {
    this.key = key;
    this.#folder = folder;
    this.#config = config;
    this.#kernel = kernel;
  }

  /** The whole way: brief, egress log, link, receipt, Ethos. @throws Error when the answer is from here */
  async ask(model: string): Promise<AskedElsewhere> {
    let [began, firstMs] = [0, Number.NaN];
    const escalating = {
      model,
      maxTokens: this.#config.escalation.maxTokens,
      neverCloud: new NeverCloud([]),
      mayLeave: async () => {
        began = performance.now();
        return true;
      },
      tell: async ({ type }: { readonly type: string }) => {
        if (type === "text" && Number.isNaN(firstMs)) firstMs = performance.now() - began;
      },
      onSettled: () => {},
    };
    const { council, retrieval } = this.#config;
    const request = { session: "bench", filter: { within: [] }, topK: retrieval.topK, ...council, threshold: THRESHOLD };
    const signal = new AbortController().signal;
    const { result } = await ask(this.#kernel, { ...request, routing: "cloud", question: QUESTION, escalating }, signal);
    if (result.route !== "cloud" || result.answer === null)
      throw new Error(`no answer from the cloud: ${result.route} ${result.outcome} ${result.reason} ${result.warnings.join(" ")}`);
    return { firstMs, ms: result.timings.escalate };
  }

  async close(): Promise<void> {
    await this.#kernel.close();
    rmSync(this.#folder, { recursive: true });
  }
}

async function call<T>(cloud: LocalCloud, key: string, method: string, path: string, body: object): Promise<T> {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const answer = await fetch(new URL(path, cloud.url), { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as T;
}
