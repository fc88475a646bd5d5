import type { Call, Kernel } from "../../kernel/index.ts";
import { Trace } from "../../kernel/index.ts";
import { type Composition, compose, type Need, type Wish } from "./compose.ts";
import { type Config, loadConfig } from "./config.ts";
import { homeFolder } from "./home.ts";

/** What a command works with: the home folder, its settings, and the kernel. */
export interface Workspace {
  readonly home: string;
  readonly config: Config;
  readonly kernel: Kernel;
  readonly thinking: Composition["thinking"];
  /** What the user should know of the plugins, whatever is done. */
  readonly notices: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Opens the user's home for `work`, and closes whatever was opened, also when it fails. With `keepNothing` no token is
 * kept behind; `lora` takes the place of the adapter that the settings name.
 */
export async function withWorkspace<T>(
  need: Need,
  signal: AbortSignal,
  work: (workspace: Workspace) => Promise<T>,
  { lora, ...wish }: Wish & { readonly lora?: string | undefined } = {},
): Promise<T> {
  const home = homeFolder();
  const settings = loadConfig(home);
  const config = lora === undefined ? settings : { ...settings, generator: { ...settings.generator, lora } };
  const { kernel, thinking, notices } = await compose(home, config, need, wish);
  try {
    return await work({ home, config, kernel, thinking, notices, signal });
  } finally {
    await kernel.close();
  }
}

/** A fresh call for work that is not part of a question. */
export function newCall(signal: AbortSignal): Call {
  return { signal, trace: new Trace() };
}
