import type { Cutter } from "../chunk.ts";
import { pack } from "./sentence.ts";
import { SIZE, unitsOf } from "./units.ts";

/** Every paragraph, and every definition of code, is a chunk of its own; only lines of a table or a log are joined. */
export function paragraphCutter(size = SIZE): Cutter {
  return (text, section) => {
    const units = unitsOf(text, section, size);
    return section.layout === "lines" ? pack(units, text, size) : units;
  };
}
