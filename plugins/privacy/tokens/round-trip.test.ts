/**
 * Giving back what was redacted is exact for every text. A few thousand cases by default; for more:
 *
 *     ROUND_TRIPS=100000 npx vitest run --project node plugins/privacy/tokens/round-trip.test.ts
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TokenSession } from "../../../kernel/index.ts";
import { mint } from "../../../kernel/redacted.ts";
import { createDetector } from "../detector.ts";
import { NAME_TYPES } from "../names/detect.ts";
import { builtInPatterns } from "../patterns/index.ts";
import { createStreamReinflator, reinflate } from "./reinflate.ts";

const RUNS = Number(process.env["ROUND_TRIPS"] ?? 3_000);
const TYPES = new Set([...builtInPatterns.map(({ type }) => type), ...NAME_TYPES]);
const detect = await createDetector();

class MemorySession implements TokenSession {
  readonly id = "memory";
  readonly #numbers = new Map<string, number>();
  readonly #values = new Map<string, string | undefined>();
  readonly #next = new Map<string, number>();

  assign(values: readonly { readonly type: string; readonly value: string }[]): number[] {
    return values.map(({ type, value }) => this.#numbers.get(`${type} ${value}`) ?? this.#add(type, value));
  }

  #add(type: string, value: string): number {
    let number = this.#next.get(type) ?? 1;
    while (this.#values.has(`${type} ${number}`)) number++;
    this.#next.set(type, number + 1);
    this.#numbers.set(`${type} ${value}`, number);
    this.#values.set(`${type} ${number}`, value);
    return number;
  }

  valueOf(type: string, number: number): string | undefined {
    return this.#values.get(`${type} ${number}`);
  }

  reserve(type: string, number: number): boolean {
    const key = `${type} ${number}`;
    if (this.#values.get(key) !== undefined) return false;
    this.#values.set(key, undefined);
    return true;
  }
}

const PIECES = [
  ...'a@example.com|10.11.12.13|Anna Berg|New York|4111 1111 1111 1111|password = "hunter2"|+44 20 7946 0958|12 Main Street, Springfield'.split(
    "|",
  ),
  ...'ann%40example.com|\\u0040|a\u00adnn@example.com|４１１１\u00a01111\u20111111 1111|&#64;|"AKIA" + "QYLPMN5HHHFPZAM2"|%|\u2060'.split(
    "|",
  ),
  ...'"phone": |\\"card\\": |"a":[|["b", |"c"|{"phone":5551234567}|4111111111111111|, |}|"[CREDIT_CARD_01#]"|[CREDIT_CARD_01#]|\\"[PHONE_01#]\\"|#'.split(
    "|",
  ),
  ...'[EMAIL_01]|EMAIL_01|[email 1]|[PERSON_02]|(email_01)|[LITERAL_01]|\\[EMAIL\\_01\\]|[IP_ADDRESS_01]|EMAIL|_01|01|_|[|]|\\|(|)|{|}|<|>| |\n|"|\0|\ud83d|é|日本|\u200b'.split(
    "|",
  ),
];
const texts = fc
  .array(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...PIECES) }, { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 5 }) }),
    { maxLength: 14 },
  )
  .map((parts) => parts.join(""));

test(
  "giving back what was redacted is exact, at once and in a stream, for texts of one session",
  () => {
    fc.assert(
      fc.property(fc.array(texts, { minLength: 1, maxLength: 3 }), fc.nat(9), (raws, cut) => {
        const session = new MemorySession();
        for (const raw of raws) {
          const { text } = mint(raw, detect(raw), session, TYPES);
          expect(reinflate(text, session)).toBe(raw);
          const stream = createStreamReinflator(session);
          const pieces = text.match(new RegExp(`[^]{1,${cut + 1}}`, "g")) ?? [];
          expect(pieces.map((piece) => stream.push(piece)).join("") + stream.end()).toBe(raw);
        }
      }),
      { numRuns: RUNS },
    );
  },
  30 * 60_000,
);
