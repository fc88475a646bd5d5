/** The one thing that is needed of the whole of zod: imported by name, so that the bundle holds no more of it. */
export { fromJSONSchema } from "zod";
