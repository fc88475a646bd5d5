/** `npm run cloud [-- --mail FOLDER]`: the cloud on this machine, until Ctrl-C. Mail is shown here, or dropped into a folder, instead of sent. */
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { parseArgs } from "node:util";
import { startLocalCloud } from "./start.ts";

const write = (text: string) => process.stdout.write(`${text}\n`);

const { mail: mailFolder } = parseArgs({ options: { mail: { type: "string" } } }).values;
if (mailFolder !== undefined) mkdirSync(mailFolder, { recursive: true });

const cloud = await startLocalCloud({
  gateway: true,
  mailFolder,
  onMail: ({ to, subject, text }) => write(`\nMail to ${to}: ${subject}\n${text}\n`),
});
write(`The cloud is at ${cloud.url} (its description: ${cloud.url}/openapi.json).`);
write(`Its gateway is at ${cloud.gateway} (QUIC over UDP, HTTP/2 over TCP); devices get their certificates at ${cloud.url}/v1/devices.`);
write("Stand-ins take the place of Stripe, mail and providers of models: no money moves, and no text leaves this machine.");
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await cloud.close();
