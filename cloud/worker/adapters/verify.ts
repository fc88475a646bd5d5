/** Looks at a stored file: whether it begins as an adapter does, and whether it is the one that was announced. */
import { CloudError } from "../errors.ts";
import type { AdapterRow } from "./adapter.ts";
import { hex } from "./hex.ts";

const BEGINNING = 9;
const MAX_HEADER_BYTES = 16 * 1024 * 1024;

/**
 * @param known the checksum of what was stored; where there is none, the file is read from end to end
 * @throws CloudError checksum_wrong, adapter_invalid
 */
export async function verify(
  bucket: R2Bucket,
  key: string,
  row: Pick<AdapterRow, "kind" | "sizeBytes" | "sha256">,
  known: string | null,
): Promise<void> {
  const beginning = await bucket.get(key, { range: { offset: 0, length: Math.min(BEGINNING, row.sizeBytes) } });
  if (!beginning || !beginsAs(row.kind, new Uint8Array(await beginning.arrayBuffer()))) throw new CloudError("adapter_invalid");
  if (beginning.size !== row.sizeBytes || (known ?? (await checksumOf(bucket, key))) !== row.sha256) throw new CloudError("checksum_wrong");
}

async function checksumOf(bucket: R2Bucket, key: string): Promise<string> {
  const digest = new crypto.DigestStream("SHA-256");
  await (await bucket.get(key))?.body.pipeTo(digest);
  return hex(await digest.digest);
}

/** GGUF has a magic number; safetensors the length of its description, which is JSON. */
function beginsAs(kind: AdapterRow["kind"], bytes: Uint8Array): boolean {
  if (bytes.length < BEGINNING) return false;
  if (kind === "gguf") return new TextDecoder().decode(bytes.subarray(0, 4)) === "GGUF";
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return view.getBigUint64(0, true) <= BigInt(MAX_HEADER_BYTES) && bytes[8] === "{".charCodeAt(0);
}
