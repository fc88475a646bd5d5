import { type ErrorCode, SynesisError } from "../../kernel/index.ts";
import { concealed } from "./conceal.ts";
import { visible } from "./visible.ts";

/** What an error looks like in `--json` mode. */
export interface ErrorReport {
  readonly error: { readonly code: string; readonly message: string; readonly next: string };
}

/** Prints an error, without secrets, and sets the exit code: as JSON on stdout, or as two lines on stderr. */
export async function reportError(thrown: unknown, json: boolean): Promise<void> {
  if (isQuietExit(thrown)) return;
  const error = toSynesisError(thrown);
  process.exitCode = error.exit;
  const plain = new SynesisError(error.code); // names nothing; said when secrets cannot be looked for
  const told = Promise.all([concealed(error.message), concealed(error.next)]);
  const [message, next] = await told.catch(() => [plain.message, plain.next] as const);
  if (json) {
    const report: ErrorReport = { error: { code: error.code, message, next } };
    process.stdout.write(`${JSON.stringify(report)}\n`);
  } else {
    process.stderr.write(`${visible(message)}\n${visible(next)}\n`);
    if (process.env["SYNESIS_DEBUG"]) process.stderr.write(`${visible(await concealed(stacksOf(error)))}\n`);
  }
}

/** The stack of an error and of what caused it. */
function stacksOf(error: unknown): string {
  return error instanceof Error ? `${error.stack}\n${stacksOf(error.cause)}` : "";
}

/** oclif ends help and the like by throwing with exit code 0. */
function isQuietExit(thrown: unknown): boolean {
  return (thrown as { oclif?: { exit?: number } } | null)?.oclif?.exit === 0;
}

const SYSTEM_FAULTS: Readonly<Record<string, ErrorCode>> = { ENOSPC: "DISK_FULL", EACCES: "HOME_UNUSABLE", EROFS: "HOME_UNUSABLE" };

/** Every thrown thing as an error of the table. Unknown faults keep their message out: it might quote a file. */
export function toSynesisError(thrown: unknown): SynesisError {
  if (thrown instanceof SynesisError) return unwrapped(thrown);
  if (thrown instanceof Error && thrown.name === "AbortError") return new SynesisError("INTERRUPTED");
  const { oclif, code } = (thrown ?? {}) as { oclif?: { exit?: number }; code?: string };
  // oclif marks what the user typed wrongly with an exit code; its message ends with a hint to --help, which `next` says.
  if (oclif) return new SynesisError("USAGE", firstLines(thrown));
  const fault = code === undefined ? undefined : SYSTEM_FAULTS[code];
  return new SynesisError(fault ?? "INTERNAL", `(${thrown instanceof Error ? thrown.name : typeof thrown})`, { cause: thrown });
}

/** oclif writes "Parsing --flag" and a hint to --help around the message of whatever a flag's parser throws. */
function unwrapped(error: SynesisError): SynesisError {
  const [, said] = /^Parsing --\S+ \n\t([\s\S]*)\nSee more help with --help$/.exec(error.message) ?? [];
  if (said !== undefined) error.message = said;
  return error;
}

function firstLines(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.replace(/\s*See more help with --help\s*$/, "").trim();
}
