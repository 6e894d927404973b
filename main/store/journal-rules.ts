import type { Connection } from './connection.ts';

/**
 * The journal's rules stand in the file (nothing is changed, nothing is taken out, no gap). Only this lifts them: for what
 * `work` does, within a transaction of the caller that ends with them in force again.
 */
export function rulesLifted(connection: Connection): <Result>(work: () => Result) => Result {
  const rules = connection.prepare<[], { readonly name: string; readonly sql: string }>(
    `select name, sql from sqlite_schema where type = 'trigger' and tbl_name = 'journal'`,
  );
  return (work) => {
    if (!connection.inTransaction) throw new Error('the rules of the journal are lifted within a transaction only');
    const inForce = rules.all();
    for (const { name } of inForce) connection.exec(`drop trigger "${name}"`);
    const done = work();
    for (const { sql } of inForce) connection.exec(sql);
    return done;
  };
}
