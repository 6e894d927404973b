import { isDeepStrictEqual } from 'node:util';
import { type CallRow, foldCall } from '../../core/call-list.ts';
import type { TextRow } from '../../core/equipment-api.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { foldText } from '../../core/text-list.ts';
import { allCalls } from './call-table.ts';
import type { Connection } from './connection.ts';
import { placeOf } from './journal-beginning.ts';
import { type StoredEntry, storedEntries, toEntry } from './journal-table.ts';
import { lampOf, messageLampTable } from './message-lamp-table.ts';
import { allSwitchRecords, isOfSwitch } from './switch-record-table.ts';
import { allTexts } from './text-table.ts';

type ListProblem = 'missing' | 'extra' | 'different' | 'unreadable';

/** Something in the journal or its lists that is not as it must be. */
export type Finding =
  /** What SQLite's own full check says. */
  | { readonly kind: 'file'; readonly detail: string }
  /** Numbers of a seat that are not there, or stand in another order. */
  | { readonly kind: 'gap'; readonly seat: string; readonly seq: number; readonly expected: number }
  | { readonly kind: 'duplicate-id'; readonly seat: string; readonly seq: number; readonly id: string }
  | { readonly kind: 'bad-entry'; readonly seat: string; readonly seq: number; readonly detail: string }
  /** The call list is not what the journal folds to; `hookline journal rebuild` mends it. */
  | { readonly kind: 'call-list'; readonly callId: string; readonly problem: ListProblem }
  /** The same of another list; `key` is a textId, a place in the journal, or a station. */
  | {
      readonly kind: 'other-list';
      readonly list: 'texts' | 'switch-records' | 'message-lamps';
      readonly key: string;
      readonly problem: ListProblem;
    };

/** What a check of the whole journal found. */
export interface JournalVerdict {
  readonly entries: number;
  readonly calls: number;
  readonly findings: readonly Finding[];
}

/** How many findings are told: enough to see what happened, bounded for a file that is all wrong. */
export const findingsMax = 1_000;

/** What the journal folds to, by key. */
type Lists = {
  readonly calls: Map<string, CallRow>;
  readonly texts: Map<string, TextRow>;
  readonly switchRecords: Map<string, { readonly isUnread: boolean }>;
  readonly lamps: Map<string, true>;
};

/** Reads every entry and every row of the lists and checks them against each other. Changes nothing. */
export function verifyJournal(connection: Connection): JournalVerdict {
  const findings: Finding[] = [];
  const integrity = connection.prepare('select * from pragma_integrity_check').pluck().all().map(String);
  for (const detail of integrity) if (detail !== 'ok') findings.push({ kind: 'file', detail });

  const lists: Lists = { calls: new Map(), texts: new Map(), switchRecords: new Map(), lamps: new Map() };
  const next = new Map<string, number>();
  const ids = new Set<string>();
  let entries = 0;
  let isBeginningMissing = false;
  for (const stored of storedEntries(connection)) {
    entries += 1;
    const { seat, seq, id } = stored;
    // A seat whose older entries are still to be put back begins where they end.
    const isBehindOlder = !next.has(seat) && seq > 1 && stored.position === placeOf(seq);
    isBeginningMissing ||= isBehindOlder;
    const expected = next.get(seat) ?? (isBehindOlder ? seq : 1);
    if (seq !== expected) findings.push({ kind: 'gap', seat, seq, expected });
    next.set(seat, seq + 1);
    if (ids.has(id)) findings.push({ kind: 'duplicate-id', seat, seq, id });
    ids.add(id);
    const bad = foldInto(lists, stored);
    if (bad !== null) findings.push({ kind: 'bad-entry', seat, seq, detail: bad });
  }
  // Until the older ones are back the lists say more than what is there: of a call the whole story or nothing yet.
  if (!isBeginningMissing) findings.push(...compareLists(connection, lists));
  return { entries, calls: lists.calls.size, findings: findings.slice(0, findingsMax) };
}

/** Null, or what is wrong with the entry. */
function foldInto(lists: Lists, stored: StoredEntry): string | null {
  try {
    foldEntry(lists, toEntry(stored), stored.position);
    return null;
  } catch (cause) {
    return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
  }
}

function foldEntry({ calls, texts, switchRecords, lamps }: Lists, entry: JournalEntry, position: number): void {
  if ('callId' in entry.body) {
    const after = foldCall(calls.get(entry.body.callId) ?? null, entry);
    if (after !== null) calls.set(entry.body.callId, after);
  }
  if ('textId' in entry.body) {
    const after = foldText(texts.get(entry.body.textId) ?? null, entry);
    if (after !== null) texts.set(entry.body.textId, after);
  }
  if (isOfSwitch(entry)) switchRecords.set(String(position), { isUnread: entry.kind === 'switch-record-unread' });
  const lamp = lampOf(entry);
  if (lamp === null || lamp.number === '') return;
  if (lamp.isOn) lamps.set(lamp.number, true);
  else lamps.delete(lamp.number);
}

function compareLists(connection: Connection, lists: Lists): readonly Finding[] {
  const lit = messageLampTable(connection).lit();
  const other = (
    list: Extract<Finding, { kind: 'other-list' }>['list'],
    found: readonly (readonly [string, ListProblem])[],
  ) => found.map(([key, problem]): Finding => ({ kind: 'other-list', list, key, problem }));
  return [
    ...compare(allCalls(connection), lists.calls).map(
      ([callId, problem]): Finding => ({ kind: 'call-list', callId, problem }),
    ),
    ...other('texts', compare(allTexts(connection), lists.texts)),
    ...other('switch-records', compare(allSwitchRecords(connection), lists.switchRecords)),
    ...other(
      'message-lamps',
      compare(
        lit.map((key) => ({ key, row: true as const })),
        lists.lamps,
      ),
    ),
  ];
}

/** What is wrong with a list that should hold `expected`. A row that can't be read is null. */
function compare<Row>(
  there: Iterable<{ readonly key: string; readonly row: Row | null }>,
  expected: ReadonlyMap<string, Row>,
): readonly (readonly [string, ListProblem])[] {
  const findings: [string, ListProblem][] = [];
  const seen = new Set<string>();
  for (const { key, row } of there) {
    seen.add(key);
    const wanted = expected.get(key);
    if (row === null) findings.push([key, 'unreadable']);
    else if (!isDeepStrictEqual(row, wanted)) findings.push([key, wanted === undefined ? 'extra' : 'different']);
  }
  for (const key of expected.keys()) if (!seen.has(key)) findings.push([key, 'missing']);
  return findings;
}
