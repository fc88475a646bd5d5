import fc from "fast-check";
import { expect, test } from "vitest";
import { cosine, dequantise, highBytes, quantise } from "./quantise.ts";

test("a vector survives to four digits, and its high bytes to two", () => {
  fc.assert(
    fc.property(fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }), (values) => {
      const bytes = quantise(Float32Array.from(values));
      for (const [i, x] of dequantise(bytes).entries()) expect(Math.abs(x - (values[i] as number))).toBeLessThan(1e-4);
      for (const [i, x] of highBytes(bytes).entries()) expect(Math.abs(x / 127 - (values[i] as number))).toBeLessThan(0.005);
    }),
  );
});

test("the cosine with a missing vector is 0", () => expect(cosine(Float32Array.of(1), undefined)).toBe(0));
