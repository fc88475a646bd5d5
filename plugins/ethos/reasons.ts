import { type Redacted, redacted } from "../../kernel/index.ts";

/** Why a rule of the policy refuses, in a sentence for the user. */
const REASONS: Readonly<Record<string, Redacted>> = {
  violence: redacted`This asks how to hurt or kill people.`,
  "self-harm": redacted`This asks for a way to hurt oneself. If that is on your mind, please talk to someone you trust, or call your local emergency or crisis line.`,
  crime: redacted`This asks for help with a crime.`,
  weapons: redacted`This asks for the means to make or get weapons, explosives or poisons.`,
  drugs: redacted`This asks for a way to make or get illegal drugs.`,
  intrusion: redacted`This asks for harmful code, or a way into other people's systems.`,
  privacy: redacted`This asks for private facts about someone else.`,
  hate: redacted`This asks for arguments against people for what they are.`,
  atrocity: redacted`This asks to justify or repeat crimes against people.`,
  deception: redacted`This asks for false or manipulative text that does harm.`,
  copying: redacted`This asks for the text of somebody else's work at length.`,
};

export function reasonOf(rule: string): Redacted {
  return REASONS[rule] ?? redacted`This asks for help with something harmful.`;
}
