/** Who may import whom, and where `Redacted` may be made: the rules of docs/ARCHITECTURE.md as a test. */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const IMPORT = /(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)["'`]([^"'`]+)["'`]/g;

/** What plugins may use of the pipeline. */
const PIPELINE_SURFACE =
  /^pipeline\/(?:database|keychain|private-file|pool|serve|stop-flag|worker-url|run-log|wasm|(?:text|think|escalate|gguf)\/[\w-]+)\.ts$/;

interface Edge {
  readonly from: string;
  readonly to: string;
}

const files = globSync("{kernel,sdk,pipeline,plugins,cloud,bin}/**/*.ts", { cwd: ROOT }).filter((file) => !file.endsWith(".test.ts"));

const edges: Edge[] = files.flatMap((from) =>
  Array.from(readFileSync(join(ROOT, from), "utf8").matchAll(IMPORT), ([, specifier = ""]) => ({
    from,
    to: specifier.startsWith(".") ? normalize(join(dirname(from), specifier)) : specifier,
  })),
);

function check(rule: string, applies: (edge: Edge) => boolean, allowed: (edge: Edge) => boolean): void {
  test(rule, () => {
    const subject = edges.filter(applies);
    expect(subject.length).toBeGreaterThan(0);
    expect(subject.filter((edge) => !allowed(edge))).toEqual([]);
  });
}

const inside = (path: string, folder: string) => path.startsWith(`${folder}/`);
const isPackage = (to: string) => !/^(?:kernel|sdk|pipeline|plugins|cloud|bin|test|plugin-template)\//.test(to) && !to.startsWith(".");
const pluginOf = (path: string) => path.split("/")[1];

check(
  "the kernel imports only itself and tapable",
  ({ from }) => inside(from, "kernel"),
  ({ to }) => inside(to, "kernel") || to === "tapable",
);

check(
  "the pipeline imports itself, the kernel's public surface and packages",
  ({ from }) => inside(from, "pipeline"),
  ({ to }) => inside(to, "pipeline") || to === "kernel/index.ts" || isPackage(to),
);

check(
  "a plugin imports itself, the public surfaces of kernel and pipeline, the wire, and packages; never another plugin",
  ({ from }) => inside(from, "plugins"),
  ({ from, to }) =>
    (inside(to, "plugins") && pluginOf(to) === pluginOf(from)) ||
    inside(to, "cloud/wire") ||
    to === "kernel/index.ts" ||
    PIPELINE_SURFACE.test(to) ||
    isPackage(to),
);

check(
  "the wire imports itself and protobuf: it runs everywhere",
  ({ from }) => inside(from, "cloud/wire"),
  ({ to }) => inside(to, "cloud/wire") || to.startsWith("@bufbuild/protobuf"),
);

check(
  "the cloud imports itself, the kernel's public surface, the plugins of its own bundle, and packages",
  ({ from }) => inside(from, "cloud") && !inside(from, "cloud/worker"),
  ({ to }) => inside(to, "cloud") || inside(to, "plugins/tunnel") || to === "kernel/index.ts" || isPackage(to),
);

check(
  "what authors of plugins import stands on the kernel, the patterns and the checks of plugins alone",
  ({ from }) => inside(from, "sdk"),
  ({ to }) => to === "kernel/index.ts" || /^plugins\/(?:privacy\/(?:patterns|scan)|third-party)\//.test(to) || inside(to, "sdk"),
);

test("templates and fixtures of plugins import what is published, and nothing else", () => {
  const theirs = globSync("{plugin-template,test/fixtures/plugins}/**/*.{js,ts}", { cwd: ROOT });
  const imports = theirs.flatMap((file) => Array.from(readFileSync(join(ROOT, file), "utf8").matchAll(IMPORT), ([, to = ""]) => to));
  expect(theirs.length).toBeGreaterThan(8);
  const published = /^(?:package\.json|superinstance(?:\/testkit)?|node:(?:assert\/strict|fs|test)|\.\/[\w.-]+)$/;
  expect(imports.filter((to) => !published.test(to))).toEqual([]);
});

check(
  "the Worker imports itself, the wire, the CA of devices, the kernel's public surface, the pipeline's pure stages, the plugins of its bundle, and packages",
  ({ from }) => inside(from, "cloud/worker") && !inside(from, "cloud/worker/proof"),
  ({ to }) =>
    inside(to, "cloud/worker") ||
    inside(to, "cloud/wire") ||
    inside(to, "cloud/device-ca") ||
    to === "kernel/index.ts" ||
    /^pipeline\/(?:council|with-model)\.ts$/.test(to) ||
    /^plugins\/(?:consensus|ethos|logos|pathos)\/index\.ts$/.test(to) ||
    /^plugins\/(?:third-party\/(?:in-process|manifest)|generator-openai\/(?:chat|openai-generator)|privacy\/(?:patterns\/services|scan\/anchors))\.ts$/.test(
      to,
    ) ||
    isPackage(to),
);

check(
  "nobody imports the command line",
  ({ from }) => !inside(from, "bin"),
  ({ to }) => !inside(to, "bin"),
);

check(
  "the command line uses the kernel by its public surface",
  ({ from, to }) => inside(from, "bin") && inside(to, "kernel"),
  ({ to }) => to === "kernel/index.ts",
);

test("a program's own text is a text file's import and nothing else", () => {
  const uses = files.flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return Array.from(text.matchAll(/\bprogramText\(([^)]*)\)/g), ([, argument = ""]) => ({ file, argument, text }));
  });
  const calls = uses.filter(({ file }) => file !== "kernel/redacted.ts");
  expect(calls.length).toBeGreaterThan(0);
  expect(calls.filter(({ argument, text }) => !new RegExp(`^import ${argument} from "[^"]+\\.md";$`, "m").test(text))).toEqual([]);
});

test("commands stay thin: they parse and print", () => {
  const long = files.filter((file) => inside(file, "bin/commands") && readFileSync(join(ROOT, file), "utf8").split("\n").length > 110);
  expect(long).toEqual([]);
});

test("only the minting file makes text Redacted", () => {
  const makers = files.filter((file) =>
    /\bas (?:unknown as |never as )?(?:readonly )?Redacted\b/.test(readFileSync(join(ROOT, file), "utf8")),
  );
  expect(makers).toEqual(["kernel/redacted.ts"]);
});

test("no file ends the process but the boundary of the command line", () => {
  const enders = files.filter((file) => /process\.exit\(/.test(readFileSync(join(ROOT, file), "utf8")));
  expect(enders.sort()).toEqual(["bin/base-command.ts", "bin/cli.ts"]);
});
