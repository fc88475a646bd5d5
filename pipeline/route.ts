/** Whether a question stays on this machine: a decision of its own, so that it can be explained. */
import type { Outcome } from "./council.ts";

/** What the user allows: nothing, asking a cloud model, or being asked first. */
export type RoutingPolicy = "local" | "cloud" | "ask";

export interface Situation {
  readonly policy: RoutingPolicy;
  readonly outcome: Outcome;
  /** How sure the council is, and how sure it has to be; 0 to 1. */
  readonly score: number;
  readonly threshold: number;
  /** False where the question was refused or could not be screened. */
  readonly mayEscalate: boolean;
  /** Kinds of value found in the question. */
  readonly types: readonly string[];
}

export interface Route {
  /** "ask": the user decides. */
  readonly to: "local" | "cloud" | "ask";
  /** One sentence for the user. */
  readonly reason: string;
}

/** A question that holds one of these is about the secret itself: a model that sees a token in its place cannot help. */
const SECRETS: ReadonlySet<string> = new Set(["API_KEY", "PASSWORD", "SECRET", "PRIVATE_KEY", "SEED_PHRASE", "CONNECTION_STRING", "JWT"]);

/** Decides where a question goes, by what the user allows, how sure the council is, and what the question holds. */
export function chooseRoute({ policy, outcome, score, threshold, mayEscalate, types }: Situation): Route {
  const local = (reason: string): Route => ({ to: "local", reason });
  if (policy === "local") return local("Your setting keeps every question on this machine.");
  if (outcome === "vetoed") return local("A question that was vetoed is asked nowhere else.");
  if (outcome === "answered") return local("The council agreed; there was no need to ask anyone else.");
  if (!mayEscalate) return local("The question could not be screened, so it stays here.");
  if (types.some((type) => SECRETS.has(type))) return local("The question holds a secret, so it stays here.");
  const unsure =
    outcome === "no_evidence" ? "nothing was found here" : `the council was not sure (${score.toFixed(2)} of ${threshold.toFixed(2)})`;
  return policy === "cloud"
    ? { to: "cloud", reason: `A model elsewhere was asked, since ${unsure}.` }
    : { to: "ask", reason: `You said that a model elsewhere may be asked, since ${unsure}.` };
}
