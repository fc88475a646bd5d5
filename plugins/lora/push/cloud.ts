/** What a push asks of the cloud. */
import type { AdapterConfig } from "../read/adapter.ts";

export interface Announcement {
  readonly name: string;
  readonly baseModel: string;
  readonly kind: "gguf" | "safetensors";
  readonly rank: number;
  readonly config: AdapterConfig | null;
  readonly sizeBytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
  /** Takes the place of another file of this name. */
  readonly force: boolean;
}

export interface UploadState {
  readonly id: string;
  readonly state: "uploading" | "verifying" | "ready";
  /** Bytes of every part but the last. */
  readonly partBytes: number;
  readonly parts: number;
  /** Numbers of the parts that are there, from 1. */
  readonly received: readonly number[];
}

/** Every method throws SynesisError, or the signal's reason. */
export interface AdapterCloud<Kept> {
  /** Begins an upload, or tells how far an earlier one of the same file has come. */
  begin(adapter: Announcement, signal: AbortSignal): Promise<UploadState>;
  /** May be repeated; does nothing once the upload is being completed. */
  putPart(id: string, number: number, bytes: Uint8Array, packed: boolean, signal: AbortSignal): Promise<void>;
  /** Gives undefined when parts are missing after all, or somebody else completes it now. @throws SynesisError LORA_CHANGED */
  complete(id: string, signal: AbortSignal): Promise<Kept | undefined>;
  discard(id: string): Promise<void>;
  /** What is kept under this id. */
  describe(id: string, signal: AbortSignal): Promise<Kept>;
}
