import { serve } from "../../../pipeline/serve.ts";
import { loadNameDetector } from "../names/detect.ts";
import { createAllPatternsScanner } from "../patterns/all-patterns-scanner.ts";
import { type LargeTextApi, packSpans } from "./protocol.ts";

export default serve<LargeTextApi>(() => ({
  async detect(raw, patterns) {
    const names = await loadNameDetector();
    const scan = createAllPatternsScanner(patterns);
    return packSpans([...scan(raw), ...names(raw)]);
  },
}));
