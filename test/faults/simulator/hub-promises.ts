import { isDeepStrictEqual } from 'node:util';
import { type CallRow, foldCall } from '../../../core/call-list.ts';
import type { RecordEdit, SharedRecord } from '../../../core/shared-record.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { HubEdit, HubLook } from './hub-look.ts';
import type { Ledger } from './ledger.ts';
import { type HistoryStep, recordAfter } from './record-history.ts';

/** What the hub must hold, looked at after every step in which it changed. */
export type HubPromises = {
  /** Whether the hub's disk changed since it was looked at last. Throws `BrokenPromise`. */
  check(): boolean;
  /** The same over everything again, not only over what is new. */
  checkAll(): void;
  /** Another file lies in the place of the hub's: everything is looked at as if for the first time. */
  begin(): void;
  /** A record as the hub had it at a version; undefined: it never had. For what a replica shows. */
  recordAt(name: string, version: number): SharedRecord | undefined;
  /** The version that an edit of a seat made; undefined: it was not applied (yet). */
  versionOf(seat: string, seq: number): number | undefined;
};

export function hubPromises(look: HubLook, seats: readonly string[], ledger: Ledger): HubPromises {
  const seen = new Map<string, number>(seats.map((seat) => [seat, 0]));
  const calls = new Map<string, CallRow>();
  /** Edits that came as entries, by who they are of. */
  const told = new Map<string, RecordEdit>();
  let history = new Map<string, readonly SharedRecord[]>();
  let made = new Map<string, number>();
  let looked = Number.NaN;

  const checkJournal = (seat: string): ReadonlySet<string> => {
    const lastSeq = look.lastSeq(seat);
    const before = seen.get(seat) ?? 0;
    const acknowledged = ledger.acknowledgedSeq(seat);
    if (lastSeq < acknowledged)
      throw new BrokenPromise('nothing acknowledged is lost', `${seat}: ${acknowledged} acknowledged, ${lastSeq} held`);
    if (lastSeq < before)
      throw new BrokenPromise(
        'nothing acknowledged is lost',
        `${seat}: the hub went back from ${before} to ${lastSeq}`,
      );
    const entries = look.entriesAfter(seat, before);
    const seqs = [...entries, ...look.asideAfter(seat, before)].toSorted((a, b) => a.seq - b.seq);
    for (const [index, { seq, id }] of seqs.entries()) {
      if (seq !== before + index + 1)
        throw new BrokenPromise('no gap', `${seat}: after ${before + index} comes ${seq}`);
      const kept = ledger.entriesOf(seat).get(seq);
      if (kept === undefined)
        throw new BrokenPromise('the hub holds what was said', `${seat} ${seq}: the seat never kept such an entry`);
      if (id !== null && id !== kept.id)
        throw new BrokenPromise('the hub holds what was said', `${seat} ${seq}: held ${id}, kept ${kept.id}`);
    }
    if (seqs.length !== lastSeq - before || look.count(seat) !== lastSeq)
      throw new BrokenPromise('no gap', `${seat}: ${look.count(seat)} entries of ${lastSeq}`);
    const changed = new Set<string>();
    for (const { seq, body } of entries) {
      const { entry } = ledger.entriesOf(seat).get(seq) ?? { entry: null };
      if (entry === null || !isDeepStrictEqual(JSON.parse(body), JSON.parse(JSON.stringify(entry.body))))
        throw new BrokenPromise('the hub holds what was said', `${seat} ${seq}: another body`);
      if (entry.kind === 'record-edited') told.set(authorOf(seat, seq), entry.body);
      if (!('callId' in entry.body)) continue;
      const key = `${seat} ${entry.body.callId}`;
      const after = foldCall(calls.get(key) ?? null, entry);
      if (after !== null) calls.set(key, after);
      changed.add(entry.body.callId);
    }
    seen.set(seat, lastSeq);
    return changed;
  };

  const checkCalls = (seat: string, ids: readonly string[]): void => {
    const rows = look.calls(seat, ids);
    for (const id of ids) {
      const row = rows.get(id);
      const wanted = calls.get(`${seat} ${id}`);
      if (wanted === undefined ? row !== undefined : row === undefined || !isDeepStrictEqual(JSON.parse(row), wanted))
        throw new BrokenPromise('the hub holds what was said', `${seat}: call ${id} is ${row ?? 'not there'}`);
    }
  };

  /** What its author remembers of an edit, and whether his earlier ones of this record were all applied. */
  const workOf = ({ by, recordId }: HubEdit): Pick<HistoryStep, 'work' | 'isWorkWhole'> => {
    const [kind, seat = '', , seq = ''] = by.split(' ');
    if (kind !== 'seat') return { work: null, isWorkWhole: true };
    const ownBefore = [...ledger.entriesOf(seat).values()].filter(
      ({ seq: each, entry }) =>
        each < Number(seq) && entry?.kind === 'record-edited' && entry.body.recordId === recordId,
    );
    return {
      // Of a hub that was set back nobody's memory of versions is right: there the rule alone is looked at.
      work: ledger.wasPutBack() ? null : ledger.workOf(seat, Number(seq)),
      isWorkWhole: ownBefore.every(({ seq: each }) => made.has(authorOf(seat, each))),
    };
  };

  const checkRecords = (): void => {
    const edits = look.edits();
    history = new Map();
    made = new Map();
    const before = new Map<string, HubEdit[]>();
    for (const edit of edits) {
      const name = `${edit.collection}/${edit.recordId}`;
      const past = history.get(name) ?? [];
      if (edit.version !== past.length + 1) throw new BrokenPromise('no gap', `${name}: version ${edit.version}`);
      if (edit.by.startsWith('seat ')) {
        if (made.has(edit.by)) throw new BrokenPromise('nothing is applied twice', `${name}: ${edit.by}`);
        made.set(edit.by, edit.version);
      }
      const earlier = before.get(name) ?? [];
      const step = { edit, past: past.at(-1) ?? null, earlier, said: told.get(edit.by), ...workOf(edit) };
      history.set(name, [...past, recordAfter(step)]);
      before.set(name, [...earlier, edit]);
    }
    for (const author of told.keys())
      if (!made.has(author)) throw new BrokenPromise('the hub holds what was said', `${author} was never applied`);
    for (const { name, version, fields, isDeleted } of look.records()) {
      const wanted = history.get(name)?.at(-1);
      const held = { version, fields: JSON.parse(fields), isDeleted };
      if (wanted === undefined || !isDeepStrictEqual(held, plain(wanted)))
        throw new BrokenPromise(
          'the hub holds what was said',
          `${name} is ${JSON.stringify(held)}, by its edits ${JSON.stringify(wanted)}`,
        );
    }
  };

  const check = (): boolean => {
    const now = look.dataVersion();
    if (now === looked) return false;
    looked = now;
    for (const seat of seats) checkCalls(seat, [...checkJournal(seat)]);
    checkRecords();
    return true;
  };
  const begin = (): void => {
    for (const seat of seats) seen.set(seat, 0);
    calls.clear();
    told.clear();
    looked = Number.NaN;
  };
  return {
    check,
    begin,
    checkAll: () => {
      begin();
      check();
      const rows = look.allCalls().map(({ seat, callId }) => `${seat} ${callId}`);
      if (rows.length !== calls.size) throw new BrokenPromise('the hub holds what was said', 'a call nobody told of');
    },
    recordAt: (name, version) => history.get(name)?.[version - 1],
    versionOf: (seat, seq) => made.get(authorOf(seat, seq)),
  };
}

/** How the hub's history names an edit that came as an entry. */
function authorOf(seat: string, seq: number): string {
  return `seat ${seat} entry ${seq}`;
}

function plain({ version, fields, isDeleted }: SharedRecord) {
  return { version, fields, isDeleted };
}
