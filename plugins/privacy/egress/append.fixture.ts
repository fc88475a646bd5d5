/** A process of its own that appends to the log in the folder it is given. */
import { EgressLog } from "./log.ts";

const [home = "", count = "1"] = process.argv.slice(2);
const log = new EgressLog(home);
for (let i = 0; i < Number(count); i++) log.append("cloud.example", `body ${i} of ${process.pid}`);
