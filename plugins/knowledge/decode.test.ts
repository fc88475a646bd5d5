import { expect, test } from "vitest";
import { decode } from "./decode.ts";

const check = (name: string, bytes: Uint8Array | number[], expected: object) =>
  test(name, () => expect(decode(Uint8Array.from(bytes))).toEqual(expected));

const utf16 = (text: string) => Buffer.from(text, "utf16le");

check("UTF-8", Buffer.from("Grüße"), { text: "Grüße" });
check("UTF-8 with its mark, which is not text", [0xef, 0xbb, 0xbf, 0x41], { text: "A" });
check("UTF-16, little endian, by its mark", [0xff, 0xfe, ...utf16("Grüße")], { text: "Grüße" });
check("UTF-16, big endian, by its mark", [0xfe, 0xff, ...utf16("Grüße").swap16()], { text: "Grüße" });
check("UTF-16 without a mark", utf16("plain text"), { text: "plain text" });
check("Windows-1252", [0x47, 0x72, 0xfc, 0xdf, 0x65, 0x20, 0x80], { text: "Grüße €" });
check("UTF-8 with one broken byte among many characters", [...Buffer.from("ÄÖÜäöüß"), 0xff], { text: "ÄÖÜäöüß�" });
check("zeros that are not UTF-16", [1, 0, 0, 0, 5, 0, 0, 2], { reason: "binary file" });
check(
  "control characters",
  Array.from({ length: 256 }, (_, i) => (i % 200) + 1),
  { reason: "binary file" },
);
