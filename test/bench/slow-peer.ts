/**
 * Measures `@openredaction/core` with its defaults, in a process of its own: it may be ended when it takes too long, so
 * each result is printed as soon as it is there. Less text than others get, since its time grows faster than the text.
 */
import { OpenRedaction } from "@openredaction/core";
import { plantedTexts } from "./redaction-corpus.ts";
import { quality } from "./redaction-quality.ts";

const TEXTS = 100;

const texts = plantedTexts(TEXTS);
const redactor = new OpenRedaction();
await redactor.detect(texts[0]?.text ?? ""); // warm

const marked: { start: number; end: number }[][] = [];
const pieces = await speed(
  texts.map(({ text }) => text),
  (found) => marked.push(found),
);
console.log(JSON.stringify({ pieces, ...quality(texts, marked) }));
console.log(JSON.stringify({ whole: await speed([texts.map(({ text }) => text).join("\n")]) }));

/** MB/s of processor time. */
async function speed(inputs: readonly string[], found: (spans: { start: number; end: number }[]) => void = () => {}): Promise<number> {
  const size = inputs.reduce((sum, text) => sum + text.length, 0) / 1e6;
  const before = process.threadCpuUsage();
  for (const text of inputs) {
    const { detections } = await redactor.detect(text);
    found(detections.map(({ position: [start, end] }) => ({ start, end })));
  }
  const { user, system } = process.threadCpuUsage(before);
  return (size / (user + system)) * 1e6;
}
