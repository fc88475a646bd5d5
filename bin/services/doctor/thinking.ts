/** Checks of what the council can think with: memory, GPU, models, the program that runs them, servers. */

import { join } from "node:path";
import { isInstalled } from "../../../plugins/generator-llama/connect.ts";
import { findLocalServers, listServerModels } from "../../../plugins/generator-openai/local-servers.ts";
import type { Gpu, Hardware } from "../../../plugins/hardware/index.ts";
import { chooseModel } from "../../../plugins/models/choose.ts";
import type { Config } from "../config.ts";
import { count } from "../count.ts";
import { listModels } from "../models.ts";
import { bad, type Check, good } from "./check.ts";

const GIB = 1024 ** 3;
const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;

export function checkMemory({ memory, cpu }: Hardware): Check {
  const limit = memory.limit === null ? "" : ", a container's limit";
  return good("memory", `${gib(memory.available)} of ${gib(memory.total)} available${limit}; ${cpu.cores} cores`);
}

/** A card whose driver does not answer is the one thing that is wrong; to have none is not. */
export function checkGpu({ gpus }: Pick<Hardware, "gpus">): Check {
  const silent = gpus.find(({ vendor, api }) => vendor === "NVIDIA" && api === null);
  const usable = gpus.filter(({ api }) => api !== null);
  if (silent && usable.length === 0)
    return bad(
      "gpu",
      `${silent.vendor} ${silent.model} is there, but its driver does not answer, so it is not used`,
      "Install NVIDIA's driver; `nvidia-smi` must show the card.",
    );
  if (usable.length > 0) return good("gpu", usable.map(describeGpu).join("; "));
  const idle = gpus.find(({ vendor }) => vendor === "AMD");
  if (idle) return good("gpu", `AMD ${idle.model} is there, but ROCm is not, so it is not used`, "Install ROCm to compute on it.");
  return good("gpu", "none that computes models; the processor does");
}

function describeGpu({ model, vram, api, capability }: Gpu): string {
  return [model, vram === null ? "" : gib(vram), [api, capability].filter(Boolean).join(" ")].filter(Boolean).join(", ");
}

export function checkModels(home: string, config: Config, hardware: Hardware): Check {
  const installed = listModels(home, config, hardware).filter(({ installed }) => installed);
  const broken = installed.find(({ place }) => place === null);
  if (broken) return bad("models", `${broken.id} cannot be used`, `synesis model remove ${broken.id}`);
  const chosen = installed.find(({ used }) => used);
  if (config.generator.kind === "llama" && !chosen)
    return bad(
      "models",
      `${config.generator.model || "no model"} is chosen and not here`,
      "Choose one with `synesis model use ID`, or download it with `synesis model pull ID`.",
    );
  if (chosen?.place === "none")
    return bad("models", `${chosen.id} does not fit: ${chosen.warnings.join("; ")}`, "Take a smaller one: `synesis model list`.");
  if (installed.length > 0)
    return good(
      "models",
      `${installed.map(({ id }) => id).join(", ")}${chosen?.warnings.length ? ` (${chosen.warnings.join("; ")})` : ""}`,
    );
  const choice = chooseModel(hardware, config.generator.context);
  return good(
    "models",
    "none, and none is needed: answers are made of your files' own sentences",
    choice ? `${choice.model.id} would fit: synesis model pull ${choice.model.id}` : null,
  );
}

/** The library that runs model files is needed only by those who chose it. */
export function checkRuntime(home: string, { generator }: Config): Check {
  const install = "Install it with `synesis runtime install llama`.";
  if (isInstalled(join(home, "runtime"))) return good("runtime", "llama.cpp is installed");
  return generator.kind === "llama"
    ? bad("runtime", "llama.cpp is chosen and not installed", install)
    : good("runtime", "llama.cpp is not installed, and not needed");
}

/** The servers on this machine, and the one that the settings name. */
export async function checkServers(config: Config, ports?: Parameters<typeof findLocalServers>[0]): Promise<Check> {
  const servers = await findLocalServers(ports);
  const detail =
    servers.map(({ name, baseUrl, models }) => `${name} at ${baseUrl} (${count(models.length, "model")})`).join("; ") ||
    "none on the usual ports";
  if (config.generator.kind !== "openai-compatible") return good("servers", detail);
  const { baseUrl, model, apiKeyVariable } = config.generator;
  const models = await listServerModels(baseUrl, process.env[apiKeyVariable]).catch(() => undefined);
  if (!models) return bad("servers", `${baseUrl} does not answer`, "Start it, or correct generator.baseUrl.");
  if (!models.includes(model))
    return bad(
      "servers",
      `${baseUrl} has no model ${model || "(none is set)"}`,
      `Choose one of: ${models.slice(0, 8).join(", ") || "none is there"}.`,
    );
  return good("servers", `${baseUrl} has ${model}; the council thinks with it`);
}
