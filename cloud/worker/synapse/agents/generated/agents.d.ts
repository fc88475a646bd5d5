import type { BundledAgent } from "../index.ts";

declare const agents: readonly BundledAgent[];
export default agents;
