import type { Transaction } from 'kysely';
import { type Person, type PersonRole, personRole } from '../../core/hub-people-api.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubDatabase, HubTables } from '../database/schema.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { isTooSimple, makePin, type PinHasher } from './pin-hash.ts';
import { subjectsOf } from './sign-in-attempts.ts';

/** A person as somebody wishes to add one. Without a PIN one is made. */
export interface PersonWish {
  readonly login: string;
  readonly name: string;
  readonly role: PersonRole;
  readonly pin: string | null;
}

export type PersonMade =
  | { readonly kind: 'made'; readonly personId: string; readonly pin: string | null }
  | { readonly kind: 'too-simple' }
  | { readonly kind: 'login-taken' };

/** Adds a person. Of the PIN only its hash is kept. */
export async function createPerson(
  { database, now, random }: HubParts,
  hasher: PinHasher,
  actor: Actor,
  wish: PersonWish,
): Promise<PersonMade> {
  const pin = wish.pin ?? makePin();
  if (isTooSimple(pin, wish.login)) return { kind: 'too-simple' };
  const secretHash = await hasher.make(pin);
  const personId = Buffer.from(random(8)).toString('hex');
  return database.transaction(async (transaction): Promise<PersonMade> => {
    const at = now();
    const { numInsertedOrUpdatedRows } = await transaction
      .insertInto('person')
      .values({
        person_id: personId,
        login: wish.login,
        name: wish.name,
        role: wish.role,
        secret_hash: secretHash,
        secret_version: 1,
        created_at: at,
        ended_at: null,
      })
      .onConflict((conflict) => conflict.column('login').where('ended_at', 'is', null).doNothing())
      .executeTakeFirst();
    if (numInsertedOrUpdatedRows === 0n) return { kind: 'login-taken' };
    await appendAudit(transaction, actor, at, {
      action: 'person-created',
      subject: personId,
      detail: { role: wish.role },
    });
    return { kind: 'made', personId, pin: wish.pin === null ? pin : null };
  });
}

/** What changes of a person; what is missing stays. */
export interface PersonChange {
  readonly personId: string;
  readonly name?: string | undefined;
  readonly role?: PersonRole | undefined;
  readonly pin?: string | undefined;
}

export type PersonChanged =
  | { readonly kind: 'changed'; readonly person: Person }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'too-simple' };

/** Changes a person who works here. A new PIN ends the old one and whatever wait its failed attempts brought. */
export async function changePerson(
  { database, now }: HubParts,
  hasher: PinHasher,
  actor: Actor,
  { personId, name, role, pin }: PersonChange,
): Promise<PersonChanged> {
  const before = await activePerson(database.tables, personId);
  if (before === null) return { kind: 'unknown' };
  if (pin !== undefined && isTooSimple(pin, before.login)) return { kind: 'too-simple' };
  const secretHash = pin === undefined ? null : await hasher.make(pin);
  return database.transaction(async (transaction): Promise<PersonChanged> => {
    const row = await transaction
      .updateTable('person')
      .set((expression) => ({
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(secretHash === null
          ? {}
          : { secret_hash: secretHash, secret_version: expression('secret_version', '+', 1) }),
      }))
      .where('person_id', '=', personId)
      .where('ended_at', 'is', null)
      .returning(shown)
      .executeTakeFirst();
    if (row === undefined) return { kind: 'unknown' };
    if (pin !== undefined)
      await transaction
        .deleteFrom('sign_in_attempt')
        .where('subject', '=', subjectsOf(before.login, '').name)
        .execute();
    const what = Object.entries({ name, role, pin }).flatMap(([key, value]) => (value === undefined ? [] : [key]));
    await appendAudit(transaction, actor, now(), {
      action: 'person-changed',
      subject: personId,
      detail: { what: what.join(' '), ...(role === undefined ? {} : { role }) },
    });
    return { kind: 'changed', person: asPerson(row) };
  });
}

/** Ends a person at once. Null when there is nobody to end. */
export function endPerson({ database, now }: HubParts, actor: Actor, personId: string): Promise<number | null> {
  return database.transaction(async (transaction) => {
    const at = now();
    const { numUpdatedRows } = await transaction
      .updateTable('person')
      .set({ ended_at: at })
      .where('person_id', '=', personId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return null;
    await appendAudit(transaction, actor, at, { action: 'person-ended', subject: personId, detail: {} });
    return at;
  });
}

/** People after one, in the order of their ids, ended ones too. */
export async function listPeople({ tables }: HubDatabase, after: string, limit: number) {
  const rows = await tables
    .selectFrom('person')
    .select([...shown, 'created_at', 'ended_at'])
    .where('person_id', '>', after)
    .orderBy('person_id')
    .limit(limit)
    .execute();
  return rows.map((row) => ({ ...asPerson(row), createdAt: row.created_at, endedAt: row.ended_at }));
}

/** Whether people sign in at this site (from the first one on, for good), how long without the hub, and which of these people still work here. */
export async function peopleStanding({ tables }: HubDatabase, personIds: readonly string[]) {
  // Ended people count: whoever ends the last one does not open every seat to anybody.
  const any = await tables.selectFrom('person').select('person_id').limit(1).execute();
  const rows =
    personIds.length === 0
      ? []
      : await tables
          .selectFrom('person')
          .select(shown)
          .where('person_id', 'in', [...personIds])
          .where('ended_at', 'is', null)
          .orderBy('person_id')
          .execute();
  return { hasPeople: any.length > 0, ...(await signInPolicy(tables)), people: rows.map(asPerson) };
}

/** How long seats let people sign in without the hub. */
export async function signInPolicy(
  tables: HubDatabase['tables'] | Transaction<HubTables>,
): Promise<{ readonly offlineHours: number }> {
  const row = await tables.selectFrom('sign_in_policy').select('offline_hours').executeTakeFirstOrThrow();
  return { offlineHours: row.offline_hours };
}

/** Changes that. */
export async function setSignInPolicy(
  { database, now }: HubParts,
  actor: Actor,
  { offlineHours }: { readonly offlineHours: number },
): Promise<{ readonly offlineHours: number }> {
  await database.transaction(async (transaction) => {
    await transaction.updateTable('sign_in_policy').set({ offline_hours: offlineHours }).execute();
    await appendAudit(transaction, actor, now(), {
      action: 'sign-in-policy-changed',
      subject: 'sign-in-policy',
      detail: { offlineHours },
    });
  });
  return { offlineHours };
}

const shown = ['person_id', 'login', 'name', 'role', 'secret_version'] as const;

async function activePerson(tables: HubDatabase['tables'], personId: string): Promise<Person | null> {
  const row = await tables
    .selectFrom('person')
    .select(shown)
    .where('person_id', '=', personId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? null : asPerson(row);
}

/** What is shown of a row: nothing of its secret. */
export function asPerson(row: {
  readonly person_id: string;
  readonly login: string;
  readonly name: string;
  readonly role: string;
  readonly secret_version: number;
}): Person {
  return {
    personId: row.person_id,
    login: row.login,
    name: row.name,
    role: personRole.parse(row.role),
    secretVersion: row.secret_version,
  };
}
