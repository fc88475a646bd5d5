/** Counters in the text form that Prometheus reads. */
const HELP = {
  connections_total: "Connections that said hello, by kind.",
  refused_total: "Connections and requests that were refused, by reason.",
  requests_total: "Requests that were answered, by their name and the outcome.",
  request_bytes_total: "Bytes of requests.",
  response_bytes_total: "Bytes of answers.",
  request_seconds: "Time from a request's first byte to the end of its answer.",
  upstream_seconds: "Time until the Worker began to answer.",
} as const;

type Name = keyof typeof HELP;
const BOUNDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

interface Histogram {
  /** How many were at most as long as each bound. */
  readonly counts: number[];
  sum: number;
  count: number;
}

export class Metrics {
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<Name, Histogram>();
  readonly #gauges: Readonly<Record<string, () => number>>;

  /** @param gauges what can be looked up at any time, by name */
  constructor(gauges: Readonly<Record<string, () => number>>) {
    this.#gauges = gauges;
  }

  add(name: Name, labels: Readonly<Record<string, string>> = {}, by = 1): void {
    const key = `gateway_${name}${formatLabels(labels)}`;
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + by);
  }

  observe(name: Name, seconds: number): void {
    const histogram = this.#histograms.get(name) ?? { counts: BOUNDS.map(() => 0), sum: 0, count: 0 };
    this.#histograms.set(name, histogram);
    BOUNDS.forEach((bound, i) => {
      if (seconds <= bound) histogram.counts[i] = (histogram.counts[i] ?? 0) + 1;
    });
    histogram.sum += seconds;
    histogram.count += 1;
  }

  /** The text that the metrics page shows. */
  text(): string {
    const lines: string[] = [];
    for (const [name, read] of Object.entries(this.#gauges)) lines.push(`# TYPE gateway_${name} gauge`, `gateway_${name} ${read()}`);
    for (const [name, help] of Object.entries(HELP) as [Name, string][]) lines.push(...this.#family(name, help));
    return `${lines.join("\n")}\n`;
  }

  #family(name: Name, help: string): string[] {
    const histogram = this.#histograms.get(name);
    const heading = [`# HELP gateway_${name} ${help}`, `# TYPE gateway_${name} ${name.endsWith("_total") ? "counter" : "histogram"}`];
    if (!histogram) {
      const rows = [...this.#counters].filter(([key]) => key === `gateway_${name}` || key.startsWith(`gateway_${name}{`));
      return [...heading, ...rows.map(([key, value]) => `${key} ${value}`)];
    }
    const buckets = BOUNDS.map((bound, i) => `gateway_${name}_bucket{le="${bound}"} ${histogram.counts[i]}`);
    return [
      ...heading,
      ...buckets,
      `gateway_${name}_bucket{le="+Inf"} ${histogram.count}`,
      `gateway_${name}_sum ${histogram.sum}`,
      `gateway_${name}_count ${histogram.count}`,
    ];
  }
}

/** Labels are names of ours, never what a device sends. */
function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length > 0 ? `{${pairs.join(",")}}` : "";
}
