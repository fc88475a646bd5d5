/** The way of a part to the object of its upload, by a request whose body is the part and whose header says which. */
import type { Env } from "../env.ts";
import type { PartPlace } from "./part.ts";
import type { PartOutcome } from "./store-part.ts";

export const PLACE_HEADER = "x-part";

/** Gives one part to the object of its upload. @throws what the store throws */
export async function sendPart(
  objects: Env["UPLOAD_PARTS"],
  id: string,
  place: PartPlace,
  body: ReadableStream<Uint8Array>,
): Promise<PartOutcome> {
  const answer = await objects
    .getByName(id)
    .fetch("https://upload/", { method: "PUT", body, headers: { [PLACE_HEADER]: JSON.stringify(place) } });
  return answer.json();
}
