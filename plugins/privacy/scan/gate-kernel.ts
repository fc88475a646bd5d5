/**
 * Which patterns to try where an anchor or a run of digits was found: the conditions that every match of a pattern
 * satisfies, looked at in WebAssembly, so that JavaScript hears of few places.
 */
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
  type Memory,
  or,
  repeat,
  repeatWhile,
  set,
  shiftLeft,
  shiftRight,
  store32,
  subtract,
  when,
} from "../../../pipeline/wasm.ts";
import { LARGE, SMALL } from "./anchors.ts";
import { type ClassName, classNumber } from "./byte-classes.ts";
import { MAX_BACK } from "./contexts.ts";
import { AT_WORD, GATE_NUMBERS, RECORD, RECORD_SIZE, WORD } from "./gates.ts";
import { FIND as FIND_SIZE, LAYOUT } from "./memory.ts";
import { NUMBER_LENGTH, RUN } from "./runs.ts";

const [FIND, COUNT, BASE, DATA, STATES, OUT, AT, END, BEGINS] = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const [ENTRY, LAST, WHAT, RECORD_AT, PASSES, GATE, I, STOP, MORE, NEXT, ROW, FROM] = [9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20];

/**
 * Takes the first of the finds, their number, what to add to a place so that it grows from text to text, where the data of `Gates` lies and
 * the number of states. Writes for each try the number of the pattern and the place.
 */
export function gateKernel(memory: Memory) {
  const run = assemble(
    memory,
    5,
    { v128: 0, i32: 16 },
    ...[i32(LAYOUT.tries), set(OUT)],
    repeat(
      COUNT,
      ...[get(FIND), load32, set(AT), get(FIND), load32At(4), set(END), get(FIND), load32At(8), set(WHAT), advance(FIND, 4 * FIND_SIZE)],
      ...[get(WHAT), i32(RUN), lessThan, isZero, when(get(WHAT), i32(RUN), subtract, get(STATES), add, set(WHAT))],
      ...[get(WHAT), i32(2), shiftLeft, load32At(LAYOUT.lists), get(DATA), add, set(ENTRY)],
      ...[get(WHAT), i32(2), shiftLeft, load32At(LAYOUT.lists + 4), get(DATA), add, set(LAST)],
      ...[beginsWord, get(ENTRY), get(LAST), lessThan],
      when(
        repeatWhile(
          NEXT,
          ...[get(ENTRY), load16At(0), set(WHAT), advance(ENTRY, 2)],
          ...[get(WHAT), i32(AT_WORD), and, isZero, get(BEGINS), or],
          when(
            ...[get(WHAT), i32(WORD), and, set(GATE), get(WHAT), i32(AT_WORD - 1), and, set(WHAT)],
            ...[get(GATE), when(sawWord()), get(GATE), isZero, when(lookAround())],
          ),
          ...[get(ENTRY), get(LAST), lessThan, set(NEXT)],
        ),
      ),
    ),
    ...[i32(LAYOUT.counts + 8), get(OUT), i32(LAYOUT.tries), subtract, i32(3), shiftRight, store32],
  );
  return (first: number, count: number, base: number, data: number, states: number) =>
    run(LAYOUT.finds + 4 * FIND_SIZE * first, count, base, data, states);
}

/** A word, or a part of an identifier, begins: behind no letter or digit, or with a capital behind a small letter. */
const beginsWord: Code = [
  [get(AT), i32(1), subtract, load8At(0), load8At(LAYOUT.joined), set(I), get(I), isZero],
  [get(I), i32(SMALL), equal, get(AT), load8At(0), load8At(LAYOUT.joined), i32(LARGE), equal, and, or, set(BEGINS)],
]
  .flat()
  .flat();

/** Notes for all contexts of a word where it stands. */
function sawWord(): Code {
  return [
    [get(WHAT), i32(2), shiftLeft, load32At(LAYOUT.words), get(DATA), add, set(I), get(I), load16At(0), set(STOP)],
    [
      repeat(
        STOP,
        ...[advance(I, 2), get(I), load16At(0), i32(2), shiftLeft, i32(LAYOUT.seen), add],
        ...[get(AT), get(BASE), add, store32],
      ),
    ],
  ]
    .flat()
    .flat();
}

