import { loginName, type Person } from '../../core/hub-people-api.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { asPerson, signInPolicy } from './person-table.ts';
import type { PinHasher } from './pin-hash.ts';
import { forgetOldAttempts, forgiveAttempt, subjectsOf, takeAttempt } from './sign-in-attempts.ts';

export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly person: Person; readonly offlineHours: number }
  /** The name, the PIN, or the person has ended: which of them is nobody's business. */
  | { readonly kind: 'wrong' }
  | { readonly kind: 'wait'; readonly waitMs: number };

/**
 * A person signs in at a seat. An attempt counts as failed before the PIN is looked at and is forgiven when it was right,
 * so any number of them at once are counted one by one. Known, unknown and ended names are answered alike, after the same
 * work. Each attempt that was looked at stands in the audit trail, or is not answered; those that had to wait do not, or
 * whoever guesses could fill the disk. Rejects with `TooManySignIns`.
 */
export async function signIn(
  { database, now }: HubParts,
  hasher: PinHasher,
  seat: { readonly name: string; readonly actor: Actor },
  typed: { readonly login: string; readonly pin: string },
): Promise<SignInOutcome> {
  const parsed = loginName.safeParse(typed.login);
  const login = parsed.success ? parsed.data : typed.login;
  const subjects = subjectsOf(login, seat.name);
  const waitMs = await database.transaction((transaction) => takeAttempt(transaction, subjects, now()));
  if (waitMs > 0) return { kind: 'wait', waitMs };
  const found = await database.tables
    .selectFrom('person')
    .select(['person_id', 'secret_hash', 'secret_version'])
    .where('login', '=', login)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  const isRight = await hasher.isPinOf(typed.pin, found?.secret_hash ?? null);
  return database.transaction(async (transaction): Promise<SignInOutcome> => {
    // Asked again: the person may have ended, or the PIN changed, while it was worked out.
    const row = await transaction
      .selectFrom('person')
      .select(['person_id', 'login', 'name', 'role', 'secret_version'])
      .where('person_id', '=', found?.person_id ?? '')
      .where('secret_version', '=', found?.secret_version ?? 0)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    const { offlineHours } = await signInPolicy(transaction);
    const detail = { seat: seat.name };
    if (!isRight || row === undefined) {
      const subject = found?.person_id ?? 'nobody';
      await appendAudit(transaction, seat.actor, now(), { action: 'sign-in-failed', subject, detail });
      await forgetOldAttempts(transaction, now());
      return { kind: 'wrong' };
    }
    await forgiveAttempt(transaction, subjects);
    await appendAudit(transaction, seat.actor, now(), { action: 'person-signed-in', subject: row.person_id, detail });
    return { kind: 'signed-in', person: asPerson(row), offlineHours };
  });
}
