import type { Transaction } from 'kysely';
import type { AuditLine } from '../../core/hub-api.ts';
import type { HubDatabase, HubTables } from '../database/schema.ts';
import type { Actor } from '../hub-parts.ts';
import { type ChainFault, chainCheck, hashLine } from './chain.ts';

/** What was done, to what. `detail` is short JSON without personal data. */
export interface AuditedAction {
  readonly action: string;
  readonly subject: string;
  readonly detail: Readonly<Record<string, string | number | null>>;
}

/**
 * Adds a line to the audit trail in the transaction of the action itself: both are on disk, or neither. So an action
 * that can't be audited is not done. Holds the lock of `hub` until the transaction ends. Answers the line's position;
 * throws `AuditTrailBroken` when the line before is not as it was written.
 */
export async function appendAudit(
  transaction: Transaction<HubTables>,
  actor: Actor,
  at: number,
  { action, subject, detail }: AuditedAction,
): Promise<number> {
  const head = await transaction
    .updateTable('hub')
    .set((expression) => ({ audit_position: expression('audit_position', '+', 1) }))
    .returning(['audit_position', 'audit_hash'])
    .executeTakeFirstOrThrow();
  const line = {
    position: head.audit_position,
    at,
    actor: actor.id,
    role: actor.role,
    action,
    subject,
    detail: JSON.stringify(detail),
    previous: head.audit_hash,
  };
  await requireTail(transaction, head.audit_position - 1, head.audit_hash);
  const hash = hashLine(line);
  await transaction
    .insertInto('audit_line')
    .values({ ...line, hash })
    .execute();
  await transaction.updateTable('hub').set({ audit_hash: hash }).execute();
  return line.position;
}

/** The trail ends otherwise than the hub wrote it: nothing that must be audited is done until somebody has looked. */
export class AuditTrailBroken extends Error {
  override readonly name = 'AuditTrailBroken';
}

/** The line before the new one must be there and be what its hash says, or the chain would go on over a break. */
async function requireTail(transaction: Transaction<HubTables>, position: number, hash: string): Promise<void> {
  if (position === 0) return;
  const last = await transaction
    .selectFrom('audit_line')
    .selectAll()
    .where('position', '=', position)
    .executeTakeFirst();
  if (last === undefined || last.hash !== hash || hashLine(last) !== hash)
    throw new AuditTrailBroken(`the audit trail does not end as it was written: line ${position}`);
}

/** Lines after a position, oldest first. */
export function auditAfter({ tables }: HubDatabase, position: number, limit: number): Promise<readonly AuditLine[]> {
  return tables
    .selectFrom('audit_line')
    .selectAll()
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute();
}

/** What a check of the whole trail found. `head` may be written down elsewhere and shown to a later check. */
export interface AuditVerdict {
  readonly lines: number;
  readonly head: string;
  readonly fault: ChainFault | null;
}

/** A line that was written down earlier: it must still be there with this hash. */
export interface AuditAnchor {
  readonly position: number;
  readonly hash: string;
}

/** How many lines are read at a time. */
const linesAtOnce = 1_000;

/**
 * Reads the whole trail, line by line. Without an anchor, somebody who can write the database could make a whole new
 * chain; with one, kept where he can't write, he can't.
 */
export async function verifyAudit(database: HubDatabase, anchor: AuditAnchor | null): Promise<AuditVerdict> {
  // Read first, so that a line written while we read is not taken for one too many.
  const head = await database.tables
    .selectFrom('hub')
    .select(['audit_position as position', 'audit_hash as hash'])
    .executeTakeFirstOrThrow();
  const check = chainCheck();
  let lines = 0;
  let anchored = anchor === null;
  for (let next = await auditAfter(database, 0, linesAtOnce); next.length > 0; ) {
    for (const line of next) {
      if (line.position > head.position) break;
      lines += 1;
      if (line.position === anchor?.position) anchored = line.hash === anchor.hash;
      check.take(line);
    }
    const last = next.at(-1)?.position ?? head.position;
    next = last >= head.position ? [] : await auditAfter(database, last, linesAtOnce);
  }
  const fault = check.finish(head) ?? (await lineBeyond(database, head.position));
  if (fault !== null || anchor === null || anchored) return { lines, head: head.hash, fault };
  return { lines, head: head.hash, fault: { position: anchor.position, fault: 'changed' } };
}

/** A line after the head, unless the head has moved since. */
async function lineBeyond(database: HubDatabase, position: number): Promise<ChainFault | null> {
  const { rows, head } = await database.transaction(async (transaction) => ({
    head: await transaction.selectFrom('hub').select('audit_position').executeTakeFirstOrThrow(),
    rows: await transaction
      .selectFrom('audit_line')
      .select('position')
      .where('position', '>', position)
      .orderBy('position', 'desc')
      .limit(1)
      .execute(),
  }));
  const last = rows[0]?.position;
  return last === undefined || head.audit_position >= last ? null : { position: last, fault: 'changed' };
}
