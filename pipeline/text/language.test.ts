import { describe, expect, test } from "vitest";
import { languageOf } from "./language.ts";

describe("the language of a text", () => {
  const check = (text: string, language: string | undefined) => test(JSON.stringify(text), () => expect(languageOf(text)).toBe(language));
  check("When was the bridge opened?", "English");
  check("Wann wurde die Brücke eröffnet?", "German");
  check("Le pont est ouvert depuis 1902 et il est dans la ville.", "French");
  check("¿Cuándo se inauguró el puente de la ciudad y quién lo construyó?", "Spanish");
  check("Il ponte è stato aperto nel 1902 e si trova nella città.", "Italian");
  check("De brug werd geopend in 1902 en is een van de oudste van het land.", "Dutch");
  check("橋はいつ開通しましたか", "Japanese");
  check("这座桥是什么时候开通的?", "Chinese");
  check("Когда был открыт мост?", "Russian or another language in Cyrillic");
  check("npm install", undefined);
  check("", undefined);
});
