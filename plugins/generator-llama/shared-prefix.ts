/** Tasks that come together and begin alike: the beginning is evaluated once and its state given to the others. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sequence, Token } from "./library.ts";

/** A task that is about to be written. */
export interface Starting {
  /** Its whole prompt. */
  readonly tokens: readonly Token[];
  readonly sequence: Sequence;
  readonly signal: AbortSignal;
}

/** A shorter beginning costs less to evaluate again than to give away. In tokens. */
const WORTH_SHARING = 64;

/** After so many tokens it is looked whether anybody still waits. */
const PIECE = 256;

/** Brings together the tasks of one context that come in the same turn of the event loop. */
export class Gathering {
  #group: { readonly tasks: Starting[]; readonly ready: Promise<void> } | undefined;

  /** Resolves when what the task shares with others is in its sequence. */
  async join(task: Starting): Promise<void> {
    if (!this.#group) {
      const tasks: Starting[] = [];
      const ready = turn()
        .then(turn)
        .then(() => {
          this.#group = undefined;
          return sharePrefix(tasks);
        });
      this.#group = { tasks, ready };
    }
    this.#group.tasks.push(task);
    await this.#group.ready;
  }
}

/** One turn of the event loop: messages that have arrived meanwhile are read. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function sharePrefix(tasks: readonly Starting[]): Promise<void> {
  const [first] = tasks;
  if (!first || tasks.length < 2) return;
  const length = Math.min(...tasks.map(({ tokens }) => Math.min(common(tokens, first.tokens), tokens.length - 1)));
  const prefix = first.tokens.slice(0, length);
  const missing = ({ sequence }: Starting) => length - common(sequence.contextTokens, prefix);
  const [leader = first, ...others] = [...tasks].sort((a, b) => missing(a) - missing(b));
  const lacking = others.filter((task) => missing(task) >= WORTH_SHARING);
  if (lacking.length === 0) return;
  await evaluate(leader.sequence, prefix, () => tasks.every(({ signal }) => signal.aborted));
  await copyState(
    leader.sequence,
    lacking.map(({ sequence }) => sequence),
  );
}

async function evaluate(sequence: Sequence, prefix: readonly Token[], isUnwanted: () => boolean): Promise<void> {
  await sequence.adaptStateToTokens(prefix, false);
  while (sequence.nextTokenIndex < prefix.length && !isUnwanted()) {
    const from = sequence.nextTokenIndex;
    await sequence.evaluateWithoutGeneratingNewTokens(prefix.slice(from, from + PIECE));
  }
}

/** The library gives a state away by a file alone. */
async function copyState(from: Sequence, to: readonly Sequence[]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "synesis-state-")); // nobody else can look into it
  try {
    const file = join(folder, "prefix");
    await from.saveStateToFile(file);
    for (const sequence of to) await sequence.loadStateFromFile(file, { acceptRisk: true }); // the same model wrote it
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** How many tokens two lists begin with alike. */
export function common(a: readonly Token[], b: readonly Token[]): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
