import { ErrorCode } from "../../cloud/wire/generated/cloud_pb.js";
import { type CloudPiece, type EscalationBrief, SynesisError } from "../../kernel/index.ts";
import { escalationInit, pieceOf } from "./escalation-frames.ts";
import { CloudRefusal } from "./link/refusal.ts";
import type { RequestOptions, Tunnel } from "./tunnel.ts";

/** Asks the cloud's council over a tunnel; gives its pieces up to and with the end. @throws SynesisError TUNNEL_*, ESCALATION_FAILED */
export async function* escalateOver(
  tunnel: Pick<Tunnel, "openStream">,
  brief: EscalationBrief,
  options: Omit<RequestOptions, "idempotencyKey">,
): AsyncGenerator<CloudPiece> {
  try {
    for await (const chunk of tunnel.openStream(escalationInit(brief), { ...options, idempotencyKey: brief.requestId })) {
      if (chunk.requestId !== "" && chunk.requestId !== brief.requestId)
        throw new SynesisError("ESCALATION_FAILED", "The cloud answered another request.");
      const piece = pieceOf(chunk, brief);
      if (piece) yield piece;
      if (piece?.type === "end") return; // what may still come is not read
    }
  } catch (error) {
    const refusal = error instanceof CloudRefusal ? error : (error as Error).cause;
    throw refusal instanceof CloudRefusal ? refused(refusal, brief) : error;
  }
}

/** What the Worker says of a project's owner, who alone can change it; and of what was asked for. */
const OF_THE_PROJECT = ["guest_quota_exceeded", "project_budget_exceeded"];
const OF_THE_REQUEST = ["approval_declined", "wrong_tier", "adapter_mismatch", "adapter_unusable"];

/** As whoever asked a question is told. */
function refused(refusal: CloudRefusal, { project }: EscalationBrief): SynesisError {
  const { code, message, reason } = refusal.told;
  const cause = refusal;
  if (OF_THE_PROJECT.includes(reason)) return new SynesisError("PROJECT_LIMIT_REACHED", `(${message})`, { cause });
  if (project && reason === "not_found") return new SynesisError("PROJECT_NOT_FOUND", `(${project.name})`, { cause });
  if (OF_THE_REQUEST.includes(reason)) return new SynesisError("CLOUD_REFUSED", `(${message})`, { cause });
  if (code === ErrorCode.CREDIT_CEILING_EXCEEDED) return new SynesisError("CLOUD_LIMIT_REACHED", undefined, { cause });
  if (code === ErrorCode.NOT_FOUND) return new SynesisError("ESCALATION_MODEL_UNKNOWN", undefined, { cause: refusal });
  if (code === ErrorCode.CONFLICT)
    return new SynesisError("ESCALATION_FAILED", "The cloud has done this request, and its answer was lost on the way.", {
      cause: refusal,
    });
  return refusal.asError("escalationRequest");
}
