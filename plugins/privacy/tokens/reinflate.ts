import { findTokens, type TokenSession } from "../../../kernel/index.ts";

/** `text` with the value of `session` in the place of each of its tokens; tokens that it never handed out stay. */
export function reinflate(text: string, session: Pick<TokenSession, "valueOf">): string {
  let out = "";
  let from = 0;
  for (const { start, end, type, number } of findTokens(text)) {
    const value = session.valueOf(type, number);
    if (value === undefined) continue;
    out += text.slice(from, start) + value;
    from = end;
  }
  return out + text.slice(from);
}
