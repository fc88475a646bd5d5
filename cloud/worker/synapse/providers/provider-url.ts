/**
 * Addresses that a provider may have. They come from the deployment's settings; a slip there must not send questions, with
 * a key, to a machine inside somebody's network, nor over a line that others read.
 */

/** Names that are never a provider's: of this machine, of a local network, of nothing. */
const INNER_NAME = /(?:^|\.)(?:localhost|local|internal|intranet|lan|home|corp|private|test|invalid|onion|home\.arpa)\.?$/;
/** 0/8, 10/8, 100.64/10, 127/8, 169.254/16, 172.16/12, 192.0.0/24, 192.168/16, 198.18/15, and from 224 on. */
const INNER_V4 =
  /^(?:0|10|127|22[4-9]|2[3-5]\d)\.|^100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|^169\.254\.|^172\.(?:1[6-9]|2\d|3[01])\.|^192\.(?:168|0\.0)\.|^198\.1[89]\./;
/** A stand-in on this machine, the one place that plain HTTP may lead to. */
const STAND_IN = /^http:\/\/127\.0\.0\.1:\d+\//;

/** Whether it is HTTPS to a public name or address, without a login in it; or a stand-in on this machine. */
export function isProviderUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password, href } = new URL(text);
  if (STAND_IN.test(href)) return username === "" && password === "";
  // Numbers in every notation are four decimal ones by now. An IPv6 address is nobody's name: not one of them is taken.
  const inner = hostname.startsWith("[") || INNER_V4.test(hostname) || INNER_NAME.test(hostname) || !hostname.includes(".");
  return protocol === "https:" && username === "" && password === "" && !inner;
}
