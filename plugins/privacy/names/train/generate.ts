/** Makes labelled texts out of templates and word lists. */
import { LABELS } from "../tagger.ts";
import * as lists from "./lists.ts";
import { TEMPLATES } from "./templates.ts";

/** What lexicons.py writes. */
export interface Lexicons {
  readonly first: readonly string[];
  readonly last: readonly string[];
  readonly street: readonly string[];
  readonly company: readonly string[];
  readonly job: readonly string[];
  readonly city: readonly string[];
  readonly town: readonly string[];
  readonly country: readonly string[];
  readonly common: readonly string[];
  readonly texts: readonly string[];
  /** Code and documentation. */
  readonly technical: readonly string[];
}

export interface Labelled {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number; readonly label: number }[];
}

export type Random = () => number;

type Piece = readonly [text: string, label: number];

const [O, PERSON, LOCATION, ORGANIZATION, ADDRESS, GROUP, TITLE] = LABELS.map((_, i) => i) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
];
const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const SYLLABLES =
  "ba be bi bo bu da de di do du fa fe fi ga ge go ha he hi ja jo ka ke ki ko ku la le li lo lu ma me mi mo mu na ne ni no nu pa pe po ra re ri ro ru sa se si so su ta te ti to tu va ve vi wa ya za zo ar en in on us an el is er os yn".split(
    " ",
  );

export class Generator {
  readonly #lex: Lexicons;
  readonly #random: Random;
  readonly #words: readonly string[];

  constructor(lexicons: Lexicons, random: Random) {
    this.#lex = lexicons;
    this.#random = random;
    this.#words = lexicons.common.slice(0, 6000);
  }

