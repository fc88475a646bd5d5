/** What the model commands do: list, describe, download, choose and remove models. */

import { SynesisError } from "../../kernel/index.ts";
import type { Gpu, Hardware } from "../../plugins/hardware/index.ts";
import { type CatalogueModel, catalogue, catalogueShape, findInCatalogue } from "../../plugins/models/catalogue.ts";
import { type Fit, judgeFit } from "../../plugins/models/fit.ts";
import { download } from "../../plugins/models/pull/download.ts";
import { resolveSource } from "../../plugins/models/pull/source.ts";
import { type InstalledModel, inspectModel, ModelStore } from "../../plugins/models/store.ts";
import { type Config, setSetting } from "./config.ts";
import type { ProgressLine } from "./progress.ts";
import { useEnvironmentProxy } from "./proxy.ts";

/** A model in the form that scripts rely on; sizes in bytes. */
export interface ModelView {
  readonly id: string;
  readonly name: string;
  readonly installed: boolean;
  /** The settings name it. */
  readonly used: boolean;
  readonly path: string | null;
  readonly bytes: number;
  readonly context: number | null;
  readonly licence: string | null;
  /** Where it would run on this machine: gpu, shared, cpu or none; null when the file is no usable model. */
  readonly place: Fit["place"] | null;
  readonly memory: number | null;
  readonly warnings: readonly string[];
}

export interface ModelDetail extends ModelView {
  readonly parameters: number | null;
  readonly architecture: string | null;
  /** The form in which it expects a conversation: its usual name, or that the file holds one. */
  readonly template: string | null;
  readonly quantisations: readonly string[];
  readonly sha256: string | null;
}

type Machine = Pick<Hardware, "memory"> & { readonly gpus: readonly Gpu[] };

/** What is on this machine first, then what the catalogue has besides. */
export function listModels(home: string, config: Config, machine: Machine): ModelView[] {
  const installed = new ModelStore(home).list().map((model) => viewInstalled(model, config, machine));
  const here = new Set(installed.map(({ id }) => id));
  return [...installed, ...catalogue.filter(({ id }) => !here.has(id)).map((model) => viewCatalogue(model, model.id, config, machine))];
}

/** @throws SynesisError MODEL_NOT_FOUND */
export function describeModel(home: string, config: Config, machine: Machine, name: string): ModelDetail {
  const model = new ModelStore(home).find(name);
  const known = findInCatalogue(model?.id ?? name)?.model;
  const quantisations = known?.files.map(({ quantisation }) => quantisation) ?? [];
  if (!model && !known) throw new SynesisError("MODEL_NOT_FOUND", `(${name.slice(0, 80)})`);
  if (!model && known)
    return {
      ...viewCatalogue(known, name, config, machine),
      parameters: known.parameters,
      architecture: null,
      template: known.template,
      quantisations,
      sha256: null,
    };
  const { path, sha256 } = model as InstalledModel;
  const gguf = inspectModel(path);
  const architecture = String(gguf.metadata.get("general.architecture"));
  const template = known?.template ?? (gguf.metadata.has("tokenizer.chat_template") ? "in the file" : null);
  const view = viewInstalled(model as InstalledModel, config, machine);
  return { ...view, parameters: gguf.parameters, architecture, template, quantisations, sha256 };
}

function viewInstalled({ id, path, bytes }: InstalledModel, config: Config, machine: Machine): ModelView {
  const known = findInCatalogue(id)?.model;
  const used = config.generator.kind === "llama" && config.generator.model === id;
  const common = { id, name: known?.name ?? id, installed: true, used, path, bytes, licence: known?.licence ?? null };
  try {
    const { shape } = inspectModel(path);
    const { place, need, warnings } = judgeFit(shape, machine, Math.min(config.generator.context, shape.context));
    return { ...common, context: shape.context, place, memory: need.total, warnings };
  } catch (error) {
    if (!(error instanceof SynesisError)) throw error;
    return { ...common, context: null, place: null, memory: null, warnings: [error.message] };
  }
}

function viewCatalogue(model: CatalogueModel, name: string, config: Config, machine: Machine): ModelView {
  const file = findInCatalogue(name)?.file ?? model.files[0];
  const { place, need, warnings } = judgeFit(catalogueShape(model, file), machine, Math.min(config.generator.context, model.context));
  const { name: title, context, licence } = model;
  const bytes = file.gb * 1e9;
  return {
    id: name.toLowerCase(),
    name: title,
    installed: false,
    used: false,
    path: null,
    bytes,
    context,
    licence,
    place,
    memory: need.total,
    warnings,
  };
}

export interface PullOptions {
  readonly sha256?: string | undefined;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

/** Downloads a model unless the same file is here. */
export async function pullModel(
  home: string,
  config: Config,
  name: string,
  options: PullOptions,
): Promise<InstalledModel & { readonly pulled: boolean }> {
  const store = new ModelStore(home);
  const source = resolveSource(name, config.models.hub.replace(/\/+$/, ""));
  const path = store.pathOf(source);
  const before = store.list().find((model) => model.path === path);
  if (before && (options.sha256 === undefined || options.sha256.toLowerCase() === before.sha256)) return { ...before, pulled: false };
  useEnvironmentProxy();
  const sha256 = options.sha256 ?? source.sha256;
  const started = performance.now();
  const downloaded = await download({
    url: source.url,
    file: path,
    ...(sha256 === undefined ? {} : { sha256 }),
    connections: config.models.connections,
    signal: options.signal,
    onProgress: ({ done, total }) => options.progress.show(progressText(done, total, performance.now() - started)),
    check: (part) => void inspectModel(part),
  }).finally(() => options.progress.clear());
  store.note(source, downloaded);
  return { id: source.id, path, ...downloaded, pulled: true };
}

function progressText(done: number, total: number | null, ms: number): string {
  const mb = (bytes: number) => `${Math.round(bytes / 1e6)} MB`;
  const share = total ? ` of ${mb(total)} (${Math.floor((100 * done) / total)} %)` : "";
  return `${mb(done)}${share}  ${mb((done / Math.max(1, ms)) * 1000)}/s`;
}

/** Makes a model that is here the one to think with. @throws SynesisError MODEL_NOT_FOUND, MODEL_INVALID */
export function useModel(home: string, name: string): InstalledModel {
  const model = new ModelStore(home).find(name);
  if (!model)
    throw new SynesisError("MODEL_NOT_FOUND", `(${name.slice(0, 80)})`, {
      next: `Download it first: synesis model pull ${name.slice(0, 80)}`,
    });
  inspectModel(model.path);
  setSetting(home, "generator.kind", "llama");
  setSetting(home, "generator.model", JSON.stringify(model.id));
  return model;
}

/** Removes a model; when it was the one in use, there is none afterwards. */
export function removeModel(home: string, config: Config, name: string): InstalledModel & { readonly wasUsed: boolean } {
  const model = new ModelStore(home).remove(name);
  const wasUsed = config.generator.kind === "llama" && config.generator.model === model.id;
  if (wasUsed) setSetting(home, "generator.kind", "embedded");
  return { ...model, wasUsed };
}
