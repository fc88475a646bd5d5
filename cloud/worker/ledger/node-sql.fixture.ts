/** The ledger's SQL on a database of Node's, so that its logic is tested without a Worker too. */
import Database from "better-sqlite3";
import { migrate } from "./schema.ts";
import type { Sql, SqlValue } from "./sql.ts";

export function nodeSql(): Sql {
  const database = new Database(":memory:");
  const sql: Sql = {
    all: <Row extends object>(statement: string, ...values: readonly SqlValue[]) => {
      const prepared = database.prepare(statement);
      if (prepared.reader) return prepared.all(...values) as Row[];
      prepared.run(...values);
      return [];
    },
    transaction: (work) => database.transaction(work)(),
  };
  migrate(sql);
  return sql;
}
