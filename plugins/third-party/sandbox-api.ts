/**
 * Everything that crosses between this process and a sandbox. What plugins get and give travels as JSON in a text: no
 * object of one side is ever touched by the other.
 */
import type { SandboxedHook, SandboxedService } from "./manifest.ts";
import type { SettingValues } from "./settings.ts";

/** What to run: a hook's tap, the embedder, the generator, or nothing but a look at what the module holds. */
export type Target = SandboxedHook | "embed" | "generate" | "describe";

export interface PluginCode {
  /** The plugin's bundle: a script whose value is the plugin's module. */
  readonly code: string;
  readonly hooks: readonly SandboxedHook[];
  /** What it may provide. */
  readonly services: readonly SandboxedService[];
  /** What its user has set. */
  readonly settings: SettingValues;
  /** Longest answer, in UTF-16 code units of JSON. */
  readonly maxAnswer: number;
}

export type ToSandbox =
  | { readonly type: "load"; readonly plugin: PluginCode }
  | { readonly type: "call"; readonly id: number; readonly target: Target; readonly args: string; readonly net: boolean }
  /** The answer to a request of the plugin's; `fault` where it was refused or failed. */
  | { readonly type: "net"; readonly id: number; readonly json?: string; readonly fault?: string };

export type FromSandbox =
  | { readonly type: "ready" }
  /** `json` is absent where the plugin gave nothing. */
  | { readonly type: "answer"; readonly id: number; readonly json?: string; readonly log: readonly string[] }
  /** A piece of a text that is being written; the answer comes after the last one. */
  | { readonly type: "piece"; readonly id: number; readonly text: string }
  | { readonly type: "fault"; readonly id: number; readonly message: string; readonly log: readonly string[] }
  /** A request that the plugin makes during a call. */
  | { readonly type: "net"; readonly id: number; readonly call: number; readonly json: string };

/** A request that a plugin makes through the host. */
export interface NetRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface NetResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes a request, given and answered as JSON. */
export type Net = (requestJson: string) => Promise<string>;
