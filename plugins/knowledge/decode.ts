import { analyse } from "chardet";

/** Bytes of a file as text, or why they are none. */
export type Decoded = { readonly text: string } | { readonly reason: string };

/** How much of a file is looked at to tell text from other data. */
const SAMPLE = 16_384;

/** UTF-8, UTF-16 by its mark or its pattern of zeros, else what its bytes look like; binary data is refused. */
export function decode(bytes: Uint8Array): Decoded {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return { reason: "binary file" };
  if (encoding !== "utf-8") return { text: new TextDecoder(encoding).decode(bytes) };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch {
    return decodeBroken(bytes);
  }
}

function encodingOf(bytes: Uint8Array): "utf-8" | "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const length = Math.min(bytes.length, SAMPLE);
  for (let i = 0; i < length; i++) if (bytes[i] === 0) zeros[i & 1] = (zeros[i & 1] as number) + 1;
  const [even, odd] = zeros as [number, number];
  if (even + odd === 0) return "utf-8";
  // Latin text in UTF-16 has a zero in every second place and none in the others.
  if (odd > length * 0.2 && even === 0) return "utf-16le";
  if (even > length * 0.2 && odd === 0) return "utf-16be";
  return undefined;
}

/** Mostly UTF-8 with a few broken bytes keeps what is right; otherwise it is of the time before Unicode. */
function decodeBroken(bytes: Uint8Array): Decoded {
  const lenient = new TextDecoder("utf-8").decode(bytes);
  const broken = count(lenient, /�/g);
  const multibyte = count(lenient, /[^\p{ASCII}�]/gu);
  if (broken > 0 && broken <= multibyte / 4) return { text: lenient };
  const text = new TextDecoder(legacyEncoding(bytes)).decode(bytes);
  const controls = count(text.slice(0, SAMPLE), /[^\P{Cc}\t\n\v\f\r]/gu);
  return controls > Math.min(text.length, SAMPLE) / 50 ? { reason: "binary file" } : { text };
}

const WESTERN = "windows-1252";
/** Kinds of Latin letters, which differ in few places: another than the western one has to be clearly likelier. */
const LATIN = /^(?:iso-8859-(?:1|2|9)|windows-125[0247-8])$/;
const SURE = { foreign: 20, latin: 35, lead: 15 };

/** The encoding that the bytes look like, where that is clear; the western one otherwise. */
function legacyEncoding(bytes: Uint8Array): string {
  const found = analyse(bytes.subarray(0, SAMPLE)).map(({ name, confidence }) => ({ name: name.toLowerCase(), confidence }));
  const [best] = found;
  if (!best || !isKnown(best.name)) return WESTERN;
  if (!LATIN.test(best.name)) return best.confidence >= SURE.foreign ? best.name : WESTERN;
  const western = found.find(({ name }) => name === "iso-8859-1" || name === WESTERN)?.confidence ?? 0;
  return best.confidence >= SURE.latin && best.confidence - western >= SURE.lead ? best.name : WESTERN;
}

function isKnown(encoding: string): boolean {
  try {
    return new TextDecoder(encoding).encoding !== "utf-8";
  } catch {
    return false; // one that the web's standard leaves out
  }
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
