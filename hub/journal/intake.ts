import { sql, type Transaction } from 'kysely';
import type { JournalEntry } from '../../core/journal.ts';
import type { DatabaseKind, HubTables } from '../database/schema.ts';
import { isFaultOfContent } from '../database/storage-fault.ts';
import type { HubParts } from '../hub-parts.ts';
import { byEntry, lockRecords, writeEdit } from '../records/write-edits.ts';
import { foldCalls } from './fold-calls.ts';
import type { Poison, ReadEntry } from './read-entry.ts';

/** Entries of one seat as they were read, in the order of their numbers, without a gap. */
export interface SeatRange {
  readonly seat: string;
  readonly entries: readonly ReadEntry[];
}

export type RangeOutcome =
  | {
      readonly kind: 'taken';
      /** How many of them are there for the first time. */
      readonly fresh: number;
      /** Those of them that were set aside. */
      readonly poisons: readonly PoisonPlace[];
    }
  | { readonly kind: 'gap'; readonly expectedSeq: number }
  | { readonly kind: 'forked'; readonly seq: number };

type WholePlace = Extract<ReadEntry, { kind: 'entry' }>;
type PoisonPlace = Extract<ReadEntry, { kind: 'poison' }>;

/**
 * Takes what several seats pushed, one range of each, in one transaction: what the entries do, the entries, and the seats' numbers. So each
 * is applied once however often it comes, and one sync of the disk serves them all. When this resolves, everything is
 * on disk; when it rejects, it is not known, and the same again finds out.
 *
 * If what some entry says can't be written, nothing of all this was: then each range goes in a transaction of its own,
 * then each entry, and the one at fault is set aside.
 */
export async function takeRanges(parts: HubParts, ranges: readonly SeatRange[]): Promise<readonly RangeOutcome[]> {
  try {
    return await parts.database.transaction((transaction) => writeRanges(transaction, parts, ranges));
  } catch (cause) {
    if (!isFaultOfContent(cause)) throw cause;
    const [first] = ranges;
    if (ranges.length === 1 && first !== undefined) return [await takeApart(parts, first, cause)];
  }
  const outcomes: RangeOutcome[] = [];
  for (const range of ranges) outcomes.push(...(await takeRanges(parts, [range])));
  return outcomes;
}

/** One range whose content is at fault somewhere. */
async function takeApart(parts: HubParts, { seat, entries }: SeatRange, cause: unknown): Promise<RangeOutcome> {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) {
    if (first.kind === 'poison') throw cause;
    const [outcome] = await takeRanges(parts, [{ seat, entries: [notApplied(first)] }]);
    return outcome ?? none();
  }
  let fresh = 0;
  const poisons: PoisonPlace[] = [];
  for (const entry of entries) {
    const [outcome = none()] = await takeRanges(parts, [{ seat, entries: [entry] }]);
    if (outcome.kind !== 'taken') return outcome;
    fresh += outcome.fresh;
    poisons.push(...outcome.poisons);
  }
  return { kind: 'taken', fresh, poisons };
}

function none(): never {
  throw new Error('a range was taken without an outcome');
}

function notApplied({ seq, entry }: WholePlace): ReadEntry {
  const poison: Poison = {
    reason: 'not-applied',
    detail: `the hub could not apply ${entry.kind}`,
    entryId: entry.id,
    raw: JSON.stringify(entry),
  };
  return { kind: 'poison', seq, poison };
}

