import type { Escalation, Receipt } from "../../kernel/index.ts";

/** One escalation as it is kept: what it took, never what was said. */
export interface EscalationRecord {
  readonly requestId: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly via: Receipt["via"];
  readonly model: string;
  /** "cut": a part came. "declined": a council elsewhere gave no answer. */
  readonly outcome: "whole" | "cut" | "declined" | "failed" | "interrupted";
  /** Code of the error; null when all went well. */
  readonly code: string | null;
  readonly tokens: Escalation["tokens"];
  readonly estimated: boolean;
  readonly nanoDollars: number;
  readonly chargeNanoDollars: number;
  /** Until the end, and until the first piece of text; null when none came. */
  readonly ms: number;
  readonly firstMs: number | null;
}