  /** A text of one to three templates or of ordinary sentences, sometimes without its capitals. */
  text(): Labelled {
    const dice = this.#random();
    if (dice < 0.24) return { text: this.#lines(this.#pick(this.#lex.technical)), spans: [] };
    if (dice < 0.28) return { text: this.#log(), spans: [] };
    if (dice < 0.34) return { text: this.#prose(), spans: [] };
    const pieces: Piece[] = [];
    const parts = this.#chance(0.55) ? 1 : this.#chance(0.6) ? 2 : 3;
    const gap = this.#pick([" ", " ", "\n", "\n\n"]);
    for (let i = 0; i < parts; i++) {
      if (i > 0) pieces.push([gap, O]);
      pieces.push(...(this.#chance(0.2) ? this.#plain() : this.#fill(this.#pick(TEMPLATES))));
    }
    const made = join(pieces, this.#casing());
    return this.#chance(0.12) && made.text.includes("\n") ? quoted(made, this.#pick(["> ", ">", "- ", "* ", "| ", "// ", "  "])) : made;
  }

  #chance = (p: number) => this.#random() < p;
  #pick = <T>(items: readonly T[]): T => items[Math.floor(this.#random() * items.length)] as T;
  #digits = (length: number) => Array.from({ length }, () => Math.floor(this.#random() * 10)).join("");

  #casing(): (text: string, label: number) => string {
    const dice = this.#random();
    if (dice < 0.13) return (text) => text.toLowerCase();
    if (dice < 0.16) return (text) => text.toUpperCase();
    if (dice < 0.2) return (text, label) => (label === LOCATION || label === PERSON ? text.toUpperCase() : text);
    if (dice < 0.26) return (text, label) => (label === LOCATION ? text.toUpperCase() : text);
    return (text) => text;
  }

  /** Lines of a log, of settings or of numbers. */
  #log(): string {
    const word = () => this.#pick(this.#words);
    const time = () => `2024-0${this.#digits(1)}-1${this.#digits(1)} 0${this.#digits(1)}:1${this.#digits(1)}:2${this.#digits(1)}`;
    const made: (() => string)[] = [
      () =>
        `${time()} ${this.#pick(["INFO", "WARN", "ERROR", "DEBUG", "[info]"])} ${word()}-${this.#digits(1)} ${word()} ${word()} ${word()}=${this.#digits(3)}`,
      () =>
        `${this.#pick(["Jan", "Mar", "Nov"])} ${this.#digits(2)} ${time().slice(11)} host ${word()}[${this.#digits(4)}]: ${word()} ${word()} ${word()}`,
      () => `${word()}.${word()} = ${this.#pick(["true", "false", this.#digits(2), `"${word()}"`, word()])}`,
      () => `  ${word()}: ${word()}`,
      () => `${word().toUpperCase()}_${word().toUpperCase()}=${word()}${this.#digits(2)}`,
      () => `${word()} ${this.#digits(4)} ${word()} ${this.#digits(8)}`,
      () => Array.from({ length: 5 }, () => this.#digits(2)).join(this.#pick([", ", " ", ";", "\t"])),
      () =>
        `-rw-r--r-- 1 ${word()} ${word()} ${this.#digits(5)} ${this.#pick(MONTHS)} ${this.#digits(2)} ${this.#pick(["2024", "10:23"])} ${word()}.${word()}`,
      () => `${word()}: ${this.#date()}`,
      () => `commit ${this.#digits(3)}a${this.#digits(2)}f${this.#digits(4)}b`,
      () => `${capital(word())} ${word()} ${word()} ${this.#digits(2)} ${word()} ${word()}.`,
    ];
    return Array.from({ length: 1 + Math.floor(this.#random() * 4) }, () => this.#pick(made)()).join("\n");
  }

  /** Sentences in which nothing is to be found. */
  #plain(): Piece[] {
    const sentence = this.#pick(this.#lex.texts);
    return [[this.#chance(0.7) ? capital(sentence) + this.#pick([".", ".", "!", "?", ""]) : sentence, O]];
  }

  #fill(template: string): Piece[] {
    return template.split(/(\{\w\})/).flatMap((piece): Piece[] => {
      const slot = /^\{(\w)\}$/.exec(piece)?.[1];
      return slot === undefined ? [[piece.replaceAll("{{", "{").replaceAll("}}", "}"), O]] : this.#slot(slot);
    });
  }

  #slot(slot: string): Piece[] {
    switch (slot) {
      case "p":
        return this.#person();
      case "f":
        return [[this.#first(), PERSON]];
      case "l":
        return [[this.#last(), PERSON]];
      case "t":
        return [[this.#pick(lists.FORMS_OF_ADDRESS), TITLE]];
      case "c":
        return [[this.#place(), LOCATION]];
      case "k":
        return [[this.#chance(0.05) ? this.#pick(lists.STATE_CODES) : this.#pick(this.#lex.country), LOCATION]];
      case "o":
        return [[this.#organization(), ORGANIZATION]];
      case "a":
        return this.#address(this.#pick([", ", " ", "\n", "\n ", ", "]));
      case "A":
        return this.#address("\n");
      case "g":
        return [[this.#lowered(this.#pick(lists.NATIONALITIES)), GROUP]];
      case "G":
        return [[this.#lowered(this.#pick(lists.NATIONALITIES)), O]];
      case "j":
        return [[this.#chance(0.5) ? this.#pick(lists.OCCUPATIONS) : this.#lowered(this.#pick(this.#lex.job)), O]];
      case "d":
        return [[this.#date(), O]];
      case "n":
        return [[this.#pick([this.#digits(1), this.#digits(2), this.#digits(3), `${this.#pick(["19", "20"])}${this.#digits(2)}`]), O]];
      case "W":
        return [[this.#pick(lists.NOT_NAMES), O]];
      case "I":
        return [[this.#pick(lists.IMPERATIVES), O]];
      case "V":
        return [[this.#pick(lists.VERBS), O]];
      case "L":
        return [[this.#pick(lists.FORM_LABELS), O]];
      case "U":
        return [[this.#pick(lists.CAPITALS), O]];
      case "X":
        return [[capital(this.#pick(this.#chance(0.5) ? this.#words : this.#lex.common)), O]];
      case "H":
        return [
          [
            Array.from({ length: 2 + Math.floor(this.#random() * 4) }, () =>
              this.#chance(0.2) ? this.#pick(["the", "of", "and", "in"]) : capital(this.#pick(this.#words)),
            ).join(" "),
            O,
          ],
        ];
      case "E":
        return [[this.#pick(this.#lex.last), O]];
      case "P":
        return [[this.#product(), O]];
      case "e":
        return [[`${this.#first().toLowerCase()}@${this.#invented().toLowerCase()}.com`, O]];
      case "T":
        return [
          [
            this.#pick([
              `+${this.#digits(2)} ${this.#digits(3)} ${this.#digits(4)}`,
              `${this.#digits(3)}-${this.#digits(3)}-${this.#digits(4)}`,
              `${this.#digits(3)} ${this.#digits(4)} office`,
            ]),
            O,
          ],
        ];
      default:
        return [[this.#pick(this.#words), O]];
    }
  }

  /** Some of the lines of a technical text that follow each other. */
  #lines(text: string): string {
    const lines = text.split("\n");
    const from = Math.floor(this.#random() * lines.length);
    return lines.slice(from, from + 2 + Math.floor(this.#random() * 10)).join("\n");
  }

  /** Sentences of a report, in capitals as usual or in small letters throughout, with words that no list has. */
  #prose(): string {
    const sentences = Array.from({ length: 2 + Math.floor(this.#random() * 4) }, () => {
      const words = this.#pick(this.#lex.texts).split(" ");
      return capital(words.map((word) => (this.#chance(0.12) ? this.#rareWord() : word)).join(" "));
    });
    const text = sentences.join(this.#pick([". ", " . ", ".\n", " .\n", "; "])) + this.#pick(["", ".", " ."]);
    const wrapped = this.#chance(0.5) ? text.replace(/(.{50,70}?) /g, "$1\n") : text;
    return this.#chance(0.6) ? wrapped.toLowerCase() : wrapped;
  }

  /** A word of a science or a craft: compounds, and endings on words that are known. */
  #rareWord(): string {
    const word = () => this.#pick(this.#lex.common);
    const made: (() => string)[] = [
      word,
      () => `${this.#pick(this.#words)}-${this.#pick(this.#words)}`,
      () =>
        `${word()}-${this.#pick(["like", "free", "wise", "stream", "flow", "dimensional", "induced", "layer", "type", "based", "order"])}`,
      () => `${this.#pick(["non", "semi", "pre", "re", "two", "cross", "sub", "anti", "quasi", "multi"])}-${word()}`,
      () => `${this.#pick(["hyper", "super", "micro", "magneto", "aero", "thermo", "un", "axi", "hydro", "electro", "inter"])}${word()}`,
      () => `${word()}${this.#pick(["al", "ity", "ic", "ized", "izing", "ous", "ment", "ae", "ation", "ness", "s", "s"])}`,
    ];
    return this.#pick(made)();
  }

  /** What programs, protocols and their parts are called. */
  #product(): string {
    const word = () => capital(this.#pick(this.#words));
    const letters = (length: number) => Array.from({ length }, () => this.#pick([..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"])).join("");
    const made: (() => string)[] = [
      () => this.#invented(),
      () => capital(this.#pick(this.#lex.common)),
      () => capital(this.#pick(this.#lex.common)) + this.#pick(["ify", "able", "js", "er", "kit", "DB", "ware", "lib", "Hub"]),
      () => letters(2 + Math.floor(this.#random() * 4)),
      () => letters(3) + this.#pick(["", "/2", "-256", " 2.0", "v2", "s"]),
      () => `${word()}${word()}`,
      () => `${this.#pick(this.#words)}${word()}`,
      () =>
        this.#pick([letters(3), word(), this.#invented()]) +
        this.#pick(["-like", "-based", "-specific", "-only", "-compatible", "-free", "-style", "-bound", "-encoded", "-compliant"]),
      () => word(),
      () => this.#pick(lists.NOT_NAMES),
      () => this.#pick(lists.CAPITALS),
    ];
    return this.#pick(made)();
  }

  #lowered = (text: string) => (this.#chance(0.15) ? text.toLowerCase() : text);
  #invented = () => capital(Array.from({ length: 2 + Math.floor(this.#random() * 3) }, () => this.#pick(SYLLABLES)).join(""));
  #first = () => (this.#chance(0.12) ? this.#invented() : this.#pick(this.#lex.first));

  #last(): string {
    const name = this.#chance(0.15)
      ? this.#invented() +
        this.#pick(["", "ov", "ova", "ić", "sen", "son", "sson", "ski", "ska", "ez", "ini", "ko", "dóttir", "yan", "vili", "escu"])
      : this.#pick(this.#lex.last);
    if (this.#chance(0.04)) return `${name}-${this.#pick(this.#lex.last)}`;
    if (this.#chance(0.03))
      return `${this.#pick(["van", "van der", "de", "von", "di", "da", "del", "la", "Mc", "O'"])} ${name}`.replace(/(Mc|O') /, "$1");
    return name;
  }

  #person(): Piece[] {
    const dice = this.#random();
    if (dice < 0.12) return [[this.#first(), PERSON]];
    if (dice < 0.24) return [[`${this.#first()} ${this.#initial()} ${this.#last()}`, PERSON]];
    if (dice < 0.3) return [[`${this.#first()} ${this.#pick(this.#lex.first)} ${this.#last()}`, PERSON]];
    if (dice < 0.36)
      return [
        [this.#pick(lists.FORMS_OF_ADDRESS), TITLE],
        [" ", O],
        [`${this.#first()} ${this.#last()}`, PERSON],
      ];
    if (dice < 0.4) return [[`${this.#last()}, ${this.#first()}`, PERSON]];
    if (dice < 0.43) return [[`${this.#initial()} ${this.#chance(0.3) ? `${this.#initial()} ` : ""}${this.#last()}`, PERSON]];
    return [[`${this.#first()} ${this.#last()}`, PERSON]];
  }

  #initial = () => this.#pick([..."ABCDEFGHIJKLMNOPRSTVW"]) + (this.#chance(0.6) ? "." : "");

  #place(): string {
    const dice = this.#random();
    if (dice < 0.3) return this.#pick(this.#lex.city.slice(0, 5000));
    if (dice < 0.4) return this.#pick(this.#lex.country);
    if (dice < 0.48)
      return (
        this.#invented() +
        this.#pick(["", "burg", "ville", "stad", "berg", "ford", "ton", "by", "heim", "vik", "ice", "ovo", "ów", "falva"])
      );
    if (dice < 0.62) return this.#pick(this.#lex.town);
    return this.#pick(this.#lex.city);
  }

  #organization(): string {
    const last = () => this.#pick(this.#lex.last);
    const word = () => capital(this.#pick(this.#words));
    const made: (() => string)[] = [
      () => `${last()} ${this.#pick(lists.COMPANY_ENDS)}`,
      () => `${last()}, ${last()} and ${last()}`,
      () => `${last()}-${last()}`,
      () => `${last()} and ${last()}`,
      () => `${word()} ${this.#pick(lists.COMPANY_NOUNS)}`,
      () => `${word()} ${word()} ${this.#pick(lists.COMPANY_NOUNS)}`,
      () => `${word()} ${this.#pick(lists.COMPANY_NOUNS)} ${this.#pick(lists.COMPANY_ENDS)}`,
      () => `${this.#invented()} ${this.#pick(lists.COMPANY_ENDS)}`,
      () => `${this.#invented()} ${this.#pick(lists.COMPANY_NOUNS)}`,
      () => this.#invented(),
      () => `${word()}${word()}`,
      () => `${word()} ${word()}`,
      () => Array.from({ length: 3 + Math.floor(this.#random() * 2) }, () => this.#pick([..."ABCDEFGHIJKLMNOPRSTUVW"])).join(""),
      () => this.#pick(lists.COMPANIES),
      () => this.#pick(lists.COMPANIES),
      () => Array.from({ length: 2 + Math.floor(this.#random() * 2) }, () => `${this.#pick([..."ABCDEFGHIJKLMNOPRSTUVW"])}.`).join(""),
      () => `${this.#pick(lists.COMPANIES)} ${this.#pick(lists.COMPANY_NOUNS)}`,
      () => `University of ${this.#place()}`,
      () => `${this.#place()} ${this.#pick(lists.COMPANY_NOUNS)}`,
      () => `Bank of ${this.#place()}`,
      () => `${last()}, ${last()} ${this.#pick(["&", "and"])} ${last()}`,
      () => `${last()}, ${last()} & ${last()} ${this.#pick(lists.COMPANY_ENDS)}`,
      () => `${word()} ${word()} ${this.#pick(lists.COMPANY_ENDS)}`,
      () => `${this.#place()} ${word()} ${this.#pick(lists.COMPANY_NOUNS)}`,
      () => `${this.#pick(lists.COMPANY_NOUNS)} for ${word()} ${this.#pick(lists.COMPANY_NOUNS)}`,
    ];
    return this.#pick(made)();
  }

  /** Parts in a random order that some country uses; a separator other than a line break is O only inside one text. */
  #address(separator: string): Piece[] {
    const number =
      this.#digits(1 + Math.floor(this.#random() * 4)).replace(/^0/, "1") + (this.#chance(0.06) ? this.#pick(["a", "B", "/2", "-4"]) : "");
    const street = this.#street();
    const line = this.#pick([
      `${number} ${street}`,
      `${number} ${street}`,
      `${street} ${number}`,
      `${street} ${number}`,
      `${street}, ${number}`,
      `${this.#digits(4)} ${street} ${number}`,
    ]);
    const unit = this.#chance(0.4)
      ? `${this.#pick([", ", " ", separator])}${this.#pick(lists.UNITS)} ${this.#digits(1 + Math.floor(this.#random() * 3))}`
      : "";
    const zip = this.#pick([
      this.#digits(5),
      this.#digits(4),
      this.#digits(6),
      `${this.#digits(3)} ${this.#digits(2)}`,
      `${this.#digits(4)} AB`,
      `SW${this.#digits(1)} ${this.#digits(1)}AA`,
      `${this.#digits(5)}-${this.#digits(4)}`,
    ]);
    const city = this.#place();
    const state = this.#pick(lists.STATE_CODES);
    const country = this.#pick(this.#lex.country);
    const tails = [
      "",
      "",
      `${separator}${city}`,
      `${separator}${city}, ${state} ${zip}`,
      `${separator}${city}${separator}${country}`,
      `${separator}${zip} ${city}`,
      `${separator}${city}${separator}${country} ${zip}`,
      `${separator}${city}\n, ${state}\n ${zip}`,
      `${separator}${city} ${country}`,
      `${separator}${city}, ${country}`,
      `${separator}${city} ${state} ${zip}`,
      `${separator}${zip} ${city}${separator}${country}`,
      `${separator}${city}${separator}${state}${separator}${zip}`,
    ];
    const dice = this.#random();
    if (dice < 0.03) return [[this.#corner(), ADDRESS]];
    if (dice < 0.05) return [[this.#military(), ADDRESS]];
    const box = this.#chance(0.06) ? `${this.#chance(0.4) ? `${number} ` : ""}P.O. Box ${this.#digits(3)}` : line;
    const first = unit === "" && this.#chance(0.08) ? `${this.#pick(lists.UNITS)} ${this.#digits(3)}${this.#pick([", ", " "])}` : "";
    return [[first + box + unit + this.#pick(tails), ADDRESS]];
  }

  /** Two streets that meet. */
  #corner(): string {
    const street = () => `${this.#street()}${this.#chance(0.4) ? ` ${this.#digits(2)}` : ""}`;
    return `${this.#pick(["the corner of ", "corner of ", "", ""])}${street()} ${this.#pick(["and", "and", "&"])} ${this.#street()} ${this.#digits(2)}`;
  }

  /** Ships and bases of the armed forces of the USA. */
  #military(): string {
    const box = `${this.#pick(["PSC", "Unit", "CMR"])} ${this.#digits(4)}${this.#pick([",", ""])} Box ${this.#digits(4)}`;
    const place = this.#pick([box, `${this.#pick(["USS", "USNS", "USCGC", "USNV"])} ${this.#last()}`]);
    return `${place}\n${this.#pick(["APO", "FPO", "DPO"])} ${this.#pick(["AA", "AE", "AP"])} ${this.#digits(5)}`;
  }

  #street(): string {
    const name = this.#chance(0.25)
      ? this.#pick(this.#lex.street).replace(/\d+/g, "")
      : this.#chance(0.3)
        ? capital(this.#pick(this.#words))
        : this.#chance(0.3)
          ? `${this.#first()} ${this.#last()}`
          : this.#last();
    const made: (() => string)[] = [
      () => `${name} ${this.#pick(lists.STREET_ENDS)}`,
      () => `${name} ${this.#pick(lists.STREET_ENDS)}`,
      () => `${this.#pick(["N", "S", "E.", "West", "North"])} ${name} ${this.#pick(lists.STREET_ENDS)}`,
      () => `${this.#digits(1)}th ${this.#pick(lists.STREET_ENDS)}`,
      () => `${name.replace(/ .*/, "")}${this.#pick(lists.STREET_JOINED)}`,
      () => `${name}s ${this.#pick(lists.STREET_JOINED)}`,
      () => `${this.#pick(lists.STREET_STARTS)} ${name}`,
      () => `${this.#pick(lists.STREET_STARTS)} ${name}`,
      () => `${name} ${this.#pick(lists.STREET_AFTER)}`,
      () => this.#pick(this.#lex.street).replace(/\d+/g, "A"),
      () => name,
    ];
    return this.#pick(made)();
  }

  #date(): string {
    const [day, month, year] = [
      1 + Math.floor(this.#random() * 28),
      1 + Math.floor(this.#random() * 12),
      `${this.#pick(["19", "20"])}${this.#digits(2)}`,
    ];
    return this.#pick([
      `${day}/${month}/${year}`,
      `${year}-${String(month).padStart(2, "0")}-${day} 12:${this.#digits(1)}5:00`,
      `${day} March ${year}`,
      `June ${day}, ${year}`,
      `${this.#pick(MONTHS)} ${day} ${this.#pick([year, `0${this.#digits(1)}:1${this.#digits(1)}`])}`,
      `${this.#pick(["Mon", "Tue", "Thu", "Sun"])}, ${String(day).padStart(2, "0")} ${this.#pick(MONTHS)} ${year} 0${this.#digits(1)}:1${this.#digits(1)}:00 GMT`,
    ]);
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function join(pieces: readonly Piece[], casing: (text: string, label: number) => string): Labelled {
  let text = "";
  const spans: { start: number; end: number; label: number }[] = [];
  for (const [raw, label] of pieces) {
    const piece = casing(raw, label);
    if (label !== O) spans.push({ start: text.length, end: text.length + piece.length, label });
    text += piece;
  }
  return { text, spans };
}

/** The text with `mark` before each of its lines. */
function quoted({ text, spans }: Labelled, mark: string): Labelled {
  const moved = (at: number) => at + mark.length * text.slice(0, at).split("\n").length;
  return {
    text: mark + text.replaceAll("\n", `\n${mark}`),
    spans: spans.map(({ start, end, label }) => ({ start: moved(start), end: moved(end), label })),
  };
}
