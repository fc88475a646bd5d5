import { KnownWords } from "./known-words.ts";

/**
 * The WordPiece tokenizer of BERT models without case, as a `tokenizer.json` describes it: clean, split off Han
 * characters and punctuation, drop accents and case, then cut each word into the longest pieces of the vocabulary.
 *
 * Written here rather than taken from a library because it is the larger half of embedding's cost: most text is ASCII,
 * most words repeat, and this form looks at each character once.
 */
export class WordPiece {
  readonly #vocabulary: ReadonlyMap<string, number>;
  readonly #unknown: number;
  readonly #known = new Map<string, readonly number[]>();
  /** Of a word of ASCII: its piece; where there are several, the bits of their number among `#several`. */
  #plain = this.#memory();
  #several: (readonly number[])[] = [];

  /** @throws Error when the file describes another kind of tokenizer. */
  constructor(file: TokenizerFile) {
    const { model, normalizer } = file;
    if (model.type !== "WordPiece" || normalizer?.type !== "BertNormalizer" || !normalizer.lowercase)
      throw new Error("only WordPiece tokenizers without case are supported");
    this.#vocabulary = new Map(Object.entries(model.vocab));
    this.#unknown = this.#vocabulary.get(model.unk_token) ?? 0;
  }

  idOf(token: string): number | undefined {
    return this.#vocabulary.get(token);
  }

  /** The first `limit` token ids of a text, without special tokens. */
  encode(text: string, limit: number): number[] {
    const ids: number[] = [];
    if (!this.#encodePlain(ids, text, limit)) this.#encodeAny(ids, normalise(text), limit);
    if (ids.length > limit) ids.length = limit;
    return ids;
  }

  /** Reads a text of ASCII alone, which nearly all are, without making a string of any word; false where it is none. */
  #encodePlain(ids: number[], text: string, limit: number): boolean {
    for (let i = 0; i < text.length && ids.length < limit; ) {
      const start = i;
      const kind = plainKind(text, i);
      let hash = 0x811c9dc5 | 0;
      let check = 5381;
      let next = kind;
      do {
        const code = SMALL[text.charCodeAt(i++)] as number;
        hash = Math.imul(hash ^ code, 0x01000193);
        check = (Math.imul(check, 33) + code) | 0;
        next = plainKind(text, i);
      } while (kind === WORD && next === WORD);
      if (kind === FOREIGN || next === FOREIGN) {
        ids.length = 0;
        return false;
      }
      if (kind === SPACE) continue;
      const piece = this.#plain.at(text, start, i, hash, check);
      if (piece >= 0) ids.push(piece);
      else for (const id of this.#several[~piece] as readonly number[]) ids.push(id);
    }
    return true;
  }

  #plainPieces(word: string): number {
    const pieces = this.#pieces(word);
    if (pieces.length === 1) return pieces[0] as number;
    if (this.#several.length >= MAX_KNOWN) {
      this.#several = [];
      this.#plain = this.#memory();
    }
    return ~(this.#several.push(pieces) - 1);
  }

  #memory(): KnownWords<number> {
    return new KnownWords((word) => this.#plainPieces(word.toLowerCase()));
  }

  /** @param clean as `normalise` leaves it. */
  #encodeAny(ids: number[], clean: string, limit: number): void {
    let start = -1;
    for (let i = 0; i <= clean.length && ids.length < limit; i++) {
      const kind = i < clean.length ? kindOf(clean, i) : SPACE;
      if (kind === WORD) {
        if (start === -1) start = i;
        continue;
      }
      if (start !== -1) this.#push(ids, clean.slice(start, i));
      start = -1;
      if (kind === SPACE) continue;
      this.#push(ids, kind === PAIR ? clean.slice(i, i + 2) : (clean[i] as string));
      if (kind === PAIR) i++;
    }
  }

  #push(ids: number[], word: string): void {
    let pieces = this.#known.get(word);
    if (!pieces) {
      pieces = this.#pieces(word);
      if (this.#known.size >= MAX_KNOWN) this.#known.clear();
      this.#known.set(word, pieces);
    }
    for (const id of pieces) ids.push(id);
  }

  #pieces(word: string): readonly number[] {
    if (word.length > MAX_WORD && [...word].length > MAX_WORD) return [this.#unknown];
    const ids: number[] = [];
    for (let start = 0; start < word.length; ) {
      let end = word.length;
      let id: number | undefined;
      for (; end > start; end--) {
        id = this.#vocabulary.get((start > 0 ? "##" : "") + word.slice(start, end));
        if (id !== undefined) break;
      }
      if (id === undefined) return [this.#unknown];
      ids.push(id);
      start = end;
    }
    return ids;
  }
}

/** The parts of a `tokenizer.json` that are looked at. */
export interface TokenizerFile {
  readonly model: { readonly type: string; readonly unk_token: string; readonly vocab: Readonly<Record<string, number>> };
  readonly normalizer: { readonly type: string; readonly lowercase?: boolean } | null;
}

const MAX_WORD = 100;
/** Words whose pieces are remembered. */
const MAX_KNOWN = 100_000;

const [WORD, SPACE, SINGLE, PAIR, FOREIGN] = [1, 2, 3, 4, 5];
const DROPPED = /[^\P{C}\t\n\r]|\uFFFD/gu;
const ALONE = /[\p{P}$+<=>^`|~\u4E00-\u9FFF\u3400-\u4DBF\uF900-\uFAFF\u{20000}-\u{2A6DF}\u{2A700}-\u{2CEAF}\u{2F800}-\u{2FA1F}]/u;

function normalise(text: string): string {
  // Letter by letter: a final sigma is not written differently here.
  return text
    .replace(DROPPED, "")
    .normalize("NFD")
    .replace(/\p{Mn}+/gu, "")
    .replace(/\p{Lu}/gu, (letter) => letter.toLowerCase())
    .toLowerCase();
}

const ASCII = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
const SMALL = Uint8Array.from(ASCII, (character) => character.toLowerCase().charCodeAt(0));
const PLAIN = Uint8Array.from(ASCII, (character) =>
  /[\t\n\r ]/.test(character) ? SPACE : /[a-z0-9]/i.test(character) ? WORD : /[!-~]/.test(character) ? SINGLE : FOREIGN,
);

/** The kind of a character of ASCII; the end is a space. */
function plainKind(text: string, at: number): number {
  if (at >= text.length) return SPACE;
  const code = text.charCodeAt(at);
  return code < 128 ? (PLAIN[code] as number) : FOREIGN;
}

/** The kind of each UTF-16 code unit, filled as units are met; 0 is not yet known. */
const kinds = new Uint8Array(0x10000);

function kindOf(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  const known = kinds[unit] as number;
  if (known !== 0) return known;
  if (unit >= 0xd800 && unit <= 0xdfff) return ALONE.test(String.fromCodePoint(text.codePointAt(at) ?? 0)) ? PAIR : WORD;
  const character = String.fromCharCode(unit);
  const kind = /\s/u.test(character) ? SPACE : ALONE.test(character) ? SINGLE : WORD;
  kinds[unit] = kind as number;
  return kind as number;
}
