/** The inner loops over a text, written for WebAssembly: its SIMD looks at 16 characters at a time. */
import {
  add,
  advance,
  and,
  assemble,
  type Code,
  equal,
  get,
  i32,
  isZero,
  lessThan,
  load8At,
  load16At,
  load32,
  load32At,
  load64,
  lowestBit,
  type Memory,
  multiply,
  or,
  repeat,
  repeatWhile,
  set,
  setBits,
  shiftLeft,
  shiftRight,
  simd,
  store16,
  store16At,
  store32,
  subtract,
  when,
} from "../../../pipeline/wasm.ts";
import { ENDS, ROOT } from "./automaton.ts";
import { BEFORE, LAYOUT } from "./memory.ts";
import { LENGTHS, MAX_RUN, NUMBER_LENGTH, RUN, SEPARATORS } from "./runs.ts";
import { GROUP_BITS } from "./sieve.ts";
import { BEYOND_ASCII } from "./signs.ts";

/**
 * Marks the places where an anchor may begin, a bit a character: starts of words and of parts of identifiers, and the
 * characters of a set wherever they stand. Marks digits in the same way. Gathers which signs of disguises it meets (`signs.ts`). Takes the number of
 * characters divided by 16, even.
 */
export function startsKernel(memory: Memory) {
  const [COUNT, TEXT, OUT, BYTES, PRIOR, LOW, HIGH, WORD, FOUND, SIGNS, PAIRS] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const [SET, SINGLE, FIRST, SECOND] = [11, 15, 17, 19];
  const splat = (value: number) => [...i32(value), ...simd.splat8];
  const within = (local: number, first: string, last: string) => [
    ...[...get(local), ...splat(first.charCodeAt(0)), ...simd.subtract8],
    ...[...splat(last.charCodeAt(0) - first.charCodeAt(0) + 1), ...simd.lessThan8],
  ];
  /** Letters and digits of ASCII: a letter without case is one of `a` to `z` with bit 5 set. */
  const inWord = (local: number) => [
    ...[...get(local), ...splat(32), ...simd.or, ...set(WORD), ...within(WORD, "a", "z")],
    ...[...within(local, "0", "9"), ...simd.or],
  ];
  const member = (table: number) => [
    ...[...get(table), ...get(LOW), ...simd.swizzle],
    ...[...get(table + 1), ...get(HIGH), ...simd.swizzle, ...simd.and],
  ];
  const halves = (local: number) => [
    ...[...get(local), ...splat(15), ...simd.and, ...set(LOW)],
    ...[...get(local), ...i32(4), ...simd.shiftRight8, ...set(HIGH)],
  ];
  const gather = (local: number, bits: Code) => [...get(local), ...bits, ...simd.or, ...set(local)];
  const loaded = (local: number, at: number) => [...i32(at), ...simd.load, ...set(local)];
  const DIGIT_BITS = LAYOUT.digits - LAYOUT.places;
  const run = assemble(
    memory,
    3,
    { v128: 18, i32: 0 },
    ...[0, 1, 2, 3].map((table) => loaded(SET + table, LAYOUT.anywhere + 16 * table)),
    ...[0, 1, 2, 3, 4, 5].map((table) => loaded(SINGLE + table, LAYOUT.signTables + 16 * table)),
    ...[loaded(SIGNS, LAYOUT.signs), loaded(PAIRS, LAYOUT.signs + 16)],
    repeat(
      COUNT,
      ...[get(TEXT), simd.load, set(BYTES), get(TEXT), i32(1), subtract, simd.load, set(PRIOR)],
      // Tables give 0 for halves of PRIOR and of BYTES that they do not have.
      ...[halves(PRIOR), member(FIRST), set(FOUND), halves(BYTES), gather(PAIRS, [...get(FOUND), ...member(SECOND), ...simd.and])],
      ...[gather(SIGNS, [...member(SINGLE), ...get(BYTES), ...splat(BEYOND_ASCII), ...simd.and, ...simd.or])],
      ...[member(SET), member(SET + 2), simd.or, simd.zero, simd.notEqual8, set(FOUND)],
      ...[inWord(BYTES), inWord(PRIOR), simd.andNot, get(FOUND), simd.or, set(FOUND)],
      ...[within(BYTES, "A", "Z"), within(PRIOR, "a", "z"), simd.and, get(FOUND), simd.or, set(FOUND)],
      ...[get(OUT), get(FOUND), simd.bitmask8, store16, get(OUT), within(BYTES, "0", "9"), simd.bitmask8, store16At(DIGIT_BITS)],
      ...[advance(TEXT, 16), advance(OUT, 2)],
    ),
    ...[i32(LAYOUT.signs), get(SIGNS), simd.store, i32(LAYOUT.signs + 16), get(PAIRS), simd.store],
  );
  return (count: number) => run(count, LAYOUT.text + BEFORE, LAYOUT.places);
}

