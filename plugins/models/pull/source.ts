import { basename } from "node:path";
import { SynesisError } from "../../../kernel/index.ts";
import { findInCatalogue } from "../catalogue.ts";

/** Where a model comes from, and what it will be called here. */
export interface Source {
  readonly id: string;
  readonly url: string;
  /** The name of its file in the models folder. */
  readonly fileName: string;
  readonly sha256?: string;
}

const HUB_PATH = /^[\w.-]+\/[\w.-]+\/[\w./-]+\.gguf$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * What a user means by the name of a model: one of the catalogue, a path on the hub (owner/repository/file.gguf), or the
 * address of any file.
 *
 * @param hub the hub's address, without a slash at its end.
 * @throws SynesisError MODEL_NOT_FOUND, USAGE
 */
export function resolveSource(name: string, hub: string): Source {
  const found = findInCatalogue(name);
  if (found) {
    const { hub: path, sha256 } = found.file;
    const source = { id: name.toLowerCase(), url: hubUrl(hub, path), fileName: basename(path) };
    return sha256 === undefined ? source : { ...source, sha256 };
  }
  if (/^(?:https?|file):/i.test(name)) return fromUrl(name);
  if (HUB_PATH.test(name) && !name.includes("..")) return named(hubUrl(hub, name), basename(name));
  throw new SynesisError("MODEL_NOT_FOUND", `(${name.slice(0, 80)})`);
}

function hubUrl(hub: string, path: string): string {
  const [owner, repository, ...file] = path.split("/");
  return `${hub}/${owner}/${repository}/resolve/main/${file.join("/")}`;
}

function fromUrl(text: string): Source {
  if (!URL.canParse(text)) throw new SynesisError("USAGE", "The address of the model cannot be read.");
  const url = new URL(text);
  if (url.username || url.password) throw new SynesisError("USAGE", "An address with a password in it is not taken.");
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) throw new SynesisError("USAGE", "A model is downloaded by https: only.");
  // the hub's own pages show a file at /blob/
  url.pathname = url.pathname.replace(/^(\/[\w.-]+\/[\w.-]+)\/blob\//, "$1/resolve/");
  return named(url.href, basename(url.pathname));
}

function named(url: string, encoded: string): Source {
  const fileName = decode(encoded);
  if (!/^\w[\w.+-]{0,200}\.gguf$/i.test(fileName)) throw new SynesisError("USAGE", "The address must end with the name of a GGUF file.");
  return { id: fileName.slice(0, -".gguf".length).toLowerCase(), url, fileName };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
}
