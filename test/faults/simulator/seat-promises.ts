import { isDeepStrictEqual } from 'node:util';
import type { HubView } from '../../../core/hub-view.ts';
import type { JournalEntry } from '../../../core/journal.ts';
import { recordFields } from '../../../core/shared-record.ts';
import { withOwnEdits } from '../../../core/take-edit.ts';
import { BrokenPromise } from './broken-promise.ts';
import type { HubLook } from './hub-look.ts';
import type { HubPromises } from './hub-promises.ts';
import type { Ledger } from './ledger.ts';
import type { SeatLook, SeatRecord, Version } from './seat-look.ts';

/** What one seat must hold, looked at after every step; it lives through the seat's deaths. */
export type SeatPromises = {
  /** The seat was started: what is on its disk now may hold one write more than it ever answered. Throws `BrokenPromise`. */
  adopt(look: SeatLook, readEntry: (seq: number) => JournalEntry | null): void;
  /** Throws `BrokenPromise`. */
  check(look: SeatLook, view: HubView, hasHubChanged: boolean): void;
  /** Everything has healed: nothing waits and the replica is the hub's. Throws `BrokenPromise`. */
  checkEnd(look: SeatLook, view: HubView): void;
};

export type SeatPromisesOptions = {
  readonly seat: string;
  readonly ledger: Ledger;
  readonly hub: HubPromises;
  readonly hubLook: HubLook;
};

type OwnEdit = Extract<JournalEntry, { kind: 'record-edited' }>;

