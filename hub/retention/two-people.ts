import type { Transaction } from 'kysely';
import { assertNever } from '../../core/assert-never.ts';
import type { RequestRow, RequestWish } from '../../core/hub-recordings-api.ts';
import type { Asked, RetentionClass } from '../../core/hub-retention-api.ts';
import { appendAudit } from '../audit/audit-table.ts';
import type { HubTables } from '../database/schema.ts';
import type { Actor, HubParts } from '../hub-parts.ts';
import { lockRecording, type RecordingPlace } from '../listening/recording-table.ts';
import { eraseRecording, subjectOf } from './erase-recording.ts';
import { addRequest, type MadeRequest, settleRequest, wishSubject } from './request-table.ts';
import {
  classify,
  classNamed,
  hasRecordings,
  isShorter,
  lockClasses,
  reasonHash,
  setClass,
} from './retention-class-table.ts';

/** Why a step was not done. */
export type Refusal = 'unknown' | 'erased' | 'held' | 'not-held' | 'unknown-class' | 'last-default';
type Refused = { readonly kind: 'refused'; readonly why: Refusal };

/** Asks for a recording to be erased, or let off its hold: another person confirms. */
export function askFor(
  { database, now, random }: HubParts,
  actor: Actor,
  {
    wish,
    reason,
  }: { readonly wish: Extract<RequestWish, { what: 'erase' | 'release-hold' }>; readonly reason: string },
): Promise<({ readonly kind: 'asked' } & MadeRequest) | Refused> {
  return database.transaction(async (transaction) => {
    const row = await lockRecording(transaction, wish);
    if (row === null) return refused('unknown');
    if (row.erased_at !== null) return refused('erased');
    if (wish.what === 'erase' && row.held_at !== null) return refused('held');
    if (wish.what === 'release-hold' && row.held_at === null) return refused('not-held');
    const made = await addRequest(transaction, { actor, at: now(), random }, { wish, reason });
    return { kind: 'asked', ...made };
  });
}

/** Holds a recording at once: one person suffices to keep something. Holding it again changes nothing. */
export function hold(
  { database, now }: HubParts,
  actor: Actor,
  { reason, ...place }: RecordingPlace & { readonly reason: string },
): Promise<{ readonly kind: 'held'; readonly heldAt: number } | Refused> {
  return database.transaction(async (transaction) => {
    const row = await lockRecording(transaction, place);
    if (row === null) return refused('unknown');
    if (row.erased_at !== null) return refused('erased');
    if (row.held_at !== null) return { kind: 'held', heldAt: row.held_at };
    const at = now();
    await setHeld(transaction, place, at);
    await appendAudit(transaction, actor, at, {
      action: 'recording-held',
      subject: subjectOf(place),
      detail: { reason: reasonHash(reason) },
    });
    return { kind: 'held', heldAt: at };
  });
}

/** Puts a recording into a class; one that keeps shorter waits for a second person. */
export function reclassify(
  { database, now, random }: HubParts,
  actor: Actor,
  wish: RecordingPlace & { readonly retentionClass: string; readonly reason: string },
): Promise<Asked | Refused> {
  const { seat, recordingId, retentionClass, reason } = wish;
  return database.transaction(async (transaction) => {
    const row = await lockRecording(transaction, wish);
    if (row === null) return refused('unknown');
    if (row.erased_at !== null) return refused('erased');
    const next = await classNamed(transaction, retentionClass);
    const before = await classNamed(transaction, row.retention_class);
    if (next === null || before === null) return refused('unknown-class');
    const at = now();
    const place = { seat, recordingId, retentionClass };
    if (isShorter(next.keepDays, before.keepDays)) {
      const wanted = { wish: { what: 'classify' as const, ...place }, reason };
      const { requestId } = await addRequest(transaction, { actor, at, random }, wanted);
      return { kind: 'asked', requestId };
    }
    await classify(transaction, actor, at, place, { reason: reasonHash(reason) });
    return { kind: 'done' };
  });
}

/** Makes a class or changes it; what would erase recordings earlier waits for a second person. */
export function putClass(
  { database, now, random }: HubParts,
  actor: Actor,
  { reason, ...next }: RetentionClass & { readonly reason: string },
): Promise<Asked | Refused> {
  return database.transaction(async (transaction) => {
    await lockClasses(transaction);
    const before = await classNamed(transaction, next.name);
    if (before?.isDefault === true && !next.isDefault) return refused('last-default');
    const at = now();
    const isEarlier = before !== null && isShorter(next.keepDays, before.keepDays);
    if (isEarlier && (await hasRecordings(transaction, next.name))) {
      const wanted = { wish: { what: 'shorten-class' as const, ...next }, reason };
      const { requestId } = await addRequest(transaction, { actor, at, random }, wanted);
      return { kind: 'asked', requestId };
    }
    await setClass(transaction, actor, at, next, { reason: reasonHash(reason) });
    return { kind: 'done' };
  });
}

