/** A process of its own that appends to the log in the folder it is given, and says so after each entry. */
import { writeSync } from "node:fs";
import { EgressLog } from "./log.ts";

const [home = "", count = "1", size = "0"] = process.argv.slice(2);
const log = new EgressLog(home);
for (let i = 0; i < Number(count); i++)
  writeSync(1, `${log.append("cloud.example", `body ${i} of ${process.pid} ${"x".repeat(Number(size))}`).sequence}\n`);
