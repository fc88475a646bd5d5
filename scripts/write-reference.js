// Writes docs/reference.md from the program itself: commands from the built manifest, errors from their table, hooks and
// settings from their types. `--check` only says whether the file is up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { configSchema } from "../bin/services/config.ts";
import { errorTable } from "../kernel/index.ts";

const { commands } = JSON.parse(readFileSync("oclif.manifest.json", "utf8"));
const schema = configSchema();
const settings = Object.entries(schema.properties).flatMap(([key, top]) =>
  top.properties ? Object.entries(top.properties).map(([name, setting]) => ({ key: `${key}.${name}`, ...setting })) : [{ key, ...top }],
);

const text = `# Reference

Written by \`npm run docs\` from the program itself.

## Commands

${Object.values(commands)
  .filter((command) => !command.hidden)
  .sort((a, b) => (a.id < b.id ? -1 : 1))
  .map(commandSection)
  .join("\n\n")}

## Settings

Kept in \`config.json\` in the home folder. \`synesis config set KEY VALUE\` changes one.

| key | default | meaning |
|---|---|---|
${settings.map((setting) => `| \`${setting.key}\` | \`${JSON.stringify(setting.default)}\` | ${setting.description} |`).join("\n")}

[config.schema.json](config.schema.json) is the same for editors.

## Environment

| variable | meaning |
|---|---|
| \`SYNESIS_HOME\` | the folder that holds everything SuperInstance keeps |
| \`SYNESIS_DEBUG\` | when set, an unforeseen error is printed with its stack |

## Errors

With \`--json\` an error is printed as \`{"error": {"code", "message", "next"}}\`.

| code | exit | meaning | what to do |
|---|---|---|---|
${errorTable()
  .map(({ code, exit, message, next }) => `| \`${code}\` | ${exit} | ${message} | ${next} |`)
  .join("\n")}

## Hooks

| hook | kind | what it is for |
|---|---|---|
| \`preRedact\` | waterfall | detectors say where secrets stand; if one fails, nothing goes on |
| \`retrieve\` | waterfall | finding passages, then reranking them |
| \`agentVote\` | parallel | agents propose and judge |
| \`consensus\` | bail | the first plugin that decides makes the verdict |
| \`escalate\` | bail | the first provider that answers |
| \`bill\` | series | ledgers write receipts down |
| \`reinflate\` | waterfall | giving values back |
`;

const files = { "docs/reference.md": text, "docs/config.schema.json": `${JSON.stringify(schema, null, 2)}\n` };

for (const [file, contents] of Object.entries(files)) {
  if (!process.argv.includes("--check")) writeFileSync(file, contents);
  else if (readFileSync(file, "utf8") !== contents) throw new Error(`${file} is not up to date: run npm run docs`);
}

function commandSection({ id, summary, description, args, flags, examples = [] }) {
  const name = id.replaceAll(":", " ");
  const given = Object.values(args).map((arg) => (arg.required ? ` ${arg.name.toUpperCase()}` : ` [${arg.name.toUpperCase()}]`));
  const rows = [
    ...Object.values(args).map((arg) => `| \`${arg.name.toUpperCase()}\` | ${arg.description} |`),
    ...Object.values(flags).map(
      (flag) =>
        `| \`${flag.char ? `-${flag.char}, ` : ""}--${flag.name}${flag.type === "option" ? ` ${flag.helpValue ?? "VALUE"}` : ""}\` | ${flag.description} |`,
    ),
  ];
  return [
    `### synesis ${name}${given.join("")}`,
    summary ?? description,
    summary && description ? description : "",
    `| argument or flag | meaning |\n|---|---|\n${rows.join("\n")}`,
    examples.length > 0
      ? `\`\`\`\n${[examples]
          .flat()
          .map((example) => String(example).replaceAll("<%= config.bin %>", "synesis").replaceAll("<%= command.id %>", name))
          .join("\n")}\n\`\`\``
      : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}
