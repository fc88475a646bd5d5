import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CHUNK, type KeyDerivation, MAGIC, SIGNATURE } from "./format.ts";
import { fingerprintOf, openBundle, sealBundle, signingKey } from "./index.ts";

const folder = mkdtempSync(join(tmpdir(), "bundle-"));
const { privateKey: signer } = generateKeyPairSync("ed25519");
const signal = new AbortController().signal;
const PASSPHRASE = "correct horse battery";

/** In the place of what takes half a second on purpose. */
const derive: KeyDerivation = async (passphrase, salt) => createHash("sha256").update(passphrase).update(salt).digest();

async function* sourcesOf(files: Readonly<Record<string, Buffer>>) {
  for (const [path, bytes] of Object.entries(files)) yield { path, size: bytes.length, bytes: [bytes] };
}

async function seal(name: string, files: Readonly<Record<string, Buffer>>) {
  const file = join(folder, name);
  return { file, ...(await sealBundle(file, sourcesOf(files), { passphrase: PASSPHRASE, signer, signal, derive })) };
}

async function readAll(file: string, passphrase = PASSPHRASE): Promise<Record<string, Buffer>> {
  const bundle = await openBundle(file, passphrase, signal, derive);
  try {
    const got: Record<string, Buffer> = {};
    for await (const { path, bytes } of bundle.entries()) {
      const pieces: Uint8Array[] = [];
      for await (const piece of bytes) pieces.push(piece);
      got[path] = Buffer.concat(pieces);
    }
    return got;
  } finally {
    await bundle.close();
  }
}

const FILES = {
  "project.json": Buffer.from('{"name":"Heliograph"}'),
  "runs.jsonl": Buffer.alloc(0),
  "knowledge.db": randomBytes(3 * CHUNK + 17),
  "loras/a.gguf": randomBytes(CHUNK),
  "loras/peft/adapter_config.json": Buffer.from("{}"),
};

let whole: { file: string; id: string; signer: Buffer };
beforeAll(async () => {
  whole = await seal("whole", FILES);
});

test("a bundle gives back what was put in, to who has the passphrase, and can be read by its owner alone", async () => {
  expect(await readAll(whole.file)).toEqual(FILES);
  const bundle = await openBundle(whole.file, "any", signal);
  expect([bundle.id, fingerprintOf(bundle.signer)]).toEqual([whole.id, fingerprintOf(whole.signer)]);
  await bundle.close();
  expect(statSync(whole.file).mode & 0o777).toBe(0o600);
  const bytes = readFileSync(whole.file);
  expect(bytes.includes("Heliograph")).toBe(false);
});

test("the key that the program itself makes of a passphrase is another one, and opens what it has sealed", async () => {
  const file = join(folder, "strong");
  await sealBundle(file, sourcesOf({ "project.json": Buffer.from("{}") }), { passphrase: PASSPHRASE, signer, signal });
  await expect(readAll(file)).rejects.toMatchObject({ code: "BUNDLE_PASSPHRASE_WRONG" });
  const bundle = await openBundle(file, PASSPHRASE, signal);
  expect((await bundle.entries().next()).value).toMatchObject({ path: "project.json" });
  await bundle.close();
});

test("another passphrase opens nothing", async () => {
  await expect(readAll(whole.file, `${PASSPHRASE}!`)).rejects.toMatchObject({ code: "BUNDLE_PASSPHRASE_WRONG", exit: 2 });
});

test("lengths around a chunk's come back as they were", async () => {
  // The line of the entry and the line at the end share the chunks.
  for (const size of [CHUNK - 60, CHUNK - 52, CHUNK - 51, CHUNK - 50, CHUNK - 36, CHUNK - 35, CHUNK - 34, 2 * CHUNK]) {
    const files = { "knowledge.db": randomBytes(size) };
    expect(await readAll((await seal(`size-${size}`, files)).file)).toEqual(files);
  }
});

