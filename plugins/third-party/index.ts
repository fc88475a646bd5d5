/**
 * A plugin by somebody else. Its code runs in a process without rights (`sandbox.worker.ts`); what it answers is checked
 * before anything relies on it; what it sends goes to the hosts that its user granted, and is recorded.
 */
import type { Plugin } from "../../kernel/index.ts";
import { SandboxFault } from "./fault.ts";
import { type Manifest, sandboxedParts } from "./manifest.ts";
import { netFor, type OnSend } from "./net.ts";
import { DEFAULT_LIMITS, Sandbox, type SandboxLimits } from "./sandbox.ts";
import type { Target } from "./sandbox-api.ts";
import { type SettingValues, settingValues } from "./settings.ts";
import type { Ask, Stays } from "./taps.ts";
import { type Parts, wired } from "./wired.ts";

export interface ThirdPartyOptions {
  readonly manifest: Manifest;
  /** What it is used for; all that it declares when absent. */
  readonly parts?: Parts;
  /** Its settings; their defaults when absent. */
  readonly settings?: SettingValues;
  /** Tokens that a request to its generator and the answer may have together. */
  readonly context?: number;
  /** Names the settings, where vectors depend on them. */
  readonly variant?: string;
  /** The plugin's bundle, as `bundlePlugin` makes it. */
  readonly code: string;
  /** Whether a document's text must never leave the machine. */
  readonly withholds: (path: string) => boolean;
  readonly onSend: OnSend;
  /** Told after every call what went wrong, undefined when nothing, so that one that fails again and again can be set aside. */
  readonly onOutcome: (name: string, fault: string | undefined) => void;
  /** Told what the plugin logs. */
  readonly onLog: (name: string, lines: readonly string[]) => void;
  readonly limits?: Partial<SandboxLimits>;
}

/** Longest answer: UTF-16 code units of JSON. */
const MAX_ANSWER = 16 * 1024 * 1024;
/** A provider or a generator waits for a model elsewhere, in milliseconds. */
const MODEL_MS = 180_000;
/** One that neither says a word nor waits for a server does nothing, in milliseconds. */
const SILENT_MS = 30_000;

export function thirdParty(options: ThirdPartyOptions): Plugin {
  const { manifest, parts = manifest, settings, context, variant, code, withholds } = options;
  const sandbox = sandboxFor(manifest, code, settings, options.limits);
  const stays: Stays = ({ path }) => manifest.hosts.length > 0 && withholds(path);
  return {
    ...wired({ manifest, parts, ask: askerOf(sandbox, options), stays, ...(context && { context }), ...(variant && { variant }) }),
    close: () => sandbox.close(),
  };
}

/** The process that a plugin's code will run in. @throws SynesisError PLUGIN_INVALID for one that needs trust. */
export function sandboxFor(
  manifest: Manifest,
  code: string,
  settings = settingValues(manifest),
  limits: Partial<SandboxLimits> = {},
): Sandbox {
  const plugin = { code, ...sandboxedParts(manifest), settings, maxAnswer: MAX_ANSWER };
  const asksModel = manifest.taps.includes("escalate") || manifest.provides.includes("generator");
  return new Sandbox(plugin, { ...DEFAULT_LIMITS, ...(asksModel && { callMs: MODEL_MS, silentMs: SILENT_MS }), ...limits });
}

function askerOf(sandbox: Sandbox, { manifest, onSend, onOutcome, onLog }: ThirdPartyOptions): (target: Target) => Ask {
  const { name, hosts, text } = manifest;
  return (target) =>
    async (args, call, read, { trial, onPiece } = {}) => {
      try {
        const net = hosts.length > 0 ? netFor(hosts, onSend, call.signal) : undefined;
        const { value, log } = await sandbox.call(target, args, call.signal, { net, onPiece });
        if (log.length > 0) onLog(name, log);
        const answer = value === undefined ? undefined : read(value);
        if (!trial) onOutcome(name, undefined);
        return answer;
      } catch (error) {
        // What one that sees values throws may quote them.
        const fault = error instanceof SandboxFault && !(text === "raw" && error.quoted) ? error : new SandboxFault("failed");
        if (call.signal.aborted) throw call.signal.reason;
        onOutcome(name, fault.message);
        throw fault;
      }
    };
}
