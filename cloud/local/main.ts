/** `npm run cloud`: the cloud on this machine, until Ctrl-C. Mail is shown here instead of sent, and nothing is kept. */
import { once } from "node:events";
import { startLocalCloud } from "./start.ts";

const write = (text: string) => process.stdout.write(`${text}\n`);

const cloud = await startLocalCloud({ gateway: true, onMail: ({ to, subject, text }) => write(`\nMail to ${to}: ${subject}\n${text}\n`) });
write(`The cloud is at ${cloud.url} (its description: ${cloud.url}/openapi.json).`);
write(`Its gateway is at ${cloud.gateway} (QUIC over UDP, HTTP/2 over TCP); devices get their certificates at ${cloud.url}/v1/devices.`);
write("Stand-ins take the place of Stripe, mail and providers of models: no money moves, and no text leaves this machine.");
await Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
await cloud.close();
