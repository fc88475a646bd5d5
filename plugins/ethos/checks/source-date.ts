import type { Passage } from "../../../kernel/index.ts";

/** What is known of time: when it is, and when files were last changed. Milliseconds since 1970. */
export interface Clock {
  now(): number;
  /** When a document was last changed, where that is known. */
  changed(path: string): number | undefined;
}

const MONTHS = "january february march april may june july august september october november december".split(" ");
const ISO = /\b((?:19|20)\d{2})[-./](0[1-9]|1[0-2])(?:[-./](0[1-9]|[12]\d|3[01]))?\b/;
const SPELT =
  /\b(?:(\d{1,2})(?:st|nd|rd|th)? )?(january|february|march|april|may|june|july|august|september|october|november|december),? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?((?:19|20)\d{2})\b/i;
const STAMP =
  /(?:^|\n)\W{0,4}(?:last[ -](?:updated|modified|reviewed|changed)|updated|date|published|as of|valid from|version of)\b\W{0,6}([^\n]{4,40})/i;

/**
 * When what a passage says was written: by its path, its headings, or a line such as "Last updated: 3 May 2021"; else by
 * the file's last change. A date that is only spoken of in the text says nothing about the text.
 */
export function dateOf(passage: Passage<string> | undefined, clock: Clock): number | undefined {
  if (!passage) return undefined;
  return writtenDate(passage) ?? clock.changed(passage.path);
}

/** The date that a document gives itself. */
export function writtenDate({ path, title, heading, text }: Passage<string>): number | undefined {
  const stamp = STAMP.exec(text)?.[1];
  const places = [stamp, heading, title, path.replaceAll("_", "-")];
  return places.flatMap((place) => (place === undefined ? [] : (readDate(place) ?? []))).at(0);
}

/** The first date in a text, or undefined. */
export function readDate(text: string): number | undefined {
  const iso = ISO.exec(text);
  if (iso) return Date.UTC(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3] ?? 1));
  const spelt = SPELT.exec(text);
  if (!spelt) return undefined;
  return Date.UTC(Number(spelt[4]), MONTHS.indexOf((spelt[2] ?? "").toLowerCase()), Number(spelt[1] ?? spelt[3] ?? 1));
}
