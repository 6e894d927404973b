import { v7 } from 'uuid';
import { onTestFinished } from 'vitest';
import type { RecordEdit } from '../../../core/shared-record.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import type { Connection } from '../../../main/store/connection.ts';
import { type HubStateTable, hubStateTable } from '../../../main/store/hub-state-table.ts';
import { storedAfter } from '../../../main/store/journal-table.ts';
import { type OpenSeatStore, seatStore } from '../../../main/store/seat-store.ts';
import { type SharedRecordTable, sharedRecordTable } from '../../../main/store/shared-record-table.ts';
import { openHubLink } from '../../../main/sync/hub-link.ts';
import { type JournalPush, type PushOptions, startPush } from '../../../main/sync/push.ts';
import { lateMs, type SyncTiming } from '../../../main/sync/sync-timing.ts';
import { noon } from '../../hub/some-hub.ts';
import { noReserve, opened } from '../store/opened.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

/** Waits as they are in a seat, a thousand times shorter; what a person would be waited for ends by its signal alone. */
export const quickTiming: SyncTiming = {
  now: () => noon,
  random: () => 0.5,
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve();
      // On a busy machine an answer would be late at once: a test that is about that says so itself.
      const isWaitedFor = ms > 100_000 || ms === lateMs;
      const timer = isWaitedFor ? undefined : setTimeout(resolve, ms / 1_000);
      signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

/** A seat's store with what syncing needs of it. */
export interface SyncSeat {
  readonly name: string;
  readonly store: OpenSeatStore;
  readonly connection: Connection;
  readonly state: HubStateTable;
  readonly records: SharedRecordTable;
  readonly entriesAfter: PushOptions['entriesAfter'];
  edit(edit: RecordEdit): void;
}

/** A seat on a disk of its own, or on a given one. */
export function syncSeat(name: string, directory: string = temporaryDirectory()): SyncSeat {
  const { connection } = opened(directory);
  const store = seatStore({ connection } as ReturnType<typeof opened>, { seat: name, newId: v7, reserve: noReserve });
  const rows = storedAfter(connection);
  return {
    name,
    store,
    connection,
    state: hubStateTable(connection),
    records: sharedRecordTable(connection),
    entriesAfter: (seq, limit) => rows(name, seq, limit),
    edit: (edit) => {
      const outcome = store.append({ kind: 'record-edited', body: edit }, noon);
      if (outcome.kind !== 'kept') throw new Error(outcome.kind);
    },
  };
}

/** A push of tests and what it said, ended with the test. */
export interface PushUnderTest {
  readonly push: JournalPush;
  readonly said: string[];
  /** Resolves when this is true; looked at after each change. */
  until(isSo: (push: JournalPush) => boolean): Promise<void>;
}

/** Pushes a seat's journal to a hub's address. */
export function pushTo(
  seat: SyncSeat,
  address: string,
  key: string,
  change: Partial<PushOptions> & { readonly stallMs?: number } = {},
): PushUnderTest {
  const link = openHubLink({
    address,
    pins: [],
    hubId: 'hub',
    seat: seat.name,
    key,
    now: () => noon,
    stallMs: change.stallMs ?? 5_000,
  });
  const said: string[] = [];
  const watchers = new Set<() => void>();
  const push = startPush({
    link,
    entriesAfter: seat.entriesAfter,
    lastSeq: () => seat.store.journal.lastSeq(),
    takeBack: null,
    state: seat.state,
    isVoiceSuffering: () => false,
    timing: quickTiming,
    log: (_level, message) => said.push(message),
    onSetBack: () => said.push('set back'),
    onChange: () => {
      for (const look of watchers) look();
    },
    ...change,
  });
  onTestFinished(async () => {
    await push.close();
    link.close();
  });
  return { push, said, until: (isSo) => until(watchers, () => isSo(push)) };
}

function until(watchers: Set<() => void>, isSo: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (!isSo()) return;
      watchers.delete(look);
      resolve();
    };
    watchers.add(look);
    look();
  });
}

/** The push has nothing left to do. */
export function isInStep(push: JournalPush): boolean {
  return push.state().kind === 'in-step';
}

/** What a hub holds of a seat's journal, in order: number and id, set-aside entries too. */
export async function atHub({ parts }: RunningHub, seat: string): Promise<readonly string[]> {
  const rows = await Promise.all(
    (['journal_entry', 'set_aside'] as const).map((table) =>
      parts.database.tables.selectFrom(table).select(['seq', 'entry_id']).where('seat', '=', seat).execute(),
    ),
  );
  return rows
    .flat()
    .toSorted((a, b) => a.seq - b.seq)
    .map(({ seq, entry_id }) => `${seq} ${entry_id}`);
}

/** The same of the seat's own journal. */
export function atSeat(seat: SyncSeat): readonly string[] {
  return seat.entriesAfter(0, 1_000_000).map(({ seq, id }) => `${seq} ${id}`);
}
