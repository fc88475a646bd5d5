/** Names that were found once: where they stand again nothing around them has to tell what they are. */
import type { Span } from "../../../kernel/index.ts";
import { eachToken } from "./tokens.ts";

/** What lists say of a word in small letters. */
export interface WordLists {
  isCommon(word: string): boolean;
  /** Whether people are called so, first or last. */
  isName(word: string): boolean;
}

/** A single word that is shorter may be anything. */
const SHORTEST_WORD = 5;
/** A session with more names keeps those that came first. */
const MAX_NAMES = 100_000;
const MAX_WORDS = 6;
/** Below that of a name that is found by what stands around it. */
const PRIORITY = 14;
const CAPITAL = /^\p{Lu}/u;
const ALL_CAPITALS = /^[\p{Lu}\p{M}'’-]+$/u;
/** Two capitals in a row, or in two places, are an identifier's. */
const ONE_NAME = /^(?:Mc|Mac|De|Van|\p{Lu}['’])?\p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?$/u;
/** What may stand between the words of one name. */
const GAP = /^[\s.]{1,4}$/;

/** Names that begin with the same words, in small letters. */
interface Node {
  readonly next: Map<string, Node>;
  /**
   * How a name that ends here is written where it is known again: in any case; with capitals, when sentences have all of
   * its words; as a name or in capitals, when it is a single word.
   */
  written?: "any" | "capitals" | "single";
}

export class KnownNames {
  readonly #lists: WordLists;
  readonly #root: Node = { next: new Map() };
  readonly #seen = new Set<string>();

  constructor(lists: WordLists) {
    this.#lists = lists;
  }

  /** All that were added, as they were found. */
  get all(): readonly string[] {
    return [...this.#seen];
  }

  /** Adds a name of several words, or one that is a name wherever it stands: what was taken for one by mistake is found again too. */
  add(found: string): void {
    if (this.#seen.has(found) || this.#seen.size >= MAX_NAMES) return;
    this.#seen.add(found);
    const words = wordsIn(found).map(({ word }) => word);
    if (words.length === 0 || words.length > MAX_WORDS) return;
    const small = words.map((word) => word.toLowerCase());
    const common = small.every((word) => this.#lists.isCommon(word));
    if (words.length > 1) this.#put(small, common ? "capitals" : "any");
    else if (!common && found.length >= SHORTEST_WORD && ONE_NAME.test(found) && this.#lists.isName(small[0] as string))
      this.#put(small, "single");
  }

  #put(words: readonly string[], written: NonNullable<Node["written"]>): void {
    let node = this.#root;
    for (const word of words) {
      const next = node.next.get(word) ?? { next: new Map() };
      node.next.set(word, next);
      node = next;
    }
    node.written = written;
  }

  /** Where they stand in a text, each as a whole. */
  in(text: string): Span[] {
    if (this.#root.next.size === 0) return [];
    const spans: Span[] = [];
    const words = wordsIn(text);
    for (let i = 0; i < words.length; i++) {
      const length = this.#lengthAt(text, words, i);
      if (length === 0) continue;
      const { start } = words[i] as Placed;
      i += length - 1;
      spans.push({ start, end: (words[i] as Placed).end, type: "PERSON", priority: PRIORITY });
    }
    return spans;
  }

  /** How many words the longest name has that begins with word `first`; 0 for none. */
  #lengthAt(text: string, words: readonly Placed[], first: number): number {
    let node = this.#root;
    let length = 0;
    let capitals = true;
    for (let i = first; i < words.length; i++) {
      const { word, start } = words[i] as Placed;
      const next = node.next.get(word.toLowerCase());
      if (next === undefined || (i > first && !GAP.test(text.slice((words[i - 1] as Placed).end, start)))) break;
      node = next;
      capitals &&= CAPITAL.test(word);
      const { written } = node;
      if (
        written === "any" ||
        (capitals && written === "capitals") ||
        (written === "single" && (ONE_NAME.test(word) || ALL_CAPITALS.test(word)))
      )
        length = i - first + 1;
    }
    return length;
  }
}

interface Placed {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** The words of letters of a text, without the ending of a genitive. */
function wordsIn(text: string): Placed[] {
  const words: Placed[] = [];
  eachToken(text, (start, end) => {
    const code = text.charCodeAt(start);
    if (code < 128 ? !((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) : !/^\p{L}/u.test(text.slice(start, end))) return;
    const owner = text.charCodeAt(end - 1) === 115 && (text.charCodeAt(end - 2) === 39 || text.charCodeAt(end - 2) === 0x2019);
    const last = owner ? end - 2 : end;
    words.push({ word: text.slice(start, last), start, end: last });
  });
  return words;
}
