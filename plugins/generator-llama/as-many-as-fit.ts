/**
 * Creates something for as many sequences as there is memory for. Each has its own room in the context; with fewer, tasks
 * wait for one another.
 *
 * @throws what the last attempt, with one, threw
 */
export async function withAsManyAsFit<T>(most: number, create: (sequences: number) => Promise<T>): Promise<T> {
  for (let sequences = most; sequences > 1; sequences--) {
    const created = await create(sequences).catch(() => undefined);
    if (created !== undefined) return created;
  }
  return create(1);
}
