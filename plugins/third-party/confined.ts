import { inPieces, type OnPiece } from "./pieces.ts";
import { PluginLog } from "./plugin-log.ts";
import type { NetResponse, PluginCode, Target } from "./sandbox-api.ts";

type Run = (...args: unknown[]) => unknown;
type Request = (request: unknown) => Promise<string>;

/** What a plugin may do while it is called. */
interface Rights {
  readonly request: Request | undefined;
  /** Takes the pieces of a text as it is written. */
  readonly onPiece: OnPiece;
}

/** A plugin inside its Compartment, and the taps it has given. Only for a realm that is locked down. */
export class Confined {
  readonly #plugin: PluginCode;
  readonly #log = new PluginLog();
  readonly #module: unknown;
  readonly #runs = new Map<Target, Run>();
  #request: Request | undefined;

  /** @throws whatever the plugin's code throws; Error when it is no plugin. */
  static async start(plugin: PluginCode): Promise<Confined> {
    const confined = new Confined(plugin);
    await confined.#setUp();
    return confined;
  }

  private constructor(plugin: PluginCode) {
    this.#plugin = plugin;
    const globals = harden({ console: this.#log.console, fetch: (url: unknown, init: unknown) => this.#fetch(url, init) });
    this.#module = exported(new Compartment({ __options__: true, name: "plugin", globals }).evaluate(plugin.code));
    this.#runs.set("describe", () => this.#module);
  }

  /** @returns JSON; undefined where the plugin gave nothing. */
  async call(target: Target, args: readonly unknown[], { request, onPiece }: Rights): Promise<string | undefined> {
    const run = this.#runs.get(target);
    if (!run) throw new Error(`it has no tap for ${target}`);
    this.#request = request;
    const given: unknown = await run(...harden(args));
    const value = target === "generate" ? await inPieces(given, onPiece) : given;
    if (value === undefined) return undefined;
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined) throw new Error("its answer is no data");
    if (json.length > this.#plugin.maxAnswer) throw new Error("its answer is too long");
    return json;
  }

  takeLog(): string[] {
    return this.#log.take();
  }

  async #setUp(): Promise<void> {
    if (typeof this.#module !== "object" || this.#module === null) throw new Error("its default export is no plugin");
    const { setup } = this.#module as { setup?: unknown };
    if (typeof setup !== "function") return; // a list of patterns
    const tap = (hook: unknown, run: unknown) => this.#tap(hook, run);
    const provide = (name: unknown, service: unknown) => this.#provide(name, service);
    await setup(harden({ tap, provide, settings: this.#plugin.settings }));
  }

  #tap(hook: unknown, run: unknown): void {
    const declared = this.#plugin.hooks.find((name) => name === hook);
    if (!declared) throw new Error("it taps a hook that its package.json does not name");
    if (typeof run !== "function") throw new Error("its tap is not a function");
    this.#runs.set(declared, run as Run);
  }

  #provide(name: unknown, service: unknown): void {
    const declared = this.#plugin.services.find((one) => one === name);
    if (!declared) throw new Error("it provides what its package.json does not name");
    const method = declared === "embedder" ? "embed" : "generate";
    const run: unknown = (service as Record<string, unknown>)[method];
    if (typeof run !== "function") throw new Error(`its ${declared} has no function ${method}`);
    this.#runs.set(method, method === "embed" ? eachOf(run as Run) : (run as Run));
  }

  async #fetch(url: unknown, init: unknown): Promise<unknown> {
    if (!this.#request) throw new Error("no network was granted");
    const { method = "GET", headers = {}, body = "" } = (init ?? {}) as Record<string, unknown>;
    const { status, headers: given, body: text } = JSON.parse(await this.#request({ url, method, headers, body })) as NetResponse;
    return harden({
      status,
      ok: status >= 200 && status < 300,
      headers: given,
      text: async () => text,
      json: async () => JSON.parse(text) as unknown,
    });
  }
}

/** An embedder is written for one text. */
function eachOf(embed: Run): Run {
  return (texts) => (texts as string[]).map((text) => Array.from(embed(text) as Iterable<unknown>));
}

function exported(module: unknown): unknown {
  return typeof module === "object" && module !== null && "default" in module ? module.default : undefined;
}
