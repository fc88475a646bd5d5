import { type Breach, LIKENESS } from "./policy.ts";

/** Why a rule of the policy refuses, in a sentence for the user. */
const REASONS: Readonly<Record<string, string>> = {
  violence: "This asks how to hurt or kill people.",
  "self-harm":
    "This asks for a way to hurt oneself. If that is on your mind, please talk to someone you trust, or call your local emergency or crisis line.",
  crime: "This asks for help with a crime.",
  weapons: "This asks for the means to make or get weapons, explosives or poisons.",
  drugs: "This asks for a way to make or get illegal drugs.",
  intrusion: "This asks for harmful code, or a way into other people's systems.",
  privacy: "This asks for private facts about someone else.",
  hate: "This asks for arguments against people for what they are.",
  atrocity: "This asks to justify or repeat crimes against people.",
  deception: "This asks for false or manipulative text that does harm.",
  copying: "This asks for the text of somebody else's work at length.",
};

export function reasonOf({ rule, words = [] }: Breach): string {
  if (rule === LIKENESS)
    return `This resembles requests for help with something harmful.${words.length > 0 ? ` What weighed most: ${words.join(", ")}.` : ""}`;
  return REASONS[rule] ?? "This asks for help with something harmful.";
}