/** What characters beyond Latin-1 become: a small letter that is in no anchor up to here, and something between words. */
const LAST_LETTER = 0x590;

/** Writes characters of 16 bits as one byte each. Takes the number of characters divided by 16, and where the first goes. */
export function narrowKernel(memory: Memory) {
  const [COUNT, WIDE, OUT, LEFT, RIGHT] = [0, 1, 2, 3, 4];
  const splat = (value: number) => [...i32(value), ...simd.splat16];
  const narrow = (local: number, offset: number) => [
    ...[...get(WIDE), ...simd.loadAt(offset), ...set(local), ...get(local), ...splat(255), ...simd.least16],
    ...[...get(local), ...splat(LAST_LETTER), ...simd.lessThan16, ...simd.and, ...set(local)],
  ];
  const run = assemble(
    memory,
    3,
    { v128: 2, i32: 0 },
    repeat(
      COUNT,
      ...[narrow(LEFT, 0), narrow(RIGHT, 16), get(OUT), get(LEFT), get(RIGHT), simd.narrow16, simd.store],
      ...[advance(WIDE, 32), advance(OUT, 16)],
    ),
  );
  return (count: number, at: number) => run(count, LAYOUT.wide, LAYOUT.text + at);
}

/** The set of bytes as four tables: for each low half of a byte a bit for each high half below 8, and above. */
export function byteSet(bytes: Iterable<number>): Uint8Array {
  const tables = new Uint8Array(64);
  for (const byte of bytes) {
    const at = (byte < 128 ? 0 : 32) + (byte & 15);
    tables[at] = (tables[at] as number) | (1 << ((byte >> 4) & 7));
  }
  for (let high = 0; high < 16; high++) tables[(high < 8 ? 16 : 48) + high] = 1 << (high & 7);
  return tables;
}

/** Lists the marked places whose first three characters the sieve lets pass. Takes the number of characters divided by 32. */
export function sieveKernel(memory: Memory) {
  const [COUNT, TEXT, PLACES, OUT, LEFT, AT, TRIPLE] = [0, 1, 2, 3, 4, 5, 6];
  const groupAt = (i: number) => {
    const group = [...get(AT), ...load8At(i), ...load8At(LAYOUT.groups)];
    return i === 2 ? group : [...group, ...i32(GROUP_BITS * (2 - i)), ...shiftLeft];
  };
  const run = assemble(
    memory,
    4,
    { v128: 0, i32: 3 },
    repeat(
      COUNT,
      ...[get(PLACES), load32, set(LEFT), get(LEFT)],
      when(
        repeatWhile(
          LEFT,
          ...[get(TEXT), get(LEFT), lowestBit, add, set(AT), get(LEFT), get(LEFT), i32(1), subtract, and, set(LEFT)],
          ...[groupAt(0), groupAt(1), or, groupAt(2), or, set(TRIPLE)],
          // Written in any case and kept when it passes: a branch could not be foreseen.
          ...[get(OUT), get(AT), store32],
          ...[get(OUT), get(TRIPLE), i32(5), shiftRight, i32(2), shiftLeft, load32At(LAYOUT.sieve), get(TRIPLE), shiftRight],
          ...[i32(1), and, i32(2), shiftLeft, add, set(OUT)],
        ),
      ),
      ...[advance(TEXT, 32), advance(PLACES, 4)],
    ),
    ...[i32(LAYOUT.counts), get(OUT), i32(LAYOUT.hits), subtract, i32(2), shiftRight, store32],
  );
  return (count: number) => run(count, LAYOUT.text + BEFORE, LAYOUT.places, LAYOUT.hits);
}

