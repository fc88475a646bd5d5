/** What a key may be allowed to do. A route asks for exactly one. */
export const SCOPES = [
  "ask",
  "sessions",
  "billing:read",
  "billing:write",
  "keys",
  "devices",
  "adapters",
  "projects",
  "knowledge",
  "account",
] as const;
export type Scope = (typeof SCOPES)[number];

/** Whoever a request comes from. */
export interface Principal {
  readonly userId: string;
  readonly scopes: readonly Scope[];
  /** The key, or the device behind a gateway. */
  readonly via: string;
  /** The device, where a gateway vouches for one. */
  readonly deviceId?: string;
}

/** A device that a gateway vouches for works for its user, but makes no keys and moves no money. */
export const DEVICE_SCOPES: readonly Scope[] = ["ask", "sessions", "billing:read"];

export function parseScopes(text: string): Scope[] {
  return text.split(" ").filter((scope): scope is Scope => (SCOPES as readonly string[]).includes(scope));
}
