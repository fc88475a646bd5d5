import type { DurableObjectStorage } from "@cloudflare/workers-types";
import type { Sql, SqlValue } from "./sql.ts";

/** A Durable Object's own SQLite. */
export function durableSql(storage: DurableObjectStorage): Sql {
  return {
    all: <Row extends object>(statement: string, ...values: readonly SqlValue[]) =>
      storage.sql.exec(statement, ...values).toArray() as unknown as Row[],
    transaction: (work) => storage.transactionSync(work),
  };
}
