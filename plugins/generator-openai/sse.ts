/** More in one event than this is no event of a chat. */
const MAX_EVENT = 1024 * 1024;

/** The data of server-sent events, one string an event, however the network cut them. @throws RangeError */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let line = "";
  let data: string[] = [];
  for await (const bytes of body) {
    const lines = (line + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    line = lines.pop() ?? "";
    for (const text of lines) {
      if (text.startsWith("data:")) data.push(text.slice(text[5] === " " ? 6 : 5));
      if (text === "" && data.length > 0) {
        yield data.join("\n");
        data = [];
      }
    }
    if (line.length + data.reduce((sum, part) => sum + part.length, 0) > MAX_EVENT) throw new RangeError("an event is too long");
  }
  // a last event may lack its empty line
  if (line.startsWith("data:")) data.push(line.slice(line[5] === " " ? 6 : 5));
  if (data.length > 0) yield data.join("\n");
}
