import { newCall, type Workspace } from "./workspace.ts";

/** A redacted text in the form that scripts rely on; offsets in the text given, values never. */
export interface RedactResult {
  readonly session: string;
  readonly text: string;
  readonly entities: readonly { readonly type: string; readonly token: string; readonly start: number; readonly end: number }[];
}

export async function redactText({ kernel, signal }: Workspace, raw: string, session: string): Promise<RedactResult> {
  const { text, entities } = await kernel.redact(raw, session, newCall(signal));
  return { session, text, entities: entities.map(({ type, token, start, end }) => ({ type, token, start, end })) };
}

export async function reinflateText({ kernel, signal }: Workspace, text: string, session: string): Promise<string> {
  return kernel.hooks.reinflate.promise(text, session, newCall(signal));
}
