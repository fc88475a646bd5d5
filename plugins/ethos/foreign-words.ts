/** Word for word into English: enough to let the policy see what a request in another language asks for. */
import file from "./foreign-words.json" with { type: "json" };

/** So much of a text, at least, must be words of the language. */
const LEAST_KNOWN = 0.5;

const LANGUAGES: readonly ReadonlyMap<string, string>[] = [file.de, file.fr, file.es].map(
  (words) => new Map(words.split(" ").map((pair) => pair.split("=") as [string, string])),
);

/** English readings of a question in German, French or Spanish: in its own order, and with its last verb moved up. */
export function inEnglish(question: string): string[] {
  const words = question.toLowerCase().match(/[\p{L}'’-]+/gu) ?? [];
  return LANGUAGES.flatMap((language) => {
    const known = words.filter((word) => language.has(word)).length;
    if (known < 3 || known / words.length < LEAST_KNOWN) return [];
    const english = words.map((word) => (language.get(word) ?? word).replaceAll("_", " "));
    const [how = "", ...rest] = english;
    return [english.join(" "), [how, "can i", rest.at(-1), ...rest.slice(0, -1)].join(" ")];
  });
}
