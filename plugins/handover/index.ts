/**
 * A project as one file that can be handed over: signed by who makes it, sealed with a passphrase, read whole before
 * anything of it is kept. What it looks like is in format.ts.
 */
export { isBundlePath, VALUES } from "./format.ts";
export { type OpenedBundle, openBundle } from "./open.ts";
export { sealBundle } from "./seal.ts";
export { fingerprintOf, signingKey } from "./signing-key.ts";
export { openForReceiver, parseReceiver, receiverText, receivingKey, sealForReceiver } from "./values.ts";
