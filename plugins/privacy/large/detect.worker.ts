import { serve } from "../../../pipeline/serve.ts";
import { loadNameDetector } from "../names/detect.ts";
import { createAllPatternsScanner } from "../patterns/all-patterns-scanner.ts";
import { type LargeTextApi, packSpans } from "./protocol.ts";

export default serve<LargeTextApi>(() => ({
  async detect(raw, patterns, people) {
    const names = await loadNameDetector();
    const scan = createAllPatternsScanner(patterns);
    const known = names.newKnownNames();
    for (const name of people) known.add(name);
    return packSpans([...scan(raw), ...names(raw, known)]);
  },
}));
