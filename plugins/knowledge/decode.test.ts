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

test.each([
  ["Shift_JIS", "93fa967b8cea82cc8365834c8358836782c582b78142938c8b9e82cd8ef1937382c582b78142", "日本語のテキストです。東京は首都です。"],
  ["EUC-KR", "c7d1b1b9beee20c5d8bdbac6aec0d4b4cfb4d92e20bcadbfefc0ba20bcf6b5b5c0d4b4cfb4d92e", "한국어 텍스트입니다. 서울은 수도입니다."],
  [
    "windows-1251",
    "ddf2ee20f0f3f1f1eae8e920f2e5eaf1f22e20cceef1eae2e020ffe2ebffe5f2f1ff20f1f2eeebe8f6e5e920d0eef1f1e8e82e",
    "Это русский текст. Москва является столицей России.",
  ],
  [
    "ISO-8859-7",
    "c1f5f4fc20e5dfede1e920ddede120e5ebebe7ede9eafc20eae5dfece5edef2e20c720c1e8deede120e5dfede1e920f0f1f9f4e5fdeff5f3e12e",
    "Αυτό είναι ένα ελληνικό κείμενο. Η Αθήνα είναι πρωτεύουσα.",
  ],
  [
    "windows-1256",
    "e5d0c720e4d520c8c7e1e1dbc920c7e1dad1c8edc92e20c7e1dec7e5d1c920e5ed20dac7d5e3c920e3d5d12e",
    "هذا نص باللغة العربية. القاهرة هي عاصمة مصر.",
  ],
  [
    "Big5",
    "a4a4a4e5a4e5a5bbb4fab8d5a143a578a55fac4fa578c657aabaadbab3a3a141b36fac4fa440add3b4fab8d5c0c9aed7a143",
    "中文文本測試。台北是台灣的首都，這是一個測試檔案。",
  ],
])("%s, as texts were written before Unicode", (_, hex, text) => expect(decode(Buffer.from(hex, "hex"))).toEqual({ text }));

test.each([
  "Der Löwe heißt Größe und wohnt in Köln.",
  "Les élèves français étaient à l'école, où ils apprenaient déjà",
  "El niño comió piña mañana por la tarde, según él",
  "Café",
])("what is written in western letters is not taken for another kind of Latin: %s", (text) =>
  expect(decode(Buffer.from(text, "latin1"))).toEqual({ text }),
);
