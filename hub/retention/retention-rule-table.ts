import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { RetentionRule } from '../../core/hub-retention-api.ts';
import type { HubTables } from '../database/schema.ts';

/** Where a recording's call came in, as far as it is known. */
export interface CameIn {
  readonly seat: string;
  /** As its seat named it; null when the seat does not know. */
  readonly queue: string | null;
}

/** The rules, in their order. */
export async function listRules(tables: Kysely<HubTables>): Promise<RetentionRule[]> {
  const rows = await tables.selectFrom('retention_rule').selectAll().orderBy('position').execute();
  return rows.flatMap(({ seat, queue, retention_class: retentionClass }): RetentionRule[] => {
    if (seat !== null) return [{ by: 'seat', seat, retentionClass }];
    return queue === null ? [] : [{ by: 'queue', queue, retentionClass }];
  });
}

/** Names a state of the rules: who changes them shows which ones he saw. */
export function rulesRevision(rules: readonly RetentionRule[]): string {
  return createHash('sha256')
    .update(JSON.stringify(rules.map(ruleText)))
    .digest('hex')
    .slice(0, 16);
}

/** A rule in one line, for people and for the audit trail. */
export function ruleText(rule: RetentionRule): string {
  const where = rule.by === 'seat' ? `seat ${rule.seat}` : `queue ${rule.queue}`;
  return `${where}: ${rule.retentionClass}`;
}

/** Puts these rules in the place of all that were. The caller holds the lock of the classes. */
export async function replaceRules(
  transaction: Transaction<HubTables>,
  rules: readonly RetentionRule[],
): Promise<void> {
  await transaction.deleteFrom('retention_rule').execute();
  const values = rules.map((rule, index) => ({
    position: index + 1,
    seat: rule.by === 'seat' ? rule.seat : null,
    queue: rule.by === 'queue' ? rule.queue : null,
    retention_class: rule.retentionClass,
  }));
  if (values.length > 0) await transaction.insertInto('retention_rule').values(values).execute();
}

/** The class of a new recording: of the first rule that fits, else the one for new recordings. */
export async function classFor(transaction: Transaction<HubTables>, { seat, queue }: CameIn): Promise<string> {
  const rule = await transaction
    .selectFrom('retention_rule')
    .select('retention_class')
    .where(({ eb, or }) => or([eb('seat', '=', seat), ...(queue === null ? [] : [eb('queue', '=', queue)])]))
    .orderBy('position')
    .limit(1)
    .executeTakeFirst();
  if (rule !== undefined) return rule.retention_class;
  const { name } = await transaction
    .selectFrom('retention_class')
    .select('name')
    .where('is_default', '=', 1)
    .executeTakeFirstOrThrow();
  return name;
}
