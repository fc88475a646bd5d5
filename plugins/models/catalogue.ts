import data from "./catalogue.json" with { type: "json" };
import type { ModelShape } from "./shape.ts";

/** One file of a model on the hub. */
export interface CatalogueFile {
  readonly quantisation: string;
  /** Billions of bytes, rounded as the hub shows them. */
  readonly gb: number;
  /** owner/repository/file */
  readonly hub: string;
  /** Hex; absent where it is not known here. The hub itself gives one with the file. */
  readonly sha256?: string;
}

/** A model that people use, with the sizes that its own files would tell. */
export interface CatalogueModel {
  readonly id: string;
  readonly name: string;
  readonly kind: "chat" | "embedder";
  readonly parameters: number;
  readonly licence: string;
  /** The name of the form in which it expects a conversation; the file itself holds the template. */
  readonly template: string | null;
  readonly layers: number;
  readonly embedding: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly headLength: number;
  readonly vocabulary: number;
  readonly context: number;
  readonly window?: { readonly tokens: number; readonly every: number };
  /** The smallest first. */
  readonly files: readonly [CatalogueFile, ...CatalogueFile[]];
}

export const catalogue = data.models as unknown as readonly CatalogueModel[];

/** A model of the catalogue by `id`, or one file of it by `id:quantisation`. */
export function findInCatalogue(name: string): { model: CatalogueModel; file: CatalogueFile } | undefined {
  const [id, quantisation] = name.toLowerCase().split(":");
  const model = catalogue.find((candidate) => candidate.id === id);
  const file = quantisation === undefined ? model?.files[0] : model?.files.find((each) => each.quantisation.toLowerCase() === quantisation);
  return model && file ? { model, file } : undefined;
}

/** The shape of a catalogue's model, before its file is here. */
export function catalogueShape(model: CatalogueModel, file: CatalogueFile): ModelShape {
  const { layers, embedding, heads, vocabulary, context, window } = model;
  return {
    weights: file.gb * 1e9,
    layers,
    embedding,
    heads,
    cachedHeads: model.kvHeads * layers,
    keyLength: model.headLength,
    valueLength: model.headLength,
    vocabulary,
    context,
    ...(window ? { window } : {}),
  };
}
