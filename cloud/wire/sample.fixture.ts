import { CloudModel, Role } from "./generated/cloud_pb.js";
import type { InitOf } from "./messages.ts";

/** A request with every kind of field in it. */
export const SAMPLE = {
  requestId: "r-1",
  userId: "u",
  sessionId: "s",
  query: "How does [PERSON_01] reach ünïcödé 🙂?",
  context: {
    pathosFraming: "how",
    localKnowledge: ["one", "two"],
    conversationHistory: [{ role: Role.USER, content: "hello" }],
    constraints: [],
  },
  model: CloudModel.NAMED,
  modelId: "m",
  maxTokens: 300,
  stream: true,
} satisfies InitOf<"escalationRequest">;

/** The frame that holds it, as Node makes it. */
export const MADE_IN_NODE =
  "200000005f0a03722d311201751a0173222c486f7720646f6573205b504552534f4e5f30315d20726561636820c3bc6ec3af63c3b664c3a920f09f99823f2a1a0a03686f7712036f6e65120374776f1a090802120568656c6c6f30053a016d40ac024801";
