/** Checks of addresses of machines and pages, without the expressions that would say the same: these stand in many texts. */

const [COLON, DOT] = [58, 46];
const GROUPS = 8;
const LONGEST_GROUP = 4;
/** `::` and what is not longer stand for this machine, or for none. */
const SHORTEST = 5;

/** An IPv6 address other than the loopback, with a digit (`A::B` is code). @param text of hexadecimal digits, colons and, at its end, dots. */
export function ipv6(text: string): boolean {
  return text.length >= SHORTEST && /\d/.test(text) && isIpv6(text);
}

function isIpv6(text: string): boolean {
  let groups = 0;
  let length = 0;
  let skipped = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === DOT) return isOctets(text.slice(i - length)) && fits(groups + 2, skipped);
    if (code !== COLON) {
      if (++length > LONGEST_GROUP) return false;
    } else if (text.charCodeAt(i + 1) === COLON) {
      if (skipped) return false;
      skipped = true;
      if (length > 0) groups++;
      length = 0;
      i++;
    } else {
      if (length === 0) return false;
      groups++;
      length = 0;
      if (i === text.length - 1) return false;
    }
  }
  return fits(length > 0 ? groups + 1 : groups, skipped);
}

/** Eight groups, or fewer with a gap. */
function fits(groups: number, skipped: boolean): boolean {
  return skipped ? groups < GROUPS : groups === GROUPS;
}

function isOctets(text: string): boolean {
  return /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)\.){3}(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/.test(text);
}

/** A URL that may say who somebody is: not one of a well-known public site's plain pages, and not this machine's. */
export function privateUrl(text: string): boolean {
  const scheme = text.indexOf("://");
  const start = behindWww(text, scheme < 0 ? 0 : scheme + "://".length);
  let end = start;
  while (end < text.length && !endsHost(text.charCodeAt(end))) end++;
  if (end === start) return true;
  const host = text.slice(start, end).toLowerCase();
  if (/^(?:localhost|127\.|0\.0\.0\.0|\[?::1|example\.(?:com|org|net)$)/.test(host)) return false;
  return !isPublic(host) || /[?&#].*=/.test(text.slice(end));
}

const LETTER_W = 119;

function behindWww(text: string, at: number): number {
  if ((text.charCodeAt(at) | 32) !== LETTER_W) return at;
  return text.slice(at, at + "www.".length).toLowerCase() === "www." ? at + "www.".length : at;
}

/** `/`, `:`, `?` or `#`. */
const endsHost = (code: number) => code === 47 || code === 58 || code === 63 || code === 35;

const PUBLIC_NAMES = new Set(
  "github gitlab wikipedia wikimedia google googleapis youtube w3 mozilla npmjs nodejs python pypi rust-lang golang apache gnu debian ubuntu kernel microsoft apple amazon stackoverflow stackexchange schema creativecommons opensource ietf rfc-editor readthedocs docker cloudflare archive arxiv doi json-schema xmlsoap iana oasis-open unicode jquery jsdelivr unpkg bootstrapcdn".split(
    " ",
  ),
);
const PUBLIC_ENDS = new Set(["com", "org", "io", "net", "dev"]);

/** @param host in small letters. */
function isPublic(host: string): boolean {
  const last = host.lastIndexOf(".");
  const before = host.lastIndexOf(".", last - 1);
  if (last < 0 || !PUBLIC_ENDS.has(host.slice(last + 1)) || !PUBLIC_NAMES.has(host.slice(before + 1, last))) return false;
  return before < 0 || /^[\w-]+(?:\.[\w-]+){0,2}$/.test(host.slice(0, before));
}