export function seatPromises({ seat, ledger, hub, hubLook }: SeatPromisesOptions): SeatPromises {
  let seen = 0;
  let looked = Number.NaN;
  const told = new Map<string, number>();

  const checkJournal = (look: SeatLook): void => {
    for (const { seq, id } of look.journalAfter(seen)) {
      if (seq !== seen + 1) throw new BrokenPromise('no gap', `${seat}: after ${seen} comes ${seq}`);
      const kept = ledger.entriesOf(seat).get(seq);
      if (kept?.id !== id)
        throw new BrokenPromise('nothing acknowledged is lost', `${seat} ${seq} is ${id}, kept was ${kept?.id}`);
      seen = seq;
    }
    const kept = ledger.entriesOf(seat).size;
    if (seen !== kept || look.journalCount() !== kept)
      throw new BrokenPromise('nothing acknowledged is lost', `${seat}: ${look.journalCount()} of ${kept} entries`);
    if (!ledger.wasPutBack() && look.acknowledgedSeq() > ledger.acknowledgedSeq(seat))
      throw new BrokenPromise(
        'nothing acknowledged is lost',
        `${seat} believes ${look.acknowledgedSeq()} at the hub, which told ${ledger.acknowledgedSeq(seat)}`,
      );
  };

  const checkTold = ({ name, told: now }: SeatRecord): void => {
    const before = told.get(name) ?? 0;
    if (now.version < before)
      throw new BrokenPromise('a replica never goes back', `${seat} ${name}: from ${before} to ${now.version}`);
    told.set(name, now.version);
    if (now.version === 0) return;
    const held = hub.recordAt(name, now.version);
    const wanted = held && { version: held.version, fields: held.fields, isDeleted: held.isDeleted };
    if (!isDeepStrictEqual(now, wanted))
      throw new BrokenPromise(
        'a replica makes nothing up',
        `${seat} ${name} was told ${JSON.stringify(now)}, at the hub it was ${JSON.stringify(wanted)}`,
      );
  };

  /** What is shown is what the hub told, and on top every own edit that is not in it. */
  const checkShown = (name: string, record: SeatRecord | undefined, edits: readonly OwnEdit[]): void => {
    const fault = (what: string) =>
      new BrokenPromise('a replica is never older than its own edits', `${seat} ${name}: ${what}`);
    const hubHas = hubLook.lastSeq(seat);
    if (edits.some(({ seq }) => seq > hubHas) && record?.isUnsent !== true)
      throw fault('an edit is unsent, and it does not say so');
    const toldVersion = record?.told.version ?? 0;
    const isMissing = ({ seq }: OwnEdit): boolean => {
      const version = hub.versionOf(seat, seq);
      // At the hub and not applied: it was set aside, and counts no more.
      return seq > hubHas || (version !== undefined && version > toldVersion);
    };
    const firstMissing = edits.findIndex(isMissing);
    if (record === undefined) {
      if (firstMissing !== -1) throw fault('is not there');
      return;
    }
    // Edits that the hub told of may lie on top a little longer, until it says that it told of all up to them.
    for (let from = firstMissing === -1 ? edits.length : firstMissing; from >= 0; from -= 1)
      if (isDeepStrictEqual(record.shown, onTop(record, edits.slice(from)))) return;
    throw fault(
      `shows ${JSON.stringify(record.shown)}; told ${JSON.stringify(record.told)}; own edits ${edits.map(({ seq }) => seq)}, the first missing ${edits[firstMissing]?.seq}`,
    );
  };

  const checkRecords = (look: SeatLook): void => {
    // Until it is read anew, a replica is of a hub that is no more: what it comes to in the end is what counts.
    if (ledger.wasPutBack()) return;
    const records = look.records();
    for (const record of records) checkTold(record);
    const own = new Map<string, OwnEdit[]>();
    for (const { entry } of ledger.entriesOf(seat).values()) {
      if (entry?.kind !== 'record-edited') continue;
      const name = `${entry.body.collection}/${entry.body.recordId}`;
      own.set(name, [...(own.get(name) ?? []), entry]);
    }
    for (const [name, edits] of own)
      checkShown(
        name,
        records.find((record) => record.name === name),
        edits,
      );
  };

  /** Looked at after every step: what is shown may change when nothing is written. */
  const checkView = (view: HubView): void => {
    if (view.kind === 'none') throw new BrokenPromise('the agent is not lied to', `${seat} shows no hub`);
    const waiting = ledger.entriesOf(seat).size - ledger.acknowledgedSeq(seat);
    if (!ledger.wasPutBack() && view.waiting < waiting)
      throw new BrokenPromise('the agent is not lied to', `${seat} says ${view.waiting} wait, it is ${waiting}`);
    if (view.state === 'in-step' && view.waiting > 0)
      throw new BrokenPromise('the agent is not lied to', `${seat} is in step with ${view.waiting} waiting`);
    if (view.state === 'forked' || view.state === 'refused')
      throw new BrokenPromise('the agent is not lied to', `${seat} says ${view.state}: ${view.detail}`);
  };

  const checkTables = (look: SeatLook, hasHubChanged: boolean): void => {
    const now = look.changes();
    if (now === looked && !hasHubChanged) return;
    looked = now;
    checkJournal(look);
    checkRecords(look);
  };
  return {
    adopt: (look, readEntry) => {
      seen = 0;
      for (const { seq, id } of look.journalAfter(ledger.entriesOf(seat).size))
        ledger.kept({ seat, seq, id, entry: readEntry(seq) });
      checkTables(look, true);
    },
    check: (look, view, hasHubChanged) => {
      checkTables(look, hasHubChanged);
      checkView(view);
    },
    checkEnd: (look, view) => {
      // What is dear to find out comes last: this is asked again and again until it holds.
      if (look.acknowledgedSeq() !== ledger.entriesOf(seat).size)
        throw new BrokenPromise('everything arrives', `${seat} believes ${look.acknowledgedSeq()} to be at the hub`);
      seen = 0;
      checkTables(look, true);
      checkView(view);
      if (view.kind === 'enrolled' && view.state !== 'in-step')
        throw new BrokenPromise('everything arrives', `${seat} says ${view.state}`);
      const kept = ledger.entriesOf(seat).size;
      const held = hubLook.lastSeq(seat);
      if (held !== kept || look.acknowledgedSeq() !== kept)
        throw new BrokenPromise(
          'everything arrives',
          `${seat}: ${held} of ${kept}, believed ${look.acknowledgedSeq()}`,
        );
      const aside = hubLook.asideAfter(seat, 0).map(({ seq }) => seq);
      if (!isDeepStrictEqual(look.setAside(), aside))
        throw new BrokenPromise(
          'everything arrives',
          `${seat} knows of ${look.setAside()} set aside, the hub of ${aside}`,
        );
      const wanted = hubLook
        .records()
        .map(({ name, version, fields, isDeleted }) => ({ name, version, fields: JSON.parse(fields), isDeleted }));
      const shown = look
        .records()
        .map(({ name, shown: { version, fields, isDeleted } }) => ({ name, version, fields, isDeleted }));
      if (!isDeepStrictEqual(shown, wanted))
        throw new BrokenPromise(
          'every replica ends equal',
          `${seat} shows ${JSON.stringify(shown)}, the hub has ${JSON.stringify(wanted)}`,
        );
      if (look.records().some(({ isUnsent }) => isUnsent))
        throw new BrokenPromise('every replica ends equal', `${seat} still calls an edit unsent`);
    },
  };
}

/** Own edits on top of what the hub told; one that makes a record larger than it may be will be set aside. */
function onTop({ name, told }: SeatRecord, edits: readonly OwnEdit[]): Version {
  const [collection = '', recordId = ''] = name.split('/');
  const before = told.version === 0 ? null : { collection, recordId, ...told, fields: recordFields.parse(told.fields) };
  const after = withOwnEdits(
    before,
    edits.map(({ body }) => body),
  );
  return after === null ? told : { version: after.version, fields: after.fields, isDeleted: after.isDeleted };
}
