import type { Transaction } from 'kysely';
import type { JournalPush, PushAnswer, SetAsideEntry } from '../../core/hub-api.ts';
import { setAsideReason } from '../../core/hub-api.ts';
import type { HubTables } from '../database/schema.ts';
import { isFaultOfContent } from '../database/storage-fault.ts';
import type { HubParts } from '../hub-parts.ts';
import { lockRecords, writeEdit } from '../records/write-edits.ts';
import { foldCalls } from './fold-calls.ts';
import { type ReadEntry, readPush } from './read-entry.ts';

export type PushOutcome =
  | { readonly kind: 'taken'; readonly answer: PushAnswer; readonly fresh: number; readonly setAside: number }
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'forked'; readonly seq: number }
  | { readonly kind: 'wrong-seat'; readonly seq: number };

type Refusal = Exclude<PushOutcome, { readonly kind: 'taken' }>;

/**
 * Takes entries of one seat. What they do, the entries and the seat's number are written in one transaction, so each is
 * applied once however often it comes. An entry that can't be read or applied is set aside with its reason and the next
 * goes on. When this resolves with `taken`, everything is on disk; when it rejects, it is not known, and the same push
 * again finds out.
 */
export async function takePush(parts: HubParts, seat: string, push: JournalPush): Promise<PushOutcome> {
  const read = readPush(seat, push.firstSeq, push.entries);
  if (read.kind !== 'read') return read;
  const counts = { fresh: 0, setAside: 0 };
  const refusal = await takeRange(parts, seat, read.entries, counts);
  if (refusal !== null) return refusal;
  const acknowledgedSeq = push.firstSeq + push.entries.length - 1;
  const setAside = await setAsideBetween(parts, seat, push.firstSeq, acknowledgedSeq);
  return { kind: 'taken', answer: { acknowledgedSeq, setAside }, ...counts };
}

type Counts = { fresh: number; setAside: number };

/**
 * All of a range in one transaction. If what some entry says can't be written, nothing of it was: then each goes in a
 * transaction of its own, and the one that is at fault is set aside.
 */
async function takeRange(
  parts: HubParts,
  seat: string,
  entries: readonly ReadEntry[],
  counts: Counts,
): Promise<Refusal | null> {
  try {
    const outcome = await parts.database.transaction((transaction) => writeRange(transaction, parts, seat, entries));
    if (outcome.kind !== 'written') return outcome;
    counts.fresh += outcome.fresh;
    counts.setAside += outcome.setAside;
    return null;
  } catch (cause) {
    if (!isFaultOfContent(cause)) throw cause;
    const [first] = entries;
    if (entries.length === 1 && first?.kind === 'entry') return takeRange(parts, seat, [notApplied(first)], counts);
    if (entries.length < 2) throw cause;
  }
  for (const entry of entries) {
    const refusal = await takeRange(parts, seat, [entry], counts);
    if (refusal !== null) return refusal;
  }
  return null;
}

function notApplied({ seq, entry }: Extract<ReadEntry, { kind: 'entry' }>): ReadEntry {
  const detail = `the hub could not apply ${entry.kind}`;
  return {
    kind: 'poison',
    seq,
    poison: { reason: 'not-applied', detail, entryId: entry.id, raw: JSON.stringify(entry) },
  };
}

type Written = { readonly kind: 'written' } & Readonly<Counts>;

