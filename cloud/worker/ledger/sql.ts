/** The little of SQLite that the ledger needs: a Durable Object's, and in tests any other. */
export type SqlValue = string | number | null;
export type SqlRow = Record<string, SqlValue>;

export interface Sql {
  /** Runs one statement; numbers are whole and under 2^53. */
  all<Row extends object = SqlRow>(statement: string, ...values: readonly SqlValue[]): Row[];
  /** All or nothing; what throws inside is undone. */
  transaction<T>(work: () => T): T;
}
