import { isDeepStrictEqual } from 'node:util';
import { type CallRow, foldCall } from '../../core/call-list.ts';
import { allCalls } from './call-table.ts';
import type { Connection } from './connection.ts';
import { type StoredEntry, storedEntries, toEntry } from './journal-table.ts';

/** Something in the journal or its call list that is not as it must be. */
export type Finding =
  /** What SQLite's own full check says. */
  | { readonly kind: 'file'; readonly detail: string }
  /** Numbers of a seat that are not there, or stand in another order. */
  | { readonly kind: 'gap'; readonly seat: string; readonly seq: number; readonly expected: number }
  | { readonly kind: 'duplicate-id'; readonly seat: string; readonly seq: number; readonly id: string }
  | { readonly kind: 'bad-entry'; readonly seat: string; readonly seq: number; readonly detail: string }
  /** The call list is not what the journal folds to; `hookline journal rebuild` mends it. */
  | {
      readonly kind: 'call-list';
      readonly callId: string;
      readonly problem: 'missing' | 'extra' | 'different' | 'unreadable';
    };

/** What a check of the whole journal found. */
export interface JournalVerdict {
  readonly entries: number;
  readonly calls: number;
  readonly findings: readonly Finding[];
}

/** How many findings are told: enough to see what happened, bounded for a file that is all wrong. */
export const findingsMax = 1_000;

/** Reads every entry and every row of the call list and checks them against each other. Changes nothing. */
export function verifyJournal(connection: Connection): JournalVerdict {
  const findings: Finding[] = [];
  const integrity = connection.prepare('select * from pragma_integrity_check').pluck().all().map(String);
  for (const detail of integrity) if (detail !== 'ok') findings.push({ kind: 'file', detail });

  const rows = new Map<string, CallRow>();
  const next = new Map<string, number>();
  const ids = new Set<string>();
  let entries = 0;
  for (const stored of storedEntries(connection)) {
    entries += 1;
    const { seat, seq, id } = stored;
    const expected = next.get(seat) ?? 1;
    if (seq !== expected) findings.push({ kind: 'gap', seat, seq, expected });
    next.set(seat, seq + 1);
    if (ids.has(id)) findings.push({ kind: 'duplicate-id', seat, seq, id });
    ids.add(id);
    const bad = foldInto(rows, stored);
    if (bad !== null) findings.push({ kind: 'bad-entry', seat, seq, detail: bad });
  }
  findings.push(...compareCalls(connection, rows));
  return { entries, calls: rows.size, findings: findings.slice(0, findingsMax) };
}

/** Null, or what is wrong with the entry. */
function foldInto(rows: Map<string, CallRow>, stored: StoredEntry): string | null {
  try {
    const entry = toEntry(stored);
    if (!('callId' in entry.body)) return null;
    const { callId } = entry.body;
    const after = foldCall(rows.get(callId) ?? null, entry);
    if (after !== null) rows.set(callId, after);
    return null;
  } catch (cause) {
    return (cause instanceof Error ? cause.message : String(cause)).slice(0, 500);
  }
}

function compareCalls(connection: Connection, expected: ReadonlyMap<string, CallRow>): readonly Finding[] {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const { callId, row } of allCalls(connection)) {
    seen.add(callId);
    const wanted = expected.get(callId);
    const problem = row === null ? 'unreadable' : wanted === undefined ? 'extra' : 'different';
    if (row === null || !isDeepStrictEqual(row, wanted)) findings.push({ kind: 'call-list', callId, problem });
  }
  for (const callId of expected.keys()) {
    if (!seen.has(callId)) findings.push({ kind: 'call-list', callId, problem: 'missing' });
  }
  return findings;
}
