import { closeSync, openSync, readSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import { type Adapter, MAX_ADAPTER_BYTES } from "./adapter.ts";
import { AdapterFault } from "./fault.ts";
import { readGgufAdapter } from "./gguf-adapter.ts";
import { readSafetensorsAdapter } from "./safetensors-adapter.ts";

/** What PEFT calls the file in an adapter's folder. */
const PEFT_FILE = "adapter_model.safetensors";

/** The adapter's file: the path itself, or in a folder that PEFT wrote the one that holds the tensors. @throws SynesisError */
export function adapterFile(path: string): string {
  const stat = lookAt(path);
  const file = stat?.isDirectory() ? join(path, PEFT_FILE) : path;
  const found = file === path ? stat : lookAt(file);
  if (!stat) throw new SynesisError("PATH_NOT_FOUND", `(${path})`);
  if (!found) throw invalid(`there is no ${PEFT_FILE} in the folder`);
  if (!found.isFile()) throw invalid("it is no file");
  return file;
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw invalid(unreadable(error), error); // a link that leads to itself, a folder that is another's
  }
}

/** What the file says of itself; what it is shows in its first bytes, not in its name. @throws SynesisError LORA_INVALID */
export function readAdapter(file: string): Adapter {
  try {
    const { size } = statSync(file);
    if (size === 0) throw new AdapterFault("it is empty");
    if (size > MAX_ADAPTER_BYTES) throw new AdapterFault(`it has ${size} bytes, and no adapter is larger than ${MAX_ADAPTER_BYTES}`);
    return startsWith(file, "GGUF") ? readGgufAdapter(file) : readSafetensorsAdapter(file);
  } catch (error) {
    if (error instanceof AdapterFault) throw invalid(error.message, error);
    throw error instanceof Error && "code" in error ? invalid(unreadable(error), error) : error;
  }
}

const unreadable = (error: unknown) => `it cannot be read (${(error as NodeJS.ErrnoException).code})`;

function startsWith(file: string, magic: string): boolean {
  const fd = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(magic.length);
    readSync(fd, bytes, 0, bytes.length, 0);
    return bytes.toString("latin1") === magic;
  } finally {
    closeSync(fd);
  }
}

function invalid(reason: string, cause?: unknown): SynesisError {
  return new SynesisError("LORA_INVALID", `Reason: ${reason}.`, { cause });
}
