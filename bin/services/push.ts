/** What `synesis push` does: which file, what it is announced as, how it goes. */
import { join } from "node:path";
import { SynesisError } from "../../kernel/index.ts";
import { type PushProgress, pushFile } from "../../plugins/lora/push/push.ts";
import { adapterFile, readAdapter } from "../../plugins/lora/read/read-adapter.ts";
import { ADAPTER_NAME, type LocalAdapter, LoraStore, nameOf } from "../../plugins/lora/store.ts";
import { openCloudApi } from "./cloud/account.ts";
import { adapterCloud, type CloudAdapter } from "./cloud/adapters.ts";
import { assertNoSecret } from "./conceal.ts";
import type { Config } from "./config.ts";
import type { ProgressLine } from "./progress.ts";

export interface PushOptions {
  readonly name: string | undefined;
  readonly baseModel: string | undefined;
  readonly force: boolean;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** In the form that scripts rely on; sizes in bytes. */
export interface PushResult extends CloudAdapter {
  readonly path: string;
  /** False when the cloud had it. */
  readonly uploaded: boolean;
  /** Of the file, what an earlier push had brought; and what left now. */
  readonly resumedBytes: number;
  readonly sentBytes: number;
  readonly ms: number;
}

/** The adapters that can be pushed, for the user to choose from. */
export function pushable(home: string): readonly LocalAdapter[] {
  return new LoraStore(home).list().adapters;
}

/** By path, or by the name of one of this machine's adapters. @throws SynesisError PATH_NOT_FOUND, LORA_* */
export function findToPush(home: string, given: string): LocalAdapter {
  const named = ADAPTER_NAME.test(given) ? pushable(home).find(({ name }) => name === given) : undefined;
  if (named) return named;
  const path = adapterFile(given);
  return { name: nameOf(path), path, adapter: readAdapter(path) };
}

/** @throws SynesisError USAGE, LORA_*, CLOUD_*; the signal's reason */
export async function pushAdapter(home: string, config: Config, found: LocalAdapter, options: PushOptions): Promise<PushResult> {
  const name = options.name ?? found.name;
  const baseModel = options.baseModel ?? found.adapter.baseModel;
  if (!ADAPTER_NAME.test(name)) throw new SynesisError("USAGE", "A name has 1 to 64 letters, digits, dots, dashes or underscores.");
  if (baseModel === null)
    throw new SynesisError("USAGE", "The file does not say for which model it is.", {
      next: "Say it: --base-model meta-llama/Llama-3.3-70B-Instruct",
    });
  await assertNoSecret("adapter's name", name);
  await assertNoSecret("model's name", baseModel);
  const { kind, rank, config: own } = found.adapter;
  const begun = performance.now();
  const line = new RateLine(options.progress);
  const pushed = await pushFile<CloudAdapter>({
    path: found.path,
    adapter: { name, baseModel, kind, rank, config: own, force: options.force },
    cloud: adapterCloud(openCloudApi(home, config)),
    notes: join(home, "loras", ".pushed"),
    signal: options.signal,
    onProgress: (progress) => line.show(progress),
  }).finally(() => options.progress.clear());
  const { kept, known, before, sent } = pushed;
  const ms = Math.round(performance.now() - begun);
  return { ...kept, path: found.path, uploaded: !known, resumedBytes: known ? 0 : before, sentBytes: sent, ms };
}

/** How far it is, how fast it goes, and how long it will take yet: by what came in the last seconds. */
class RateLine {
  readonly #line: ProgressLine;
  #phase = "";
  #marks: { readonly at: number; readonly done: number }[] = [];

  constructor(line: ProgressLine) {
    this.#line = line;
  }

  show({ phase, done, total }: PushProgress): void {
    const at = performance.now();
    if (phase !== this.#phase) this.#marks = [];
    this.#phase = phase;
    this.#marks = [...this.#marks.filter((mark) => at - mark.at < WINDOW_MS), { at, done }];
    this.#line.show(phase === "verifying" ? "The cloud verifies the file …" : `${VERBS[phase]} ${progressText(done, total, this.#rate())}`);
  }

  /** Bytes a second; 0 while it is not known. */
  #rate(): number {
    const [first, last] = [this.#marks[0], this.#marks.at(-1)];
    return first && last && last.at > first.at ? ((last.done - first.done) / (last.at - first.at)) * 1000 : 0;
  }
}

const WINDOW_MS = 10_000;
const VERBS = { reading: "Reading", sending: "Sending" };

function progressText(done: number, total: number, rate: number): string {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const share = `${mb(done)} of ${mb(total)} MB (${Math.floor((100 * done) / Math.max(1, total))} %)`;
  if (rate <= 0) return share;
  const left = Math.ceil((total - done) / rate);
  return `${share}  ${mb(rate)} MB/s  ${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")} left`;
}