async function writeRange(
  transaction: Transaction<HubTables>,
  { now }: HubParts,
  seat: string,
  entries: readonly ReadEntry[],
): Promise<Written | Refusal> {
  const at = now();
  // The update takes the seat's lock: two pushes of one seat follow each other, those of other seats don't wait.
  const { last_seq: lastSeq } = await transaction
    .updateTable('seat')
    .set({ last_push_at: at })
    .where('seat', '=', seat)
    .returning('last_seq')
    .executeTakeFirstOrThrow();
  const first = entries[0]?.seq ?? 1;
  if (first > lastSeq + 1) return { kind: 'gap', expectedSeq: lastSeq + 1 };
  const known = entries.filter(({ seq }) => seq <= lastSeq);
  const forkedAt = known.length === 0 ? null : await findFork(transaction, seat, known);
  if (forkedAt !== null) return { kind: 'forked', seq: forkedAt };
  const fresh = entries.filter(({ seq }) => seq > lastSeq);
  const last = fresh.at(-1);
  if (last === undefined) return { kind: 'written', fresh: 0, setAside: 0 };
  const poisons = fresh.filter((place) => place.kind === 'poison');
  const whole = fresh.filter((place) => place.kind === 'entry');
  await insertPoisons(transaction, seat, poisons, at);
  await applyEntries(transaction, seat, whole, at);
  await transaction.updateTable('seat').set({ last_seq: last.seq }).where('seat', '=', seat).execute();
  return { kind: 'written', fresh: fresh.length, setAside: poisons.length };
}

type WholePlace = Extract<ReadEntry, { kind: 'entry' }>;
type PoisonPlace = Extract<ReadEntry, { kind: 'poison' }>;

async function insertPoisons(
  transaction: Transaction<HubTables>,
  seat: string,
  places: readonly PoisonPlace[],
  at: number,
): Promise<void> {
  if (places.length === 0) return;
  const values = places.map(({ seq, poison: { entryId, reason, detail, raw } }) => ({
    seat,
    seq,
    entry_id: entryId,
    reason,
    detail,
    bytes: Buffer.byteLength(raw),
    raw,
    received_at: at,
  }));
  await transaction.insertInto('set_aside').values(values).execute();
}

async function applyEntries(
  transaction: Transaction<HubTables>,
  seat: string,
  places: readonly WholePlace[],
  at: number,
): Promise<void> {
  if (places.length === 0) return;
  const entries = places.map(({ entry }) => entry);
  const values = entries.map((entry) => ({
    seat,
    seq: entry.seq,
    entry_id: entry.id,
    at: entry.at,
    kind: entry.kind,
    body: JSON.stringify(entry.body),
    received_at: at,
  }));
  await transaction.insertInto('journal_entry').values(values).execute();
  await foldCalls(transaction, seat, entries);
  const edits = entries.filter((entry) => entry.kind === 'record-edited');
  if (edits.length === 0) return;
  await lockRecords(transaction);
  for (const { seq, body } of edits) await writeEdit(transaction, body, { by: `seat ${seat} entry ${seq}`, at });
}

/** The first entry the hub holds with another id under the same number; null when all are the same. */
async function findFork(
  transaction: Transaction<HubTables>,
  seat: string,
  known: readonly ReadEntry[],
): Promise<number | null> {
  const [from, to] = [known[0]?.seq ?? 0, known.at(-1)?.seq ?? 0];
  const held = new Map<number, string | null>();
  for (const table of ['journal_entry', 'set_aside'] as const) {
    const rows = await transaction
      .selectFrom(table)
      .select(['seq', 'entry_id'])
      .where('seat', '=', seat)
      .where('seq', '>=', from)
      .where('seq', '<=', to)
      .execute();
    for (const row of rows) held.set(row.seq, row.entry_id);
  }
  for (const place of known) {
    const id = place.kind === 'entry' ? place.entry.id : place.poison.entryId;
    const heldId = held.get(place.seq) ?? null;
    if (id !== null && heldId !== null && id !== heldId) return place.seq;
  }
  return null;
}

async function setAsideBetween(
  { database }: HubParts,
  seat: string,
  from: number,
  to: number,
): Promise<SetAsideEntry[]> {
  const rows = await database.tables
    .selectFrom('set_aside')
    .select(['seq', 'reason', 'detail'])
    .where('seat', '=', seat)
    .where('seq', '>=', from)
    .where('seq', '<=', to)
    .orderBy('seq')
    .execute();
  return rows.map((row) => ({ seq: row.seq, reason: setAsideReason.parse(row.reason), detail: row.detail }));
}
