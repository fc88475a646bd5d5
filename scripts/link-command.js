// In a clone, makes `npx synesis` find this very checkout: without a link in node_modules/.bin, npx installs the package
// into a cache of its own and builds it again at every call. Nothing to do where npm installed the package: npm links it.
import { existsSync, rmSync, symlinkSync } from "node:fs";

const link = "node_modules/.bin/synesis";

if (process.platform !== "win32" && existsSync("node_modules/.bin")) {
  rmSync(link, { force: true });
  symlinkSync("../../bin/synesis.js", link);
}
