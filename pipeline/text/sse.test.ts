import fc from "fast-check";
import { expect, test } from "vitest";
import { readEvents, type ServerEvent } from "./sse.ts";

async function read(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  const bytes = Buffer.from(text);
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  async function* pieces() {
    for (const [i, from] of places.slice(0, -1).entries()) yield bytes.subarray(from, places[i + 1]);
  }
  const events: ServerEvent[] = [];
  for await (const event of readEvents(pieces())) events.push(event);
  return events;
}

const check = (name: string, text: string, expected: (string | ServerEvent)[]) =>
  test(name, async () =>
    expect(await read(text)).toEqual(expected.map((data) => (typeof data === "string" ? { event: "message", data } : data))),
  );

check("one event", "data: a\n\n", ["a"]);
check("an event without a space", "data:a\n\n", ["a"]);
check("lines of one event are joined", "data: a\ndata: b\n\n", ["a\nb"]);
check("comments and other fields are left out", ": keep-alive\n\nid: 1\ndata: a\n\n", ["a"]);
check("an event has its name, and the next one has none", "event: x\ndata: a\n\ndata: b\n\n", [{ event: "x", data: "a" }, "b"]);
check("a name without data is no event, and names no other", "event: x\n\ndata: b\n\n", ["b"]);
check("carriage returns end lines too", "data: a\r\n\r\ndata: b\r\n\r\n", ["a", "b"]);
check("a last event without its empty line", "data: a\n\ndata: b", ["a", "b"]);
check("nothing", "", []);

test("events are the same wherever the network cuts them", async () => {
  const text = 'data: {"text":"Zoë 🎈"}\n\n: x\n\ndata: b\r\n\r\ndata: c\ndata: d\n\n';
  const whole = await read(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(200), { maxLength: 12 }), async (cuts) => {
      expect(await read(text, cuts)).toEqual(whole);
    }),
  );
});

test("an event without end is refused", async () => {
  async function* endless() {
    for (;;) yield Buffer.alloc(100_000, "x");
  }
  await expect(readEvents(endless()).next()).rejects.toThrow(RangeError);
});
