import { expect, test } from 'vitest';
import { type CallRow, foldCall } from '../../core/call-list.ts';
import type { Notice, PhoneCommand, PhoneReport, SeatView } from '../../core/console-api.ts';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { idleLamps, type KeyEvent, type KeyPress, type Lamps } from '../../core/key.ts';
import type { SeatSign } from '../../core/seat-sign.ts';
import { settings } from '../../core/settings.ts';
import type { Appended, Kept, RecordingVault, SeatDevices, SeatStore } from '../../main/seat-ports.ts';
import { type SeatProcess, startSeat } from '../../main/seat-process.ts';

/** A store in memory that can be made full, and remembers what the view showed at each append. */
function memoryStore() {
  const entries: JournalEntry[] = [];
  const rows = new Map<string, CallRow>();
  let password: string | null = null;
  const state = { isFull: false };
  const store: SeatStore = {
    append(fact, at) {
      if (state.isFull) return { kind: 'disk-full' };
      const id = '018f0000-0000-7000-8000-000000000000';
      const entry: JournalEntry = { seat: 'a', seq: entries.length + 1, id, at, ...fact };
      entries.push(entry);
      if ('callId' in entry.body) {
        const row = foldCall(rows.get(entry.body.callId) ?? null, entry);
        if (row) rows.set(row.callId, row);
      }
      return { kind: 'kept', entry };
    },
    appendAll(facts) {
      if (state.isFull) return { kind: 'disk-full' };
      return { kind: 'kept', entries: facts.map(({ fact, at }) => kept(store.append(fact, at))) };
    },
    entriesSince: () => entries,
    callRow: (callId) => rows.get(callId) ?? null,
    calls: () => ({ rows: [...rows.values()], total: rows.size }),
    secret: () => password,
    setSecret: (_name, value) => {
      password = value;
    },
  };
  return { store, entries, state };
}

function kept(appended: Appended): JournalEntry {
  if (appended.kind !== 'kept') throw new Error(appended.kind);
  return appended.entry;
}

function memoryDevices() {
  const shown: Lamps[] = [];
  const signs: SeatSign[] = [];
  let onKey: (event: KeyEvent) => void = () => {};
  const devices: SeatDevices = {
    watchDevices(listener: (devices: readonly DeviceInfo[]) => void) {
      listener([]);
      return () => {};
    },
    watchKeys(listener) {
      onKey = listener;
      return () => {};
    },
    show: (lamps) => {
      shown.push(lamps);
    },
    showSign: (sign) => {
      signs.push(sign);
    },
    showFaces: () => {},
    tryLamp: () => {},
    setEquipment: () => {},
    watchEquipment: () => () => {},
    command: () => Promise.resolve({ kind: 'refused', why: 'nothing is plugged in' }),
    ports: () => Promise.resolve([]),
    setCollections: () => {},
    pressSimulated: () => Promise.resolve(),
    simulatedLamps: () => Promise.resolve(idleLamps),
    close: () => Promise.resolve(),
  };
  return { devices, shown, signs, press: (press: KeyPress) => onKey({ deviceId: 'd', press }) };
}

function memoryVault(outcome: { kept: Kept }, vaultCalls: number[]): RecordingVault {
  return {
    begin: async () => outcome.kept,
    append: async (_recordingId, { atMs }) => {
      vaultCalls.push(atMs);
      return outcome.kept;
    },
    gap: async () => outcome.kept,
    end: async () => ({ seconds: 4 }),
    open: () => Promise.reject(new Error('not in this test')),
    read: () => Promise.reject(new Error('not in this test')),
  };
}

function seatWithFakes() {
  const { store, entries, state } = memoryStore();
  const { devices, shown, signs, press } = memoryDevices();
  const outcome: { kept: Kept } = { kept: { kind: 'kept' } };
  const vaultCalls: number[] = [];
  let ids = 0;
  const seat: SeatProcess = startSeat({
    seat: 'a',
    version: '1.0.0',
    settings: settings.parse({}),
    firstNotices: [],
    language: 'en',
    store,
    vault: memoryVault(outcome, vaultCalls),
    devices,
    keeper: { save: () => Promise.resolve() },
    clock: { now: () => 1_000_000 },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    log: () => {},
  });
  return { seat, entries, state, shown, signs, press, outcome, vaultCalls };
}

const ring = (callId: string): PhoneReport => ({
  kind: 'call-offered',
  at: 1_000_001,
  callId,
  remote: { number: '13800138000', displayName: 'Li' },
  line: 'practice',
  sipCallId: 's',
});

/** Takes what a watcher has been given so far: everything was sent before this is called. */
async function taken<T>(watch: AsyncGenerator<T, void, void>, count: number): Promise<T[]> {
  const values: T[] = [];
  for (let n = 0; n < count; n += 1) {
    const { value } = await watch.next();
    if (value) values.push(value);
  }
  return values;
}