/** Writes a try of a pattern when all its conditions hold. */
function lookAround(): Code {
  const field = (offset: number): Code => [...get(RECORD_AT), ...load32At(LAYOUT.records + offset)];
  const whenPassing = (offset: number, ...body: Code[]) => [...get(PASSES), ...when(field(offset), set(GATE), get(GATE), when(...body))];
  const gate = (number: number, body: Code) => [...get(GATE), ...i32(number), ...equal, ...when(body)];
  return [
    [get(WHAT), i32(Math.log2(RECORD_SIZE)), shiftLeft, set(RECORD_AT), i32(1), set(PASSES)],
    [whenPassing(RECORD.context, wordIsNear)],
    [whenPassing(RECORD.followed, rowFollows(field(RECORD.least), field(RECORD.within)))],
    [whenPassing(RECORD.before, wordFollows())],
    [
      whenPassing(
        RECORD.gate,
        gate(GATE_NUMBERS.bare, assigned()),
        gate(GATE_NUMBERS.quoted, quoted()),
        gate(GATE_NUMBERS.digit, digitFollows()),
        gate(GATE_NUMBERS.mail, [...is("beforeAt", AT, -1), ...is("afterAt", END), ...and, ...set(PASSES)]),
        gate(GATE_NUMBERS.login, atFollows(false)),
        gate(GATE_NUMBERS.account, atFollows(true)),
        gate(GATE_NUMBERS.element, inElement()),
        gate(GATE_NUMBERS.hexadecimal, hexadecimalAround()),
      ),
    ],
    [get(PASSES), when(get(OUT), get(WHAT), store32, advance(OUT, 4), get(OUT), get(AT), store32, advance(OUT, 4))],
  ]
    .flat()
    .flat();
}

/** Whether the byte at a local, or near it, is of a class: 0 or 1. */
function is(name: ClassName, local: number, ahead = 0): Code {
  const at = ahead < 0 ? [...get(local), ...i32(-ahead), ...subtract, ...load8At(0)] : [...get(local), ...load8At(ahead)];
  return [...at, ...load8At(LAYOUT.classes + 256 * classNumber(name))];
}

/** Moves `I` over bytes of a class, so many at most. */
function skip(name: ClassName, most: number): Code {
  return [
    ...[get(I), i32(most), add, set(STOP), get(I), i32(1), subtract, set(I)].flat(),
    ...repeatWhile(MORE, advance(I, 1), is(name, I), get(I), get(STOP), lessThan, and, set(MORE)),
  ];
}

/** The same backwards. */
function skipBack(name: ClassName, most: number): Code {
  return [
    ...[get(I), i32(most), subtract, set(STOP), advance(I, 1)].flat(),
    ...repeatWhile(MORE, get(I), i32(1), subtract, set(I), is(name, I), get(STOP), get(I), lessThan, and, set(MORE)),
  ];
}

const wordIsNear: Code = [
  ...[get(AT), get(BASE), add, get(GATE), i32(2), shiftLeft, load32At(LAYOUT.seen), subtract].flat(),
  ...[i32(2 * MAX_BACK + 1), lessThan, set(PASSES)].flat(),
];

/** So many of a class in a row, which begins soon enough. `GATE` is where the class lies. */
function rowFollows(least: Code, within: Code): Code {
  return [
    [get(GATE), get(DATA), add, set(GATE), get(END), set(I), get(I), set(FROM), get(END), within, add, set(STOP), i32(0), set(PASSES)],
    [
      repeatWhile(
        MORE,
        ...[get(I), load8At(0), get(GATE), add, load8At(0), set(ROW), advance(I, 1)],
        ...[get(ROW), isZero, when(get(I), set(FROM))],
        ...[get(I), get(FROM), subtract, least, equal, set(PASSES)],
        ...[get(PASSES), isZero, get(STOP), get(FROM), lessThan, isZero, and, set(MORE)],
      ),
    ],
  ]
    .flat()
    .flat();
}

/** The bit in which a small letter differs from its capital; all signs that are wanted have it too. */
const CASE = 32;
const TWO_CASES = CASE | (CASE << 8);

