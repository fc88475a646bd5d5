/** A registry of packages on this machine, of which npm can install: it serves what is put into it. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

interface Published {
  readonly manifest: { readonly name: string; readonly version: string };
  readonly tarball: Buffer;
}

export class Registry {
  readonly #packages = new Map<string, Published>();
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? "/").slice(1);
      const tarball = this.#packages.get(path.replace(/\/-\/package\.tgz$/, ""));
      const found = path.endsWith("/-/package.tgz") ? tarball?.tarball : this.#document(path);
      response.statusCode = found ? 200 : 404;
      response.end(found ?? "{}");
    });
  }

  static async start(): Promise<Registry> {
    const registry = new Registry();
    await new Promise<void>((resolve) => registry.#server.listen(0, "127.0.0.1", resolve));
    return registry;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  publish(manifest: Published["manifest"], tarball: string): void {
    this.#packages.set(manifest.name, { manifest, tarball: readFileSync(tarball) });
  }

  close(): void {
    this.#server.close();
  }

  #document(name: string): string | undefined {
    const published = this.#packages.get(name);
    if (!published) return undefined;
    const { manifest, tarball } = published;
    const integrity = `sha512-${createHash("sha512").update(tarball).digest("base64")}`;
    const version = { ...manifest, dist: { tarball: `${this.url}${name}/-/package.tgz`, integrity } };
    return JSON.stringify({ name, "dist-tags": { latest: manifest.version }, versions: { [manifest.version]: version } });
  }
}
