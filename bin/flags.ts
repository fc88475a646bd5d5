/** Flags that several commands share. */
import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../kernel/index.ts";

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

export const paths = Flags.string({
  multiple: true,
  helpValue: "DIR",
  description: "Answer from this folder or file, after indexing what is new in it. May be repeated.",
});
