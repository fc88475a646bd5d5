import { SynesisError } from "../../../kernel/index.ts";
import type { Hardware } from "../../../plugins/hardware/index.ts";
import { type Config, defaultConfig, loadConfig } from "../config.ts";
import { checkAccount } from "./account.ts";
import { attempt, type Check } from "./check.ts";
import { checkEmbedder } from "./embedder.ts";
import { checkGenerator } from "./generator.ts";
import { checkDatabase, checkDisk, checkHome, checkSettings } from "./home.ts";
import { checkEgress, checkPatterns } from "./privacy.ts";
import { checkNativeModules, checkNode, checkUdp } from "./program.ts";
import { checkGpu, checkMemory, checkModels, checkRuntime, checkServers } from "./thinking.ts";
import { checkKeychain, checkTokenKey } from "./vault-key.ts";

const REINSTALL = "Install the package again: `npm install` in its folder.";
const DATABASES = ["tokens.db", "knowledge.db", "runs.db", "ledger.db"];

/** Looks at everything that a command may need, in the order in which one would repair it. */
export async function examine(home: string): Promise<Check[]> {
  const { readHardware } = await import("../../../plugins/hardware/index.ts");
  const hardware: Hardware = await readHardware(home);
  const config = usableConfig(home);
  return Promise.all([
    checkNode(),
    attempt("native modules", REINSTALL, checkNativeModules),
    attempt("home", "Make it writable, or point SYNESIS_HOME to a folder that is.", () => checkHome(home)),
    attempt("settings", "Correct config.json.", () => checkSettings(home)),
    ...DATABASES.map((name) => attempt(name, `Move ${name} away; the next command makes a new one.`, () => checkDatabase(home, name))),
    attempt("token key", "Make the folder keys/ readable.", () => checkTokenKey(home, config)),
    attempt("keychain", "Keep keys in a file: synesis config set privacy.keyStore file", () => checkKeychain(home, config)),
    attempt("account", "Sign in again: synesis cloud login", () => checkAccount(home, config)),
    attempt("patterns", "Correct or remove your own patterns.", () => checkPatterns(home, config)),
    attempt("egress log", "Make egress.log readable.", () => checkEgress(home)),
    attempt("embedder", 'Correct embeddings.model, or set it to "".', () => checkEmbedder(home, config)),
    checkDisk(hardware),
    checkMemory(hardware),
    checkGpu(hardware),
    attempt("models", "Make the folder models/ readable.", () => checkModels(home, config, hardware)),
    checkRuntime(home, config),
    attempt("servers", "Correct generator.baseUrl.", () => checkServers(config)),
    attempt("generator", "Correct the settings under generator, or choose none: synesis config set generator.kind embedded", () =>
      checkGenerator(home, config),
    ),
    attempt("udp", "Allow UDP on this machine; without it the tunnel uses HTTP/2.", () => checkUdp(config)),
  ]);
}

/** Settings that are wrong have a check of their own; the other checks go on with the defaults. */
function usableConfig(home: string): Config {
  try {
    return loadConfig(home);
  } catch (error) {
    if (error instanceof SynesisError) return defaultConfig();
    throw error;
  }
}
