import type { Connection } from '../../../main/store/connection.ts';

/** A seat's disk that can lose power at a write. */
export type DoomedWrites = {
  /** To be given to the tables in the place of the real one. */
  readonly connection: Connection;
  /** The n-th commit from now on is the last that gets to the disk (0: none does). */
  dieAfter(commits: number): void;
  /** The power is gone: nothing of what is written now will be there. */
  isOver(): boolean;
  /** How many commits were made. */
  commits(): number;
  /** Ends the connection as the end of the process does. */
  close(): void;
};

/**
 * Cuts the power between two commits, also where both are made in one go. The program under test does not notice: what it
 * writes after the last moment goes into a transaction that is rolled back, as if it had not lived to write it.
 */
export function doomedWrites(real: Connection): DoomedWrites {
  let left = Number.POSITIVE_INFINITY;
  let commits = 0;
  let isOver = false;
  const doom = (): void => {
    if (isOver) return;
    isOver = true;
    real.exec('begin immediate');
  };
  /** After whatever may have been a commit: with an outer transaction still open it was none. */
  const written = (wasInTransaction: boolean): void => {
    if (wasInTransaction || isOver || real.inTransaction) return;
    commits += 1;
    left -= 1;
    if (left <= 0) doom();
  };
  const around = <Args extends readonly unknown[], Result>(work: (...args: Args) => Result) => {
    return (...args: Args): Result => {
      const wasInTransaction = real.inTransaction;
      const result = work(...args);
      written(wasInTransaction);
      return result;
    };
  };
  const connection = new Proxy(real, {
    get: (target, name) => {
      if (name === 'transaction')
        return (work: (...args: unknown[]) => unknown) => {
          const transaction = target.transaction(work);
          return Object.assign(around(transaction), {
            deferred: around(transaction.deferred),
            immediate: around(transaction.immediate),
            exclusive: around(transaction.exclusive),
          });
        };
      if (name === 'prepare')
        return (sql: string) => {
          const statement = target.prepare(sql);
          if (statement.readonly) return statement;
          return Object.assign(statement, { run: around(statement.run.bind(statement)) });
        };
      if (name === 'exec') return around(target.exec.bind(target));
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    connection,
    dieAfter: (more) => {
      left = more;
      if (left <= 0) doom();
    },
    isOver: () => isOver,
    commits: () => commits,
    close: () => {
      if (real.inTransaction) real.exec('rollback');
      real.close();
    },
  };
}
