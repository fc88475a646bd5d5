/**
 * An esbuild plugin: oclif's own files require each other when they are first used, not when they are loaded. Most of
 * what they would load (finding plugins, help, spinners) no command of ours uses. Only the form that TypeScript writes
 * for named imports is touched.
 */
import { readFile } from "node:fs/promises";

const REQUIRED = /^const (\w+) = (__importStar\(|__importDefault\()?require\("([^"]+)"\)\)?;$/gm;

const HELPER = `const __lazily = (load, es) => {
  let module;
  const get = () => (module ??= load());
  return new Proxy({}, {
    get: (_, key) => (key === "__esModule" ? es : get()[key]),
    has: (_, key) => key in get(),
    ownKeys: () => Reflect.ownKeys(get()),
    getOwnPropertyDescriptor: (_, key) => ({ ...Object.getOwnPropertyDescriptor(get(), key), configurable: true }),
  });
};\n`;

export const lazyOclif = {
  name: "lazy-oclif",
  setup(build) {
    build.onLoad({ filter: /@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      const lazy = source.replace(REQUIRED, (line, name, wrapped = "", from) => {
        const own = from.startsWith("."); // all of oclif's own say that they are ES modules
        if (wrapped && !own) return line;
        return `const ${name} = __lazily(() => require("${from}"), ${own});`;
      });
      return { contents: lazy === source ? source : HELPER + lazy, loader: "js" };
    });
  },
};
