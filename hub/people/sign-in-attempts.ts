import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { HubTables } from '../database/schema.ts';

/**
 * Failed sign-ins, counted in the database: for a name (known or not, so that neither is told from the other) and for the
 * seat it was tried at. Every hub behind a balancer counts in the same place, and a restart forgets nothing.
 */

/** How often a name may fail before it waits, how long the first wait is, and by how much each is longer: five tries in ten minutes. */
const ofName = { free: 2, firstMs: 60_000, factor: 3 } as const;
/** A seat is shared by a shift, so it may fail more often before all its names wait. */
const ofSeat = { free: 20, firstMs: 60_000, factor: 2 } as const;
/** No wait is longer: a joke must not shut somebody out for the day. */
const waitMaxMs = 3_600_000;
/** One failure is forgotten after each hour without one: the slips of a seat's weeks must not add up. */
const fadeMs = 3_600_000;
/** After so long a row is removed. */
const forgetMs = 24 * 3_600_000;

type Rule = typeof ofName | typeof ofSeat;

/** What is counted for one attempt. */
export interface AttemptSubjects {
  readonly name: string;
  readonly seat: string;
}

/** What a name is counted under: its hash, because people sometimes type their PIN where the name belongs. */
export function subjectsOf(login: string, seat: string): AttemptSubjects {
  return { name: `name:${createHash('sha256').update(login).digest('hex')}`, seat: `seat:${seat}` };
}

/**
 * Takes one attempt before it is looked at, as a failure: however many come at once, each is counted. Answers how long to
 * wait instead, in milliseconds, when there were too many; then nothing is counted.
 */
export async function takeAttempt(
  transaction: Transaction<HubTables>,
  { name, seat }: AttemptSubjects,
  at: number,
): Promise<number> {
  // Each row is locked before it is read, always in this order; while the seat waits no name is written down.
  const seatRow = await locked(transaction, seat, at);
  if (seatRow.waitMs > 0) return seatRow.waitMs;
  const nameRow = await locked(transaction, name, at);
  if (nameRow.waitMs > 0) return nameRow.waitMs;
  await count(transaction, seat, at, seatRow.failures + 1, ofSeat);
  await count(transaction, name, at, nameRow.failures + 1, ofName);
  return 0;
}

/** Removes what is too old to count. Last in a transaction that has written to the audit trail: whoever does waits in line. */
export async function forgetOldAttempts(transaction: Transaction<HubTables>, at: number): Promise<void> {
  await transaction
    .deleteFrom('sign_in_attempt')
    .where('last_at', '<=', at - forgetMs)
    .execute();
}

/** The attempt was right: the name begins anew; the seat gets its one back and keeps the others, which were not this person's. */
export async function forgiveAttempt(
  transaction: Transaction<HubTables>,
  { name, seat }: AttemptSubjects,
): Promise<void> {
  await transaction
    .updateTable('sign_in_attempt')
    .set((expression) => ({ failures: expression('failures', '-', 1), blocked_until: 0 }))
    .where('subject', '=', seat)
    .where('failures', '>', 0)
    .execute();
  await transaction.deleteFrom('sign_in_attempt').where('subject', '=', name).execute();
}

/** The row of a subject, nobody else's until the transaction ends: how often it failed, and how long it still waits. */
async function locked(transaction: Transaction<HubTables>, subject: string, at: number) {
  const row = await transaction
    .insertInto('sign_in_attempt')
    .values({ subject, failures: 0, last_at: at, blocked_until: 0 })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet({ subject }))
    .returning(['failures', 'last_at', 'blocked_until'])
    .executeTakeFirstOrThrow();
  if (row.last_at <= at) {
    const failures = Math.max(0, row.failures - Math.floor((at - row.last_at) / fadeMs));
    return { failures, waitMs: Math.max(0, row.blocked_until - at) };
  }
  // The hub's clock was set back since: the wait is counted from now, or it might last for years.
  const waitMs = Math.max(0, row.blocked_until - row.last_at);
  await transaction
    .updateTable('sign_in_attempt')
    .set({ last_at: at, blocked_until: at + waitMs })
    .where('subject', '=', subject)
    .execute();
  return { failures: row.failures, waitMs };
}

async function count(
  transaction: Transaction<HubTables>,
  subject: string,
  at: number,
  failures: number,
  { free, firstMs, factor }: Rule,
): Promise<void> {
  const over = failures - free;
  const waitMs = over <= 0 ? 0 : Math.min(firstMs * factor ** (over - 1), waitMaxMs);
  await transaction
    .updateTable('sign_in_attempt')
    .set({ failures, last_at: at, blocked_until: at + waitMs })
    .where('subject', '=', subject)
    .execute();
}
