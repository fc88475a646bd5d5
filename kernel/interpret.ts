/**
 * Runs the taps of a tapable hook by interpreting them. tapable itself compiles a function with `new Function` at the
 * first call, which a Cloudflare Worker refuses (workerd, after start-up); the same kernel has to run in both.
 *
 * The interpreter is also where one plugin's failure is kept from the others: a tap that throws or outlives its
 * deadline is named in the trace and left out, except on a hook that fails closed, and for errors that the user must
 * act on.
 */
import { type Call, withDeadline } from "./call.ts";
import { describeError, SynesisError } from "./errors.ts";

type Args = readonly unknown[];

interface Tapped {
  readonly name: string;
  readonly fn: (...args: Args) => unknown;
}

interface Policy {
  /** How long one tap may take with these arguments, in milliseconds. */
  readonly maxMs: (args: Args) => number;
  /** A failing tap fails the hook. */
  readonly failClosed?: boolean;
  /** Taps see raw values, so the text of their errors is not recorded, only the error's name. */
  readonly secret?: boolean;
}

/** Runs one tap; gives LEFT_OUT when the tap failed and the hook goes on without it. */
type Attempt = (tap: Tapped, args: Args) => unknown;
type Runner = (taps: readonly Tapped[], args: Args, attempt: Attempt) => unknown;

const LEFT_OUT = Symbol("left out");

/** What the kernel uses of a tapable hook. `Run` is what a whole run gives. */
export interface KernelHook<TapFn extends (...args: never[]) => unknown, Run> {
  readonly taps: readonly { readonly name: string }[];
  tapPromise(options: { name: string; stage?: number }, tap: TapFn): void;
  promise(...args: Parameters<TapFn>): Run | Promise<Run>;
}

/** Gives `hook` an interpreting `compile`. */
export function interpreted<TapFn extends (...args: never[]) => unknown, Run>(
  hook: { readonly name?: string | undefined },
  run: Runner,
  policy: Policy,
): KernelHook<TapFn, Run> {
  const name = hook.name ?? "hook";
  const attempt: Attempt = (tap, args) => runTap(name, tap, args, policy);
  const compile =
    ({ taps }: { taps: readonly Tapped[] }) =>
    (...args: Args) => {
      const { signal, trace } = args.at(-1) as Call;
      signal.throwIfAborted();
      trace.begin();
      return run(taps, args, attempt);
    };
  return Object.assign(hook, { compile }) as unknown as KernelHook<TapFn, Run>;
}

function runTap(hook: string, tap: Tapped, args: Args, policy: Policy): unknown {
  const call = args.at(-1) as Call;
  const at = call.trace.mark;
  try {
    const result = tap.fn(...args);
    if (!isThenable(result)) {
      call.trace.record(hook, tap.name, at);
      return result;
    }
    call.trace.begin();
    return withDeadline(result, policy.maxMs(args), call.signal).then(
      (value) => {
        call.trace.record(hook, tap.name, at);
        return value;
      },
      (error: unknown) => leaveOut(error, hook, tap.name, at, call, policy),
    );
  } catch (error) {
    return leaveOut(error, hook, tap.name, at, call, policy);
  }
}

/** Records why a tap failed; throws where the run must not go on without it. */
function leaveOut(error: unknown, hook: string, tap: string, at: number, call: Call, policy: Policy): typeof LEFT_OUT {
  const fault = policy.secret && error instanceof Error ? error.name : describeError(error);
  call.trace.record(hook, tap, at, fault);
  if (call.signal.aborted) throw call.signal.reason;
  // An error of the table asks something of the user (a locked vault, a missing key): going on would hide it.
  if (error instanceof SynesisError && error.code !== "INTERNAL") throw error;
  if (policy.failClosed) throw new TapFailure(tap, error);
  return LEFT_OUT;
}

/** A tap of a hook that fails closed has failed; `tap` names the plugin. */
export class TapFailure extends Error {
  override readonly name = "TapFailure";
  readonly tap: string;

  constructor(tap: string, cause: unknown) {
    super(`${tap} failed`, { cause });
    this.tap = tap;
  }
}

/** Each tap gets what the one before gave, as its first argument. */
export const waterfall: Runner = (taps, args, attempt) => {
  const rest = args.slice(1);
  return inSeries(
    taps,
    args[0],
    (value, tap) => attempt(tap, value === args[0] ? args : [value, ...rest]),
    (value, result) => result ?? value,
    args.at(-1) as Call,
  );
};

/** The first tap that gives something decides. */
export const bail: Runner = (taps, args, attempt) =>
  inSeries(
    taps,
    undefined,
    (value, tap) => (value === undefined ? attempt(tap, args) : undefined),
    (value, result) => value ?? result ?? undefined,
    args.at(-1) as Call,
  );

/** One after another, for their effects. */
export const each: Runner = (taps, args, attempt) =>
  inSeries(
    taps,
    undefined,
    (_, tap) => attempt(tap, args),
    () => undefined,
    args.at(-1) as Call,
  );

/** All at once; gives `{ name, value }` for each tap that gave something, in the order of registration. */
export const gather: Runner = (taps, args, attempt) => {
  const values = taps.map((tap) => attempt(tap, args));
  return values.some(isThenable) ? Promise.all(values).then((settled) => named(taps, settled)) : named(taps, values);
};

function named(taps: readonly Tapped[], values: readonly unknown[]): { name: string; value: unknown }[] {
  return taps.map(({ name }, i) => ({ name, value: values[i] })).filter(({ value }) => value !== undefined && value !== LEFT_OUT);
}

/** Steps through the taps synchronously for as long as nothing is thenable: awaiting costs more than most taps do. */
function inSeries(
  taps: readonly Tapped[],
  first: unknown,
  step: (value: unknown, tap: Tapped) => unknown,
  fold: (value: unknown, result: unknown) => unknown,
  call: Call,
): unknown {
  let value = first;
  for (let i = 0; i < taps.length; i++) {
    const result = step(value, taps[i] as Tapped);
    if (isThenable(result)) return finishInSeries(taps, i + 1, value, result, step, fold, call);
    if (result !== LEFT_OUT) value = fold(value, result);
  }
  return value;
}

async function finishInSeries(
  taps: readonly Tapped[],
  from: number,
  before: unknown,
  pending: PromiseLike<unknown>,
  step: (value: unknown, tap: Tapped) => unknown,
  fold: (value: unknown, result: unknown) => unknown,
  { signal, trace }: Call,
): Promise<unknown> {
  let value = before;
  let result = await pending;
  for (let i = from; ; i++) {
    if (result !== LEFT_OUT) value = fold(value, result);
    if (i === taps.length) return value;
    signal.throwIfAborted();
    trace.begin();
    result = await step(value, taps[i] as Tapped);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof (value as { then?: unknown } | null | undefined)?.then === "function";
}
