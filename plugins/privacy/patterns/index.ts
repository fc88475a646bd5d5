import { contact } from "./contact.ts";
import { credentials } from "./credentials.ts";
import { finance } from "./finance.ts";
import type { Pattern } from "./pattern.ts";

/** Every pattern that comes with the program. */
export const builtInPatterns: readonly Pattern[] = [...contact, ...credentials, ...finance];
