import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runtimePackages } from "./runtime.ts";

const check = (platform: string, arch: string, gpu: boolean, parts: string[]) =>
  test(`${platform}-${arch}${gpu ? " with its GPU" : ""} needs ${parts.join(", ")}`, () =>
    expect(runtimePackages(platform, arch, gpu)).toEqual([
      "node-llama-cpp@3.21.1",
      ...parts.map((part) => `@node-llama-cpp/${part}@3.21.1`),
    ]));

check("linux", "x64", false, ["linux-x64"]);
check("linux", "x64", true, ["linux-x64", "linux-x64-cuda", "linux-x64-cuda-ext", "linux-x64-vulkan"]);
check("darwin", "arm64", true, ["mac-arm64-metal"]);
check("win32", "x64", false, ["win-x64"]);

test("a platform without the library is told what else there is", () => {
  expect(() => runtimePackages("freebsd", "x64", false)).toThrow(
    expect.objectContaining({ code: "RUNTIME_INSTALL_FAILED", next: expect.stringContaining("openai-compatible") }),
  );
});

test("what is tested is what is installed", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
  expect(runtimePackages("linux", "x64", false)).toContain(`node-llama-cpp@${devDependencies["node-llama-cpp"]}`);
});