/** What came of a confirmation. */
export type Confirmed =
  | { readonly kind: 'done'; readonly at: number; readonly wish: RequestWish }
  | { readonly kind: 'unknown-request' }
  | { readonly kind: 'same-person' }
  | Refused;

/** Confirms a request of another person and does it in the same transaction; what can't be done leaves it open. */
export async function confirm({ database, now }: HubParts, actor: Actor, requestId: string): Promise<Confirmed> {
  const at = now();
  try {
    return await database.transaction(async (transaction): Promise<Confirmed> => {
      const request = await settleRequest(transaction, requestId, { state: 'confirmed', by: actor.id, at });
      if (request === null) return { kind: 'unknown-request' };
      if (!(await isAnother(transaction, actor, request))) throw new NotDone({ kind: 'same-person' });
      const why = await perform(transaction, actor, at, request);
      if (why !== null) throw new NotDone(refused(why));
      return { kind: 'done', at, wish: request.wish };
    });
  } catch (cause) {
    if (cause instanceof NotDone) return cause.outcome;
    throw cause;
  }
}

/** Withdraws a request, or refuses it: either is one person's. Null: there is none that is open. */
export function withdraw({ database, now }: HubParts, actor: Actor, requestId: string): Promise<number | null> {
  return database.transaction(async (transaction) => {
    const at = now();
    const request = await settleRequest(transaction, requestId, { state: 'withdrawn', by: actor.id, at });
    if (request === null) return null;
    await appendAudit(transaction, actor, at, {
      action: `${request.wish.what}-withdrawn`,
      subject: wishSubject(request.wish),
      detail: { requestId, askedBy: request.askedBy },
    });
    return at;
  });
}

/** Carries an outcome out of a transaction that is to leave nothing behind. */
class NotDone extends Error {
  override readonly name = 'NotDone';
  readonly outcome: Confirmed;

  constructor(outcome: Confirmed) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Another person: another key under another name, made before the request was. An administrator can make himself a second
 * key; it must be older than the request and stands in the audit trail with its maker.
 */
async function isAnother(transaction: Transaction<HubTables>, actor: Actor, request: RequestRow): Promise<boolean> {
  if (actor.id === request.askedBy) return false;
  const keys = await transaction
    .selectFrom('access_key')
    .select(['key_id', 'name', 'created_at'])
    .where('key_id', 'in', [actor.id, request.askedBy])
    .execute();
  const asker = keys.find(({ key_id }) => key_id === request.askedBy);
  const confirmer = keys.find(({ key_id }) => key_id === actor.id);
  if (asker === undefined || confirmer === undefined) return false;
  return confirmer.created_at <= request.askedAt && sameName(asker.name) !== sameName(confirmer.name);
}

function sameName(name: string): string {
  return name.normalize('NFKC').trim().toLowerCase();
}

async function perform(
  transaction: Transaction<HubTables>,
  actor: Actor,
  at: number,
  { requestId, askedBy, wish }: RequestRow,
): Promise<Refusal | null> {
  const detail = { requestId, askedBy };
  switch (wish.what) {
    case 'erase': {
      const { kind } = await eraseRecording(transaction, actor, at, wish, detail);
      return kind === 'erased' ? null : kind === 'erased-before' ? 'erased' : kind;
    }
    case 'release-hold': {
      const row = await lockRecording(transaction, wish);
      if (row === null) return 'unknown';
      if (row.held_at === null) return 'not-held';
      await setHeld(transaction, wish, null);
      await appendAudit(transaction, actor, at, { action: 'hold-released', subject: subjectOf(wish), detail });
      return null;
    }
    case 'classify': {
      if ((await classNamed(transaction, wish.retentionClass)) === null) return 'unknown-class';
      return (await classify(transaction, actor, at, wish, detail)) ? null : 'erased';
    }
    case 'shorten-class': {
      await lockClasses(transaction);
      const before = await classNamed(transaction, wish.name);
      if (before?.isDefault === true && !wish.isDefault) return 'last-default';
      await setClass(transaction, actor, at, wish, detail);
      return null;
    }
    default:
      return assertNever(wish);
  }
}

async function setHeld(transaction: Transaction<HubTables>, place: RecordingPlace, at: number | null): Promise<void> {
  await transaction
    .updateTable('recording')
    .set({ held_at: at })
    .where('seat', '=', place.seat)
    .where('recording_id', '=', place.recordingId)
    .execute();
}

function refused(why: Refusal): Refused {
  return { kind: 'refused', why };
}
