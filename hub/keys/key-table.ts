import { type HubRole, hubRole } from '../../core/hub-route.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubDatabase } from '../database/schema.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { isSecretOf, makeKey, readKey } from './secret.ts';

/** Who shows a key. `seat` is its journal's name, for the role `seat` and no other. */
export interface Caller {
  readonly keyId: string;
  readonly role: HubRole;
  readonly seat: string | null;
}

/** The holder of a key, or null when it is no key, not one of ours, or has ended. */
export async function callerOf({ tables }: HubDatabase, key: string): Promise<Caller | null> {
  const read = readKey(key);
  if (read === null) return null;
  const row = await tables
    .selectFrom('access_key')
    .select(['role', 'seat', 'secret_hash', 'revoked_at'])
    .where('key_id', '=', read.keyId)
    .executeTakeFirst();
  if (row === undefined || !isSecretOf(read.secret, row.secret_hash) || row.revoked_at !== null) return null;
  return { keyId: read.keyId, role: hubRole.parse(row.role), seat: row.seat };
}

/** A key for a person, told once. */
export async function createKey(
  { database, now, random }: HubParts,
  actor: Actor,
  holder: { readonly name: string; readonly role: Exclude<HubRole, 'seat'> },
): Promise<{ readonly keyId: string; readonly key: string }> {
  const { keyId, key, secretHash } = makeKey(random);
  await database.transaction(async (transaction) => {
    const at = now();
    await transaction
      .insertInto('access_key')
      .values({
        key_id: keyId,
        role: holder.role,
        name: holder.name,
        seat: null,
        secret_hash: secretHash,
        created_at: at,
        revoked_at: null,
      })
      .execute();
    await appendAudit(transaction, actor, at, {
      action: 'key-created',
      subject: keyId,
      detail: { role: holder.role },
    });
  });
  return { keyId, key };
}

/** Ends a key at once. Null when there is none that could be ended. */
export function revokeKey({ database, now }: HubParts, actor: Actor, keyId: string): Promise<number | null> {
  return database.transaction(async (transaction) => {
    const at = now();
    const { numUpdatedRows } = await transaction
      .updateTable('access_key')
      .set({ revoked_at: at })
      .where('key_id', '=', keyId)
      .where('revoked_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return null;
    await appendAudit(transaction, actor, at, { action: 'key-revoked', subject: keyId, detail: {} });
    return at;
  });
}

/** Keys after one, in the order of their ids, ended ones too. */
export async function listKeys({ tables }: HubDatabase, after: string, limit: number) {
  const rows = await tables
    .selectFrom('access_key')
    .select(['key_id', 'role', 'name', 'seat', 'created_at', 'revoked_at'])
    .where('key_id', '>', after)
    .orderBy('key_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({
    keyId: row.key_id,
    role: hubRole.parse(row.role),
    name: row.name,
    seat: row.seat,
    createdAt: row.created_at,
    revokedAt: row.revoked_at,
  }));
}
