/** What the ledger calls one attempt at a request; who asks in a project is in it, since its owner pays for others too. */
export function holdName({ userId, requestId, attempt, inProject }: Asked): string {
  const who = inProject ? `${userId}:` : "";
  return `ask:${who}${requestId}${attempt === 0 ? "" : `~${attempt}`}`;
}

interface Asked {
  readonly userId: string;
  readonly requestId: string;
  /** From 0. */
  readonly attempt: number;
  readonly inProject: boolean;
}

/** What the names of all attempts at a request of this user's begin with. */
export function holdsOf(userId: string, requestId: string): string[] {
  return [true, false].map((inProject) => holdName({ userId, requestId, attempt: 0, inProject }));
}