/** Behind digits and the signs between them one of some words begins, of which two letters are looked at. `GATE` is where they are listed. */
function wordFollows(): Code {
  return [
    [get(END), set(I), skip("inNumber", NUMBER_LENGTH), get(I), load16At(0), i32(TWO_CASES), or, set(ROW)],
    [get(GATE), get(DATA), add, set(GATE), get(GATE), load16At(0), set(STOP), i32(0), set(PASSES)],
    [
      repeat(
        STOP,
        ...[get(ROW), get(GATE), load16At(4), and, get(GATE), load16At(2), equal, get(PASSES), or, set(PASSES), advance(GATE, 4)],
      ),
    ],
  ]
    .flat()
    .flat();
}

const LONGEST_NAME = 64;
const MOST_SPACE = 6;

/** Behind the rest of a name stands a sign of assignment; sets `I` to it. */
const signFollows: Code = [get(END), set(I), skip("name", LONGEST_NAME), skip("closing", MOST_SPACE), is("sign", I), set(PASSES)].flat();

/** A sign of assignment and a quotation mark. */
function quoted(): Code {
  return [
    [signFollows, get(PASSES)],
    [
      when(
        ...[get(I), i32(1), add, is("secondSign", I, 1), add, set(I), skip("space", MOST_SPACE)],
        ...[get(I), is("prefix", I), add, set(I), is("quote", I), set(PASSES)],
      ),
    ],
  ]
    .flat()
    .flat();
}

/** A sign of assignment and what may be a value without quotation marks; a second sign may be its beginning. */
function assigned(): Code {
  const value = [is("bare", I), is("bare", I, 1), and, is("bare", I, 2), and, set(PASSES)];
  return [[signFollows, get(PASSES)], [when(is("secondSign", I, 1), isZero, when(advance(I, 1), skip("space", MOST_SPACE), ...value))]]
    .flat()
    .flat();
}

const LONGEST_PREFIX = 33;
const [AT_SIGN, LESS, SLASH] = Array.from("@</", (char) => char.charCodeAt(0)) as [number, number, number];

/** The name begins behind `<`. */
function inElement(): Code {
  return [
    [get(AT), i32(1), subtract, set(I), skipBack("inElement", LONGEST_PREFIX - 1)],
    [get(I), load8At(0), i32(LESS), equal, set(PASSES)],
  ]
    .flat()
    .flat();
}

const DIGIT_WITHIN = 48;

function digitFollows(): Code {
  return [
    [get(END), set(I), get(END), i32(DIGIT_WITHIN), add, set(STOP)],
    [repeatWhile(MORE, is("digit", I), set(PASSES), advance(I, 1), get(I), get(STOP), lessThan, get(PASSES), isZero, and, set(MORE))],
  ]
    .flat()
    .flat();
}

/** How much of an address with a user and a password may stand before its `@`. */
const LONGEST_LOGIN = 240;
const LONGEST_USER = 120;

/** An `@` before the address is over; strokes stand in what comes before the password only, or nowhere. */
function atFollows(noStroke: boolean): Code {
  return [
    [get(END), set(I), get(END), i32(LONGEST_LOGIN), add, set(STOP), get(END), i32(noStroke ? 0 : LONGEST_USER + 1), add, set(FROM)],
    [
      repeatWhile(
        MORE,
        // Over when a character ends it, or the sign stands here.
        ...[get(I), load8At(0), i32(SLASH), equal, get(I), get(FROM), lessThan, isZero, and, is("endsLogin", I), or, isZero, set(PASSES)],
        ...[get(PASSES), get(I), load8At(0), i32(AT_SIGN), equal, isZero, and, advance(I, 1), get(I), get(STOP), lessThan, and, set(MORE)],
      ),
    ],
  ]
    .flat()
    .flat();
}

const LONGEST_HEXADECIMAL = 45;

function hexadecimalAround(): Code {
  return [
    [get(AT), i32(1), subtract, set(I), skipBack("hexadecimal", LONGEST_HEXADECIMAL - 1), is("inWord", I), set(ROW)],
    [get(END), set(I), skip("hexadecimal", LONGEST_HEXADECIMAL), is("inWord", I), get(ROW), or, isZero, set(PASSES)],
  ]
    .flat()
    .flat();
}