async function writeRanges(
  transaction: Transaction<HubTables>,
  { database, now }: HubParts,
  ranges: readonly SeatRange[],
): Promise<readonly RangeOutcome[]> {
  const at = now();
  const lastSeqs = await lockSeats(transaction, database.kind, new Set(ranges.map(({ seat }) => seat)));
  const outcomes: RangeOutcome[] = [];
  const poisons: (PoisonPlace & { readonly seat: string })[] = [];
  const whole: JournalEntry[] = [];
  for (const { seat, entries } of ranges) {
    const lastSeq = lastSeqs.get(seat);
    if (lastSeq === undefined) throw new Error('a push of a seat that is not enrolled');
    const first = entries[0]?.seq ?? 1;
    if (first > lastSeq + 1) {
      outcomes.push({ kind: 'gap', expectedSeq: lastSeq + 1 });
      continue;
    }
    const forkedAt = first > lastSeq ? null : await findFork(transaction, seat, entries);
    if (forkedAt !== null) {
      outcomes.push({ kind: 'forked', seq: forkedAt });
      continue;
    }
    const fresh = entries.filter(({ seq }) => seq > lastSeq);
    const aside = fresh.filter((place) => place.kind === 'poison');
    poisons.push(...aside.map((place) => ({ ...place, seat })));
    for (const place of fresh) if (place.kind === 'entry') whole.push(place.entry);
    lastSeqs.set(seat, Math.max(lastSeq, fresh.at(-1)?.seq ?? 0));
    outcomes.push({ kind: 'taken', fresh: fresh.length, poisons: aside });
  }
  await insertPoisons(transaction, poisons, at);
  await applyEntries(transaction, whole, at);
  await writeLastSeqs(transaction, lastSeqs, at);
  return outcomes;
}

/**
 * Takes the locks of seats, always in the order of their names, so that two groups never wait for each other; gives the
 * last number of each. On SQLite the transaction has the only lock there is.
 */
async function lockSeats(
  transaction: Transaction<HubTables>,
  kind: DatabaseKind,
  seats: ReadonlySet<string>,
): Promise<Map<string, number>> {
  const query = transaction
    .selectFrom('seat')
    .select(['seat', 'last_seq'])
    .where('seat', 'in', [...seats])
    .orderBy('seat');
  const rows = await (kind === 'postgres' ? query.forUpdate() : query).execute();
  return new Map(rows.map((row) => [row.seat, row.last_seq]));
}

async function writeLastSeqs(
  transaction: Transaction<HubTables>,
  lastSeqs: ReadonlyMap<string, number>,
  at: number,
): Promise<void> {
  const values = sql.join([...lastSeqs].map(([seat, lastSeq]) => sql`(${seat}, ${String(lastSeq)})`));
  // Both databases name the columns of VALUES so, and both take a whole number from text.
  await sql`
    update seat set last_seq = cast(given.column2 as bigint), last_push_at = ${at}
    from (values ${values}) as given where seat.seat = given.column1`.execute(transaction);
}

async function insertPoisons(
  transaction: Transaction<HubTables>,
  places: readonly (PoisonPlace & { readonly seat: string })[],
  at: number,
): Promise<void> {
  if (places.length === 0) return;
  const values = places.map(({ seat, seq, poison: { entryId, reason, detail, raw } }) => ({
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
  entries: readonly JournalEntry[],
  at: number,
): Promise<void> {
  if (entries.length === 0) return;
  const values = entries.map((entry) => ({
    seat: entry.seat,
    seq: entry.seq,
    entry_id: entry.id,
    at: entry.at,
    kind: entry.kind,
    body: JSON.stringify(entry.body),
    received_at: at,
  }));
  await transaction.insertInto('journal_entry').values(values).execute();
  await foldCalls(transaction, entries);
  const edits = entries.filter((entry) => entry.kind === 'record-edited');
  if (edits.length === 0) return;
  await lockRecords(transaction);
  for (const { seat, seq, body } of edits) await writeEdit(transaction, body, { by: byEntry(seat, seq), at });
}

/** The first entry the hub holds with another id under the same number; null when all are the same. */
async function findFork(
  transaction: Transaction<HubTables>,
  seat: string,
  entries: readonly ReadEntry[],
): Promise<number | null> {
  const held = new Map<number, string | null>();
  for (const table of ['journal_entry', 'set_aside'] as const) {
    const rows = await transaction
      .selectFrom(table)
      .select(['seq', 'entry_id'])
      .where('seat', '=', seat)
      .where('seq', '>=', entries[0]?.seq ?? 0)
      .where('seq', '<=', entries.at(-1)?.seq ?? 0)
      .execute();
    for (const row of rows) held.set(row.seq, row.entry_id);
  }
  for (const place of entries) {
    const id = place.kind === 'entry' ? place.entry.id : place.poison.entryId;
    const heldId = held.get(place.seq) ?? null;
    if (id !== null && heldId !== null && id !== heldId) return place.seq;
  }
  return null;
}
