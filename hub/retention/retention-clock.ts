import type { Kysely } from 'kysely';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubTables } from '../database/schema.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { reasonHash } from './retention-class-table.ts';

/** How far the wall clock may be from where it was at the last sweep: more is a jump, or a hub that was off for days. */
export const clockJumpMaxMs = 24 * 3_600_000;

/** The hub itself, in the audit trail: what it does by date and not by anybody's wish. */
export const retentionActor: Actor = { id: 'retention', role: 'hub' };

/**
 * Whether erasing by date may go on. A clock that moved by more than a day since the last sweep stops it, for whatever is
 * past its date by a wrong clock would be gone for ever; a person must say that the clock is right. Nobody can tell a
 * jump from a hub that was switched off, so that stops it too.
 */
export function mayEraseByDate({ database }: HubParts, at: number): Promise<boolean> {
  return database.transaction(async (transaction) => {
    const clock = await transaction
      .updateTable('retention_clock')
      .set({ swept_at: at })
      .returning(['seen_at', 'stopped_at'])
      .executeTakeFirstOrThrow();
    if (clock.stopped_at !== null) return false;
    const jumpMs = clock.seen_at === null ? 0 : at - clock.seen_at;
    if (Math.abs(jumpMs) <= clockJumpMaxMs) {
      await transaction.updateTable('retention_clock').set({ seen_at: at }).execute();
      return true;
    }
    await transaction.updateTable('retention_clock').set({ stopped_at: at, jump_ms: jumpMs }).execute();
    await appendAudit(transaction, retentionActor, at, {
      action: 'retention-stopped',
      subject: 'the clock',
      detail: { jumpMs },
    });
    return false;
  });
}

/** A person says that the clock is right. Null: erasing was not stopped. */
export function trustClock({ database, now }: HubParts, actor: Actor, reason: string): Promise<number | null> {
  return database.transaction(async (transaction) => {
    const at = now();
    const { numUpdatedRows } = await transaction
      .updateTable('retention_clock')
      .set({ seen_at: at, stopped_at: null, jump_ms: null })
      .where('stopped_at', 'is not', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return null;
    await appendAudit(transaction, actor, at, {
      action: 'clock-trusted',
      subject: 'the clock',
      detail: { reason: reasonHash(reason) },
    });
    return at;
  });
}

/** Whether erasing by date stands still until a person says that the clock is right. */
export async function isErasingStopped(tables: Kysely<HubTables>): Promise<boolean> {
  const clock = await tables.selectFrom('retention_clock').select('stopped_at').executeTakeFirstOrThrow();
  return clock.stopped_at !== null;
}

/** How erasing by date stands. */
export async function retentionStanding({ database }: HubParts) {
  const { tables } = database;
  const clock = await tables.selectFrom('retention_clock').selectAll().executeTakeFirstOrThrow();
  const { held } = await tables
    .selectFrom('recording')
    .select(({ fn }) => fn.countAll<number>().as('held'))
    .where('held_at', 'is not', null)
    .executeTakeFirstOrThrow();
  const { stopped_at: at, jump_ms: jumpMs } = clock;
  return { stopped: at === null ? null : { at, jumpMs: jumpMs ?? 0 }, sweptAt: clock.swept_at, held: Number(held) };
}
