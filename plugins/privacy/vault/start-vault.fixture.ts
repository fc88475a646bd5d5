/** A process of its own that starts the vault in the folder it is given and prints the numbers it was assigned. */
import { SqliteTokenVault } from "./vault.ts";

const [home = "", ...values] = process.argv.slice(2);
const vault = new SqliteTokenVault(home);
const numbers = vault.session("shared").assign(values.map((value) => ({ type: "EMAIL", value })));
process.stdout.write(JSON.stringify(numbers));
vault.close();