describe("what is not as it was made is refused", () => {
  const changed = (name: string, change: (bytes: Buffer) => Buffer) => {
    const file = join(folder, name);
    writeFileSync(file, change(readFileSync(whole.file)));
    return file;
  };

  test("wherever a byte is changed", async () => {
    const size = statSync(whole.file).size;
    const places = [MAGIC.length + 5, 40, 120, 400, 500, size - 1, size - SIGNATURE, size - SIGNATURE - 1];
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...places), fc.nat(size - 1)), fc.integer({ min: 1, max: 255 }), async (at, by) => {
        const file = changed("flipped", (bytes) => {
          bytes[at] = (bytes[at] ?? 0) ^ by;
          return bytes;
        });
        await expect(readAll(file)).rejects.toMatchObject({ code: expect.stringMatching(/^BUNDLE_(?:INVALID|NEWER)$/) });
      }),
      { numRuns: 60 },
    );
  });

  test("wherever it is cut off, and whatever comes after it", async () => {
    const size = statSync(whole.file).size;
    for (const length of [0, 5, MAGIC.length, MAGIC.length + 3, 30, 200, 400, CHUNK, size - SIGNATURE, size - 1])
      await expect(readAll(changed("cut", (bytes) => bytes.subarray(0, length)))).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
    await expect(readAll(changed("long", (bytes) => Buffer.concat([bytes, randomBytes(9)])))).rejects.toMatchObject({
      code: "BUNDLE_INVALID",
    });
  });

  test("a newer version is told apart", async () => {
    const file = changed("newer", (bytes) => {
      bytes.writeUInt16BE(2, MAGIC.length);
      return bytes;
    });
    await expect(readAll(file)).rejects.toMatchObject({ code: "BUNDLE_NEWER", message: expect.stringContaining("2") });
  });

  test("another file, a folder, and one that is not there", async () => {
    const other = join(folder, "other.txt");
    writeFileSync(other, "SYNESIS-HANDOVER");
    await expect(readAll(other)).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
    await expect(readAll(join(folder, "none"))).rejects.toMatchObject({ code: "INPUT_NOT_FOUND" });
    const pipe = join(folder, "pipe"); // nobody writes into it
    execFileSync("mkfifo", [pipe]);
    for (const place of [folder, pipe]) await expect(readAll(place)).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
  });

  test("a path that leads elsewhere, though well signed", async () => {
    for (const path of [
      "../evil",
      "/etc/passwd",
      "loras/../../x",
      "loras/.hidden",
      "keys/tokens.key",
      "loras/a\u0000b.gguf",
      "loras/../x.gguf",
      "loras/a/b/c.gguf",
      "loras/x.sh",
    ]) {
      const { file } = await seal("evil", { [path]: Buffer.from("x") });
      await expect(readAll(file)).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
    }
  });
});

test("what cannot be made leaves no file behind", async () => {
  const file = join(folder, "half");
  async function* broken() {
    yield { path: "runs.jsonl", size: 5, bytes: [Buffer.from("123")] };
  }
  await expect(sealBundle(file, broken(), { passphrase: PASSPHRASE, signer, signal })).rejects.toThrow("changed while");
  const stopped = AbortSignal.abort(new DOMException("Interrupted", "AbortError"));
  await expect(sealBundle(file, sourcesOf(FILES), { passphrase: PASSPHRASE, signer, signal: stopped })).rejects.toBe(stopped.reason);
  expect([existsSync(file), readdirSync(folder).filter((name) => name.includes("partial"))]).toEqual([false, []]);
});

test("a home signs with one key, which only its owner can read", () => {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  const [first, again] = [signingKey(home), signingKey(home)];
  expect(first.equals(again)).toBe(true);
  const file = join(home, "keys", "handover.pem");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  writeFileSync(file, "garbage");
  expect(() => signingKey(home)).toThrow(expect.objectContaining({ code: "BUNDLE_KEY_INVALID" }));
});
