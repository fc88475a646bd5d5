import { describe, expect, test } from "vitest";
import { createScanner } from "../scan/scanner.ts";
import { builtInPatterns } from "./index.ts";

for (const pattern of builtInPatterns)
  describe(`${pattern.type}: ${pattern.name}`, () => {
    const scan = createScanner([pattern]);
    for (const text of pattern.matches) test(`finds ${text}`, () => expect(scan(text)).not.toEqual([]));
    for (const text of pattern.misses) test(`leaves ${text}`, () => expect(scan(text)).toEqual([]));
  });
