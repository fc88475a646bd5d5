/** Reads files of JSON lines: bytes cut at line feeds, each line decoded on its own, so that one broken line spoils no other. */
import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { SynesisError } from "../kernel/index.ts";

export interface TextLine {
  /** From 1. */
  readonly number: number;
  /** Undefined when the line is not valid UTF-8. */
  readonly text: string | undefined;
}

/** A line longer than this is refused rather than held, in bytes. */
const MAX_LINE = 64 * 1024 * 1024;

/**
 * The lines of a file, or of standard input for "-", without those that are blank.
 *
 * @throws SynesisError INPUT_NOT_FOUND, INPUT_TOO_LARGE
 */
export async function* readLines(input: string): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let number = 0;
  const line = (bytes: Buffer): TextLine | undefined => {
    number++;
    const text = decoded(decoder, bytes);
    return text?.trim() === "" ? undefined : { number, text };
  };
  let rest: Buffer[] = [];
  let held = 0;
  for await (const piece of pieces(input)) {
    let from = 0;
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, from)) {
      const found = line(Buffer.concat([...rest, piece.subarray(from, at)]));
      if (found) yield found;
      rest = [];
      held = 0;
      from = at + 1;
    }
    rest.push(piece.subarray(from));
    held += piece.length - from;
    if (held > MAX_LINE) throw new SynesisError("INPUT_TOO_LARGE", `Line ${number + 1} has more than ${MAX_LINE} bytes.`);
  }
  const last = held > 0 ? line(Buffer.concat(rest)) : undefined;
  if (last) yield last;
}

function decoded(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

async function* pieces(input: string): AsyncGenerator<Buffer> {
  try {
    yield* (input === "-" ? process.stdin : createReadStream(input)) as AsyncIterable<Buffer>;
  } catch (error) {
    throw new SynesisError("INPUT_NOT_FOUND", `(${input})`, { cause: error });
  }
}
