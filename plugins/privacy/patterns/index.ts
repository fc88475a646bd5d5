import { contact } from "./contact.ts";
import { finance } from "./finance.ts";
import { nationalIds } from "./national-ids.ts";
import type { Pattern } from "./pattern.ts";
import { personal } from "./personal.ts";
import { secrets } from "./secrets.ts";
import { services } from "./services.ts";

/** Every pattern that comes with the program. */
export const builtInPatterns: readonly Pattern[] = [...services, ...secrets, ...finance, ...nationalIds, ...contact, ...personal];
