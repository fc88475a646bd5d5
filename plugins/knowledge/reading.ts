import type { Cutter } from "./chunk.ts";
import { type Chunking, chunkingName, cutterOf } from "./chunkers/chunking.ts";
import type { Classifier } from "./classify.ts";

/** How documents are read and cut; crosses to the reading threads. */
export interface ReadingOptions {
  readonly chunking: Chunking;
  /** URL of a module whose default export is a `Classifier`; nothing is classified without one. */
  readonly classifier?: string;
}

/** The same, ready for use in one thread. */
export interface Reading {
  readonly recipe: string;
  readonly cut: Cutter;
  readonly classify?: Classifier;
}

/** Raise it when the same file would be read, cut or classified in another way: all documents are then read again. */
const VERSION = 1;

export function recipeOf({ chunking, classifier }: ReadingOptions): string {
  return `${VERSION} ${chunkingName(chunking)}${classifier ? " classified" : ""}`;
}

export async function openReading(options: ReadingOptions): Promise<Reading> {
  const reading = { recipe: recipeOf(options), cut: cutterOf(options.chunking) };
  if (!options.classifier) return reading;
  const { default: classify } = (await import(options.classifier)) as { default: Classifier };
  return { ...reading, classify };
}
