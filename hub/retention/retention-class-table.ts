import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { RetentionClass } from '../../core/hub-retention-api.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubTables } from '../database/schema.ts';
import type { Actor } from '../hub-parts.ts';
import { lockRecording, type RecordingPlace } from '../listening/recording-table.ts';
import { subjectOf } from './erase-recording.ts';

/** All classes, by name. */
export async function listClasses(tables: Kysely<HubTables>): Promise<RetentionClass[]> {
  const rows = await tables.selectFrom('retention_class').selectAll().orderBy('name').execute();
  return rows.map(({ name, keep_days: keepDays, is_default: isDefault }) => ({
    name,
    keepDays,
    isDefault: isDefault === 1,
  }));
}

/** A class, or null. */
export async function classNamed(tables: Kysely<HubTables>, name: string): Promise<RetentionClass | null> {
  return (await listClasses(tables)).find((found) => found.name === name) ?? null;
}

/** One change of classes or rules after the other, until the transaction ends: what one means depends on what there was. */
export async function lockClasses(transaction: Transaction<HubTables>): Promise<void> {
  await transaction
    .updateTable('retention_clock')
    .set((expression) => ({ id: expression.ref('id') }))
    .execute();
}

/** Whether days keep shorter than others; null is for ever. */
export function isShorter(keepDays: number | null, before: number | null): boolean {
  return keepDays !== null && (before === null || keepDays < before);
}

/** Whether a class has recordings that are not erased. */
export async function hasRecordings(tables: Kysely<HubTables>, name: string): Promise<boolean> {
  const row = await tables
    .selectFrom('recording')
    .select('recording_id')
    .where('retention_class', '=', name)
    .where('erased_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes a class or changes it. The one for new recordings stays one unless another becomes it. */
export async function setClass(
  transaction: Transaction<HubTables>,
  actor: Actor,
  at: number,
  { name, keepDays, isDefault }: RetentionClass,
  detail: Readonly<Record<string, string | number | null>>,
): Promise<void> {
  if (isDefault) await transaction.updateTable('retention_class').set({ is_default: 0 }).execute();
  const values = { keep_days: keepDays, is_default: isDefault ? 1 : 0 };
  await transaction
    .insertInto('retention_class')
    .values({ name, ...values })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(values))
    .execute();
  await appendAudit(transaction, actor, at, {
    action: 'retention-class-set',
    subject: name,
    detail: { ...detail, keepDays, isDefault: isDefault ? 1 : 0 },
  });
}

/** Puts a recording into a class. False when there is no such recording that is not erased. */
export async function classify(
  transaction: Transaction<HubTables>,
  actor: Actor,
  at: number,
  { retentionClass, ...place }: RecordingPlace & { readonly retentionClass: string },
  detail: Readonly<Record<string, string | number | null>>,
): Promise<boolean> {
  const row = await lockRecording(transaction, place);
  if (row === null || row.erased_at !== null) return false;
  await transaction
    .updateTable('recording')
    .set({ retention_class: retentionClass })
    .where('seat', '=', place.seat)
    .where('recording_id', '=', place.recordingId)
    .execute();
  await appendAudit(transaction, actor, at, {
    action: 'recording-classified',
    subject: subjectOf(place),
    detail: { ...detail, from: row.retention_class, to: retentionClass },
  });
  return true;
}

/** A reason may name people, and the audit trail does not: it holds the reason's SHA-256, the request the reason. */
export function reasonHash(reason: string): string {
  return createHash('sha256').update(reason).digest('hex');
}
