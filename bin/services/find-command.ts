/** What is needed of oclif's manifest to start a command without loading all of oclif. */
export type CommandTable = Readonly<
  Record<
    string,
    { readonly id: string; readonly aliases: readonly string[]; readonly relativePath?: readonly string[]; readonly pluginName?: string }
  >
>;

export interface FoundCommand {
  /** The compiled file, relative to the package's folder. */
  readonly file: readonly string[];
  /** What is left of the arguments. */
  readonly argv: string[];
}

/** The command with the longest name that the arguments begin with; undefined when oclif itself has to look, or to help. */
export function findCommand(commands: CommandTable, argv: readonly string[]): FoundCommand | undefined {
  const options = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  if (options.includes("--help")) return undefined;
  for (let words = Math.min(3, argv.length); words > 0; words--) {
    const id = argv.slice(0, words).join(":");
    const command = Object.values(commands).find((candidate) => candidate.id === id || candidate.aliases.includes(id));
    if (command?.relativePath) return { file: command.relativePath, argv: argv.slice(words) };
  }
  return undefined;
}
