/** One comparison: `ratio` is ours over the peer's, both measured in turn in the same run. */
export interface BenchRow {
  readonly name: string;
  readonly peer: string;
  readonly ratio: number;
  readonly wanted: string;
}

/** Rows of cells as an aligned plain-text table. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? "").length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
