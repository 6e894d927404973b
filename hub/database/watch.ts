import type { LogConfig } from 'kysely';

/** Told after each statement, `begin` and `commit` too. What it says never holds a value. */
export type QueryWatch = (statement: { readonly milliseconds: number; readonly isFailed: boolean }) => void;

/** A watch as Kysely wants it. */
export function kyselyLog(watch: QueryWatch | null): LogConfig {
  if (watch === null) return [];
  return (event) => watch({ milliseconds: event.queryDurationMillis, isFailed: event.level === 'error' });
}