/**
 * Walks the automaton from listed places and writes where anchors end. Where a run of digits begins that a pattern takes,
 * it writes a find as well.
 */
export function walkKernel(memory: Memory) {
  const [COUNT, HITS, SHIFT, OUT, AT, END, STATE, LIST] = [0, 1, 2, 3, 4, 5, 6, 7];
  const [READ, KEPT, SEEN] = [16, 17, 18];
  const find = (state: Code) => [
    ...[...get(OUT), ...get(AT), ...store32, ...advance(OUT, 4)],
    ...[...get(OUT), ...get(END), ...store32, ...advance(OUT, 4)],
    ...[...get(OUT), ...state, ...store32, ...advance(OUT, 4)],
  ];
  const state = [...get(STATE), ...i32(ENDS - 1), ...and];
  const step = (ahead: number) => [
    ...[...state, ...get(SHIFT), ...shiftLeft, ...get(END), ...load8At(ahead), ...load8At(LAYOUT.symbols), ...i32(1), ...shiftLeft],
    ...[...add, ...load16At(LAYOUT.next), ...set(STATE)],
  ];
  const alive = [...get(STATE), ...get(SEEN), ...i32(ENDS), ...and, ...or, ...isZero, ...isZero];
  const run = assemble(
    memory,
    4,
    { v128: 0, i32: 15 },
    ...[get(HITS), set(READ), get(HITS), set(KEPT)],
    // Most walks are over after a few steps: these are taken without a branch, which could not be foreseen, and what is
    // left is listed again, with a mark where only a run of digits is.
    repeat(
      COUNT,
      ...[get(READ), load32, set(END), advance(READ, 4), i32(ROOT), set(STATE), i32(0), set(SEEN)],
      ...[0, 1, 2, 3].flatMap((ahead) => [step(ahead), get(SEEN), get(STATE), or, set(SEEN)]),
      ...[get(KEPT), get(END), alive, i32(31), shiftLeft, or, store32],
      ...[get(KEPT), alive, digitAt(END, 0), or, i32(2), shiftLeft, add, set(KEPT)],
    ),
    ...[get(KEPT), get(HITS), subtract, i32(2), shiftRight, set(COUNT), get(COUNT)],
    when(
      repeat(
        COUNT,
        ...[get(HITS), load32, set(STATE), advance(HITS, 4), get(STATE), i32(1), shiftLeft, i32(1), shiftRight, set(AT)],
        ...[get(AT), set(END), digitAt(END, 0)],
        when(
          ...[listOfRun({ at: AT, end: END, list: LIST }), get(LIST)],
          ...[when(find([...get(LIST), ...i32(RUN), ...or])), get(AT), set(END)],
        ),
        ...[get(STATE), i32(31), shiftRight, set(STATE), get(STATE)],
        // The mark of a walk that goes on is the number of the state that it begins with.
        when(repeatWhile(STATE, step(0), advance(END, 1), get(STATE), i32(ENDS), and, when(find(state)))),
      ),
    ),
    ...[i32(LAYOUT.counts + 4), get(OUT), i32(LAYOUT.finds), subtract, store32],
  );
  /** @param from the first of the places, @param bits those of a symbol. */
  return (count: number, from: number, bits: number) => run(count, LAYOUT.hits + 4 * from, bits + 1, LAYOUT.finds);
}

const digitAt = (local: number, ahead: number): Code => [
  ...get(local),
  ...load8At(ahead),
  ...i32(48),
  ...subtract,
  ...i32(10),
  ...lessThan,
];

