/** The language of a text, as far as its letters and smallest words show it. */

/** Small words that one language has and the others mostly lack. */
const SMALL_WORDS: Readonly<Record<string, ReadonlySet<string>>> = Object.fromEntries(
  Object.entries({
    English:
      "the of and to is are was were what which who how why when where does did do for with that this it its by from have has can an",
    German:
      "der die das und ist sind war wer wie warum wann wo wurde nicht ein eine einen mit von zu auf für im dem den des sich auch wird welche welcher kann ich",
    French:
      "le les des du et est sont était qui quoi comment pourquoi quand où une un dans pour avec par sur ne pas que ce cette il elle au aux quel quelle je",
    Spanish: "el los las del y es son fue quién qué cómo cuándo dónde una un en para con por su se que al lo cuál quien como cuando donde",
    Italian: "il gli dei della delle di è sono era chi che cosa come perché quando dove una un in per con da nel nella si anche quale",
    Portuguese: "os as dos das do da e é são foi quem como quando onde uma um em para com por não que ao no na qual",
    Dutch: "het een en is zijn was wie wat hoe waarom wanneer waar van voor met op te niet die dat door ook welke ik",
    Polish: "i jest są był kto co jak dlaczego kiedy gdzie w na do z nie się że to przez który dla",
    Swedish: "och är var vem vad hur varför när ett en som för med av på till inte det den att",
  }).map(([language, words]) => [language, new Set(words.split(" "))]),
);

const SCRIPTS: readonly [RegExp, string][] = [
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "Japanese"],
  [/\p{Script=Hangul}/gu, "Korean"],
  [/\p{Script=Han}/gu, "Chinese"],
  [/\p{Script=Cyrillic}/gu, "Russian or another language in Cyrillic"],
  [/\p{Script=Arabic}/gu, "Arabic"],
  [/\p{Script=Hebrew}/gu, "Hebrew"],
  [/\p{Script=Greek}/gu, "Greek"],
  [/\p{Script=Devanagari}/gu, "Hindi"],
];

/** As much as is read of a text, in characters. */
const READ = 2000;
/** So many small words must speak for a language, and so many more than for the next. */
const LEAST = 2;

/** Its English name; undefined where too little of the text shows it. */
export function languageOf(text: string): string | undefined {
  const start = text.slice(0, READ);
  const letters = start.match(/\p{L}/gu)?.length ?? 0;
  const script = SCRIPTS.find(([pattern]) => (start.match(pattern)?.length ?? 0) > letters * (pattern.source.includes("Hira") ? 0.1 : 0.4));
  if (script) return script[1];
  const words = start.toLowerCase().match(/\p{L}+/gu) ?? [];
  const counted = Object.entries(SMALL_WORDS)
    .map(([language, small]) => ({ language, count: words.filter((word) => small.has(word)).length }))
    .sort((a, b) => b.count - a.count);
  const [first, second] = counted;
  return first && first.count >= LEAST && first.count >= LEAST + (second?.count ?? 0) - 1 ? first.language : undefined;
}
