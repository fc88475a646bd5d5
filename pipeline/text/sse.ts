/** More in one event than this is no event of ours. */
const MAX_EVENT = 1024 * 1024;

export interface ServerEvent {
  /** "message" where the server names none. */
  readonly event: string;
  readonly data: string;
}

/** Server-sent events, however the network cut them; those without data are left out. @throws RangeError */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerEvent> {
  const decoder = new TextDecoder();
  let line = "";
  let event = "message";
  let data: string[] = [];
  const take = (text: string) => {
    const [, field, value = ""] = /^(event|data):(?: )?(.*)$/s.exec(text) ?? [];
    if (field === "data") data.push(value);
    else if (field === "event") event = value;
  };
  for await (const bytes of body) {
    const lines = (line + decoder.decode(bytes, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    line = lines.pop() ?? "";
    for (const text of lines) {
      take(text);
      if (text !== "") continue;
      if (data.length > 0) yield { event, data: data.join("\n") };
      event = "message";
      data = [];
    }
    if (line.length + data.reduce((sum, part) => sum + part.length, 0) > MAX_EVENT) throw new RangeError("an event is too long");
  }
  // a last event may lack its empty line
  take(line);
  if (data.length > 0) yield { event, data: data.join("\n") };
}