/** How many digits stand in a row from a place on, of 57 at most. */
function digitsFrom(local: number): Code {
  const place: Code = [...get(local), ...i32(LAYOUT.text + BEFORE), ...subtract];
  const bits: Code = [...place, ...i32(3), ...shiftRight, ...i32(LAYOUT.digits), ...add, ...load64];
  return [...bits, ...place, ...i32(7), ...and, ...setBits];
}

const DASH = "-".charCodeAt(0);
/** The digits of a century, the second one first. */
const [NINETEEN, TWENTY] = ["91", "02"].map((digits) => (digits.charCodeAt(0) << 8) | digits.charCodeAt(1)) as [number, number];

/** Sets `list` to the list of patterns that may begin with the run of digits at `at`, and `end` behind the run. */
function listOfRun({ at, end, list }: { at: number; end: number; list: number }): Code {
  const [KIND, DIGITS, GROUP, SEPARATOR, SIGN, MORE, LETTERS, AHEAD] = [8, 9, 10, 11, 12, 13, 14, 15];
  const times = (factor: number) => [...i32(factor), ...multiply];
  const least = (local: number, most: number) => [...[...i32(most), ...get(local), ...lessThan, ...when(i32(most), set(local))]];
  const count = when(
    ...[i32(0), set(DIGITS), i32(0), set(GROUP), i32(0), set(SEPARATOR)],
    // One group a turn: its digits, and a sign like those before it with a digit behind.
    repeatWhile(
      MORE,
      ...[digitsFrom(end), set(SIGN), get(DIGITS), get(SIGN), add, set(DIGITS), get(end), get(SIGN), add, set(end)],
      ...[get(GROUP), isZero, when(get(SIGN), set(GROUP)), get(end), load8At(0), load8At(LAYOUT.separators), set(SIGN)],
      ...[get(SEPARATOR), isZero, get(SEPARATOR), get(SIGN), equal, or, get(SIGN), isZero, isZero, and, digitAt(end, 1), and],
      ...[get(DIGITS), i32(MAX_RUN + 1), lessThan, and, set(MORE), get(MORE), when(get(SIGN), set(SEPARATOR), advance(end, 1))],
    ),
    ...[least(DIGITS, MAX_RUN + 1), least(GROUP, MAX_RUN + 1)],
    ...[get(KIND), i32(1), subtract, times(SEPARATORS.length), get(SEPARATOR), add, times(LENGTHS), get(DIGITS), add],
    ...[times(LENGTHS), get(GROUP), add, i32(1), shiftLeft, load16At(LAYOUT.runs), set(list)],
    ...[get(list), i32(2), shiftLeft, load32At(LAYOUT.letters), set(LETTERS)],
    // Where a pattern wants a letter to follow, the number is read to its end.
    ...[get(LETTERS), i32(1), and, isZero],
    when(
      ...[get(end), set(AHEAD)],
      repeatWhile(
        MORE,
        ...[get(AHEAD), load8At(0), set(SIGN), advance(AHEAD, 1)],
        ...[get(SIGN), load8At(LAYOUT.inNumber), get(AHEAD), get(end), subtract, i32(NUMBER_LENGTH + 1), lessThan, and, set(MORE)],
      ),
      // A bit that no letter has where none follows.
      ...[get(SIGN), i32(32), or, i32(97), subtract, i32(26), lessThan, get(LETTERS), get(SIGN), shiftRight, and],
      ...[isZero, when(get(list), i32(1), shiftLeft, load16At(LAYOUT.unlettered), set(list))],
    ),
    // As in `2024-01-`.
    ...[get(at), load8At(4), i32(DASH), equal, get(at), load8At(7), i32(DASH), equal, and],
    ...[get(at), load16At(0), i32(TWENTY), equal, get(at), load16At(0), i32(NINETEEN), equal, or, and],
    when(get(list), i32(1), shiftLeft, load16At(LAYOUT.dated), set(list)),
  );
  return [
    ...[i32(0), set(list), get(at), i32(1), subtract, load8At(0), load8At(LAYOUT.behind), set(KIND)].flat(),
    ...[...get(KIND), ...count],
  ];
}
