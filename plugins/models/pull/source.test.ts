import { expect, test } from "vitest";
import { resolveSource } from "./source.ts";

const HUB = "https://hub.example";

const check = (name: string, url: string, fileName: string, id: string) =>
  test(`${name} is ${url}`, () => expect(resolveSource(name, HUB)).toEqual({ id, url, fileName }));

check(
  "llama-3.2-1b",
  `${HUB}/bartowski/Llama-3.2-1B-Instruct-GGUF/resolve/main/Llama-3.2-1B-Instruct-Q4_K_M.gguf`,
  "Llama-3.2-1B-Instruct-Q4_K_M.gguf",
  "llama-3.2-1b",
);
check(
  "owner/repo/folder/Some-Model.Q4.gguf",
  `${HUB}/owner/repo/resolve/main/folder/Some-Model.Q4.gguf`,
  "Some-Model.Q4.gguf",
  "some-model.q4",
);
check("https://hub.example/o/r/blob/main/x.gguf", "https://hub.example/o/r/resolve/main/x.gguf", "x.gguf", "x");
check("https://files.example/a/b.gguf?key=secret", "https://files.example/a/b.gguf?key=secret", "b.gguf", "b");
check("http://localhost:8000/b.gguf", "http://localhost:8000/b.gguf", "b.gguf", "b");
check("file:///models/b.gguf", "file:///models/b.gguf", "b.gguf", "b");

const refuses = (name: string, code: string) =>
  test(`${name} is refused`, () => expect(() => resolveSource(name, HUB)).toThrow(expect.objectContaining({ code })));

refuses("no-such-model", "MODEL_NOT_FOUND");
refuses("llama-3.2-1b:Q9", "MODEL_NOT_FOUND");
refuses("../../etc/passwd.gguf", "MODEL_NOT_FOUND");
refuses("owner/../x/y.gguf", "MODEL_NOT_FOUND");
refuses("http://files.example/b.gguf", "USAGE");
refuses("https://user:word@files.example/b.gguf", "USAGE");
refuses("https://files.example/page.html", "USAGE");
refuses("https://files.example/..%2f..%2fb.gguf", "USAGE");
refuses("https://files.example/%E0%A4%A.gguf", "USAGE");
refuses("https://", "USAGE");
refuses("ftp://files.example/b.gguf", "MODEL_NOT_FOUND");