test('a ringing call lights the lamp and is written down before the desk sees it', async () => {
  const { seat, entries, shown } = seatWithFakes();
  const order: string[] = [];
  const watch = seat.view.watch();
  await watch.next();
  seat.report(ring('c'));
  const { value } = await watch.next();
  order.push(...entries.map((e) => e.kind));
  expect([order.includes('call-offered'), value?.calls[0]?.callId, shown.at(-1)?.isRinging]).toEqual([true, 'c', true]);
});

test('the hook key becomes an answer for the phone page; with no phone page the wish is given back', async () => {
  const { seat, press } = seatWithFakes();
  seat.report(ring('c'));
  press({ key: 'hook', to: 'off-hook' });
  expect(seat.view.value.lamps.isRinging).toBe(true);
  const commands = seat.commands.watch();
  press({ key: 'hook', to: 'off-hook' });
  expect(await taken<PhoneCommand>(commands, 1)).toEqual([{ kind: 'answer', callId: 'c' }]);
  expect(seat.takeEarlyNotices()).toEqual<Notice[]>([{ code: 'refused', detail: 'answer: no phone page' }]);
});

test('on a full disk the facts wait in order, the light says so, and nothing is lost when there is room again', () => {
  const { seat, entries, state } = seatWithFakes();
  state.isFull = true;
  seat.report(ring('c'));
  const full: SeatView = seat.view.value;
  state.isFull = false;
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 1_000_005, cause: 'cancelled' } });
  expect([full.lights.data.code, full.lights.data.detail]).toEqual(['disk-full', '2']);
  expect(seat.view.value.lights.data.code).toBe('saved');
  expect(entries.map((e) => e.kind)).toEqual([
    'seat-started',
    'call-offered',
    'agent-state',
    'call-ended',
    'agent-state',
  ]);
});

test('a recording stops when the disk is full, and the call goes on', async () => {
  const { seat, entries, outcome } = seatWithFakes();
  seat.report(ring('c'));
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  const { recordingId } = await seat.recordings.begin('c');
  outcome.kept = { kind: 'disk-full' };
  const chunk = { recordingId, segment: 0, atMs: 0, durationMs: 900, sound: new Uint8Array(4) };
  expect(await seat.recordings.append(chunk)).toEqual({ kind: 'disk-full' });
  expect(await seat.recordings.append(chunk)).toEqual({ kind: 'disk-full' });
  const ends = entries.filter((e) => e.kind === 'recording-ended').map((e) => e.body);
  expect(ends).toEqual([{ callId: 'c', recordingId, seconds: 4, end: 'disk-full' }]);
  expect([seat.view.value.recording, seat.view.value.calls[0]?.state.kind]).toEqual([{ c: 'stopped' }, 'talking']);
});

test('a new phone page closes what the old one recorded as interrupted', async () => {
  const { seat, entries } = seatWithFakes();
  seat.report(ring('c'));
  const { recordingId } = await seat.recordings.begin('c');
  seat.report({ kind: 'started', at: 1_000_003 });
  await seat.close();
  const ends = entries.filter((e) => e.kind === 'recording-ended').map((e) => e.body);
  expect(ends).toEqual([{ callId: 'c', recordingId, seconds: 4, end: 'interrupted' }]);
});

test('a chunk that is sent again because its answer was lost is written once', async () => {
  const { seat, vaultCalls } = seatWithFakes();
  seat.report(ring('c'));
  const { recordingId } = await seat.recordings.begin('c');
  const chunk = (n: number) => ({ recordingId, segment: 0, atMs: n * 900, durationMs: 900, sound: new Uint8Array(4) });
  for (const n of [0, 0, 1, 1, 2]) expect(await seat.recordings.append(chunk(n))).toEqual({ kind: 'kept' });
  expect(vaultCalls).toEqual([0, 900, 1800]);
});

test('the sign for the people around follows the seat, told once each; a call outranks the lost network', () => {
  const { seat, signs } = seatWithFakes();
  const signalling = (state: 'registered' | 'offline'): void =>
    seat.report({ kind: 'signalling', at: 1_000_000, state, detail: '' });
  signalling('registered');
  signalling('offline');
  signalling('offline');
  seat.report(ring('c'));
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 1_000_005, cause: 'cancelled' } });
  signalling('registered');
  seat.ask({ kind: 'choose', choice: { kind: 'signed-out' } });
  signalling('offline');
  expect(signs).toEqual(['idle-ready', 'network-lost', 'ringing', 'network-lost', 'idle-ready', 'signed-out']);
});

test('a note under way is kept for a desk that reloads, until its call is coded', () => {
  const { seat } = seatWithFakes();
  seat.ask({ kind: 'draft', callId: 'c', draft: { note: 'Boi', chosen: null } });
  seat.ask({ kind: 'draft', callId: 'c', draft: { note: 'Boiler', chosen: 'repair' } });
  expect(seat.view.value.drafts).toEqual({ c: { note: 'Boiler', chosen: 'repair' } });
  seat.ask({ kind: 'code', callId: 'c', code: 'repair', note: 'Boiler' });
  expect(seat.view.value.drafts).toEqual({});
});
