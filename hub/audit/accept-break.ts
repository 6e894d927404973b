import type { Actor, HubParts } from '../hub-parts.ts';
import { reasonHash } from '../retention/retention-class-table.ts';
import { verifyAudit } from './audit-table.ts';
import { type ChainFault, hashLine } from './chain.ts';

/** What came of it; `sound`: there is no break to accept. */
export type AcceptOutcome =
  | { readonly kind: 'accepted'; readonly fault: ChainFault; readonly position: number }
  | { readonly kind: 'sound' };

/**
 * Lets a trail go on that does not end as it was written: nothing that is audited is done before. A line says so and
 * hangs on the last hash that the hub knew, so the break stays visible to every later check, for ever.
 */
export async function acceptBreak({ database, now }: HubParts, actor: Actor, reason: string): Promise<AcceptOutcome> {
  const { fault } = await verifyAudit(database, null);
  if (fault === null) return { kind: 'sound' };
  return database.transaction(async (transaction) => {
    const head = await transaction
      .updateTable('hub')
      .set((expression) => ({ audit_position: expression.ref('audit_position') }))
      .returning(['audit_position', 'audit_hash'])
      .executeTakeFirstOrThrow();
    const last = await transaction
      .selectFrom('audit_line')
      .select(({ fn }) => fn.max('position').as('position'))
      .executeTakeFirst();
    const position = Math.max(head.audit_position, Number(last?.position ?? 0)) + 1;
    const line = {
      position,
      at: now(),
      actor: actor.id,
      role: actor.role,
      action: 'audit-break-accepted',
      subject: `line ${fault.position}`,
      detail: JSON.stringify({ fault: fault.fault, reason: reasonHash(reason) }),
      previous: head.audit_hash,
    };
    const hash = hashLine(line);
    await transaction
      .insertInto('audit_line')
      .values({ ...line, hash })
      .execute();
    await transaction.updateTable('hub').set({ audit_position: position, audit_hash: hash }).execute();
    return { kind: 'accepted', fault, position };
  });
}
