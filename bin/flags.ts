/** Flags that several commands share. */
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../kernel/index.ts";
import { timeOf } from "./services/filter.ts";

export const session = Flags.string({ helpValue: "NAME", description: "Use the tokens of this session; a new session when absent." });

export const topK = Flags.integer({ min: 1, max: 100, helpValue: "N", description: "How many passages to consider." });

export const threshold = Flags.custom<number>({
  helpValue: "X",
  description: "Agreement needed, from 0 to 1.",
  parse: async (text) => {
    const value = Number(text);
    if (text.trim() === "" || !(value >= 0 && value <= 1)) throw new SynesisError("USAGE", "--threshold is a number from 0 to 1.");
    return value;
  },
})();

export const rounds = Flags.integer({ min: 1, max: 3, helpValue: "N", description: "Rounds of deliberation at most." });

export const type = Flags.string({
  multiple: true,
  helpValue: "TYPE",
  description: "Only documents of this kind (markdown, pdf, code …) or with this ending (md, ts …). May be repeated: any of them.",
});

export const tag = Flags.string({
  multiple: true,
  helpValue: "TAG",
  description: "Only documents whose front matter names this tag. May be repeated: all of them.",
});

const time = Flags.custom<number, { edge: "begin" | "end" }>({
  helpValue: "DATE",
  parse: async (text, _, { edge }) => timeOf(text, edge),
});

export const since = time({ edge: "begin", description: "Only files modified on this day or later: 2026-01-31, or 2026-01-31T18:30." });

export const until = time({ edge: "end", description: "Only files modified on this day or before." });

export const searchPaths = Flags.string({
  multiple: true,
  helpValue: "DIR",
  description: "Only what is indexed of this folder or file. May be repeated.",
});

/** Which documents are looked at. */
export const filters = { type, since, until, tag };

export const paths = Flags.string({
  multiple: true,
  helpValue: "DIR",
  description: "Answer from this folder or file, after indexing what is new in it. May be repeated.",
});

/** Whether, and which, model elsewhere is asked. */
export const elsewhere = {
  cloud: Flags.boolean({
    exclusive: ["local"],
    description: "Where the council does not agree, ask a model elsewhere, with redacted text: the cloud, or your own provider.",
  }),
  local: Flags.boolean({ description: "Ask nobody elsewhere, whatever the settings say." }),
  model: Flags.string({ helpValue: "auto|sonnet|opus|gpt|ID", description: "The model elsewhere to ask." }),
  project: Flags.string({
    helpValue: "PROJECT",
    dependsOn: ["cloud"],
    description: "Ask in this project of the cloud, by its id or name: its owner pays, and those who watch see it.",
  }),
  shared: Flags.boolean({
    dependsOn: ["cloud"],
    description: "Have the cloud look also in what is shared with it: with the project, or else by you (`synesis knowledge share`).",
  }),
};

export const lora = Flags.custom<string>({
  helpValue: "NAME",
  description: "Think with this adapter (see `synesis lora list`); with --cloud, with this one of the cloud's (`--cloud` there too).",
  parse: async (text) => {
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(text)) throw new SynesisError("USAGE", "--lora takes an adapter's name.");
    return text;
  },
})();
