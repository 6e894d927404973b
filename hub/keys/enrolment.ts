import { appendAudit } from '../audit/audit-table.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { hashCode, makeCode, makeKey } from './secret.ts';

/** What a code is made for. */
export interface CodeWish {
  readonly label: string;
  readonly minutes: number;
  /** The seat that gets a new key, or null for a new seat. */
  readonly renews: string | null;
}

/** Makes a code with which one seat may enrol once, and forgets it: only its hash is kept. */
export async function createCode(
  { database, now, random }: HubParts,
  actor: Actor,
  wish: CodeWish,
): Promise<{ readonly code: string; readonly expiresAt: number }> {
  const code = makeCode(random);
  const at = now();
  const expiresAt = at + wish.minutes * 60_000;
  await database.transaction(async (transaction) => {
    await transaction
      .insertInto('enrolment_code')
      .values({
        code_hash: hashCode(code),
        label: wish.label,
        renews: wish.renews,
        expires_at: expiresAt,
        used_at: null,
      })
      .execute();
    await appendAudit(transaction, actor, at, {
      action: 'enrolment-code-created',
      subject: wish.renews ?? 'a new seat',
      detail: { minutes: wish.minutes },
    });
  });
  return { code, expiresAt };
}

export type EnrolOutcome =
  | { readonly kind: 'enrolled'; readonly hubId: string; readonly key: string }
  | { readonly kind: 'unknown-code' }
  | { readonly kind: 'already-enrolled' };

/**
 * A code for a key. The code is used up in the transaction that makes the key, so two seats with one code get one key.
 * A code made for one seat is unknown to every other. A code that could not be used stays as it was.
 */
export function enrol(
  { database, now, random }: HubParts,
  wish: { readonly code: string; readonly seat: string },
): Promise<EnrolOutcome> {
  const { seat } = wish;
  const codeHash = hashCode(wish.code);
  return database.transaction(async (transaction): Promise<EnrolOutcome> => {
    const at = now();
    const code = await transaction
      .updateTable('enrolment_code')
      .set({ used_at: at })
      .where('code_hash', '=', codeHash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', at)
      .returning(['label', 'renews'])
      .executeTakeFirst();
    if (code === undefined) return { kind: 'unknown-code' };
    const giveBack = () =>
      transaction.updateTable('enrolment_code').set({ used_at: null }).where('code_hash', '=', codeHash).execute();
    if (code.renews !== null && code.renews !== seat) {
      await giveBack();
      return { kind: 'unknown-code' };
    }
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('seat')
      .values({ seat, label: code.label, enrolled_at: at, last_seq: 0, last_push_at: null })
      .onConflict((conflict) => conflict.column('seat').doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n && code.renews === null) {
      await giveBack();
      return { kind: 'already-enrolled' };
    }
    await transaction
      .updateTable('access_key')
      .set({ revoked_at: at })
      .where('seat', '=', seat)
      .where('revoked_at', 'is', null)
      .execute();
    const { keyId, key, secretHash } = makeKey(random);
    await transaction
      .insertInto('access_key')
      .values({
        key_id: keyId,
        role: 'seat',
        name: code.label,
        seat,
        secret_hash: secretHash,
        created_at: at,
        revoked_at: null,
      })
      .execute();
    const actor: Actor = { id: keyId, role: 'seat' };
    await appendAudit(transaction, actor, at, { action: 'seat-enrolled', subject: seat, detail: {} });
    const { hub_id: hubId } = await transaction.selectFrom('hub').select('hub_id').executeTakeFirstOrThrow();
    return { kind: 'enrolled', hubId, key };
  });
}
