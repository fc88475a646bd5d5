import * as Flags from "@oclif/core/flags";
import { SynesisError } from "../../../kernel/index.ts";

/** A flag that takes dollars, such as 5 or 5.00, and gives cents. */
export const dollarsFlag = Flags.custom<number>({
  helpValue: "DOLLARS",
  parse: async (text) => {
    if (!/^\d{1,5}(?:\.\d{1,2})?$/.test(text))
      throw new SynesisError("USAGE", "An amount is dollars and cents, such as 5 or 5.00, up to 10000.");
    return Math.round(Number(text) * 100);
  },
});

export const projectFlag = Flags.string({ required: true, helpValue: "PROJECT", description: "The project's id or name." });
