import { type CallRow, foldCall } from '../../core/call-list.ts';
import type { PhoneReport } from '../../core/console-api.ts';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { TextRow } from '../../core/equipment-api.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../../core/equipment-event.ts';
import type { JournalEntry } from '../../core/journal.ts';
import { idleLamps, type KeyEvent, type KeyPress, type Lamps } from '../../core/key.ts';
import type { KeyBindings } from '../../core/key-command.ts';
import type { PanelFaces } from '../../core/key-face.ts';
import type { SeatSign } from '../../core/seat-sign.ts';
import { settings } from '../../core/settings.ts';
import { foldText } from '../../core/text-list.ts';
import type { Appended, Kept, RecordingVault, SeatDevices, SeatStore } from '../../main/seat-ports.ts';
import { type SeatProcess, startSeat } from '../../main/seat-process.ts';
import { noSeatSignIn, type SeatSide, type SeatSignIn } from '../../main/sign-in/seat-sign-in.ts';

/** A store in memory that can be made full, and remembers what the view showed at each append. */
function memoryStore() {
  const entries: JournalEntry[] = [];
  const rows = new Map<string, CallRow>();
  const texts = new Map<string, TextRow>();
  let password: string | null = null;
  const state = { isFull: false };
  const writes = { count: 0 };
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
      if ('textId' in entry.body) {
        const row = foldText(texts.get(entry.body.textId) ?? null, entry);
        if (row) texts.set(row.textId, row);
      }
      return { kind: 'kept', entry };
    },
    appendAll(facts) {
      if (state.isFull) return { kind: 'disk-full' };
      writes.count += 1;
      return { kind: 'kept', entries: facts.map(({ fact, at }) => kept(store.append(fact, at))) };
    },
    entriesSince: () => entries,
    callRow: (callId) => rows.get(callId) ?? null,
    calls: () => ({ rows: [...rows.values()], total: rows.size }),
    text: (textId) => texts.get(textId) ?? null,
    texts: () => ({ rows: [...texts.values()].map((row, n) => ({ ...row, seq: n + 1 })), total: texts.size }),
    switchRecords: () => ({ rows: [], total: 0, unread: 0 }),
    litStations: () => [],
    secret: () => password,
    setSecret: (_name, value) => {
      password = value;
    },
  };
  return { store, entries, state, writes };
}

function kept(appended: Appended): JournalEntry {
  if (appended.kind !== 'kept') throw new Error(appended.kind);
  return appended.entry;
}

/** Devices that are told to the seat by hand, and remember what they were told. */
function memoryDevices() {
  const shown: Lamps[] = [];
  const signs: SeatSign[] = [];
  const faces: (readonly PanelFaces[])[] = [];
  const commands: EquipmentCommand[] = [];
  const told: unknown[] = [];
  const state: { outcome: CommandOutcome } = { outcome: { kind: 'begun' } };
  let onKey: (event: KeyEvent) => void = () => {};
  let onDevices: (list: readonly DeviceInfo[]) => void = () => {};
  let onEquipment: (event: EquipmentEvent) => void = () => {};
  const devices: SeatDevices = {
    watchDevices(listener) {
      onDevices = listener;
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
    showFaces: (panels) => {
      faces.push(panels);
    },
    tryLamp: (...lamp) => {
      told.push(lamp);
    },
    setEquipment: (...list) => {
      told.push(list);
    },
    watchEquipment(listener) {
      onEquipment = listener;
      return () => {};
    },
    command(command) {
      commands.push(command);
      return Promise.resolve(state.outcome);
    },
    ports: () => Promise.resolve([]),
    setCollections: (collections) => {
      told.push(collections);
    },
    pressSimulated: () => Promise.resolve(),
    simulatedLamps: () => Promise.resolve(idleLamps),
    close: () => Promise.resolve(),
  };
  return {
    devices,
    shown,
    signs,
    faces,
    equipmentCommands: commands,
    told,
    deviceOutcome: state,
    press: (press: KeyPress, deviceId = 'd') => onKey({ deviceId, press }),
    plug: (list: readonly DeviceInfo[]) => onDevices(list),
    say: (event: EquipmentEvent) => onEquipment(event),
  };
}

/** `fails`: what the disk says to whatever is written. */
function memoryVault(outcome: { kept: Kept; fails?: Error }, vaultCalls: number[]): RecordingVault {
  const answer = async (): Promise<Kept> => {
    if (outcome.fails !== undefined) throw outcome.fails;
    return outcome.kept;
  };
  return {
    begin: answer,
    append: async (_recordingId, { atMs }) => {
      vaultCalls.push(atMs);
      return answer();
    },
    gap: answer,
    end: async () => ({ seconds: 4 }),
    open: () => Promise.reject(new Error('not in this test')),
    read: () => Promise.reject(new Error('not in this test')),
    directory: '/profile/recordings',
    syncedBytes: () => null,
    about: async () => null,
  };
}

/** Who signs in, by hand: nobody is signed in from `lock` on, until `open`. */
export function signInByHand() {
  let seat: SeatSide | null = null;
  let isLocked = false;
  const turn = (next: boolean): void => {
    isLocked = next;
    seat?.lock(next, 'person');
    seat?.changed();
  };
  const signIn: SeatSignIn = {
    ...noSeatSignIn,
    attach: (side) => {
      seat = side;
    },
    view: () =>
      isLocked ? { kind: 'signed-out', lastLogin: '8012', why: 'asked', isHubAway: false } : { kind: 'not-needed' },
    isLocked: () => isLocked,
  };
  return { signIn, lock: () => turn(true), open: () => turn(false) };
}

/** A seat of which everything outside is in memory; `given` are its settings, its bindings and who signs in. */
export function seatWithFakes(given: { settings?: unknown; bindings?: KeyBindings; signIn?: SeatSignIn } = {}) {
  const { store, entries, state, writes } = memoryStore();
  const { devices, ...hands } = memoryDevices();
  const outcome: { kept: Kept; fails?: Error } = { kept: { kind: 'kept' } };
  const vaultCalls: number[] = [];
  const savedBindings: KeyBindings[] = [];
  const problems: string[] = [];
  let ids = 0;
  const seat: SeatProcess = startSeat({
    seat: 'a',
    version: '1.0.0',
    directory: '/profile',
    settings: settings.parse(given.settings ?? {}),
    bindings: given.bindings ?? { panels: {} },
    firstNotices: [],
    language: 'en',
    ...(given.signIn && { signIn: given.signIn }),
    store,
    vault: memoryVault(outcome, vaultCalls),
    devices,
    keeper: {
      save: () => Promise.resolve(),
      saveBindings: (next) => {
        savedBindings.push(next);
        return Promise.resolve();
      },
    },
    clock: { now: () => 1_000_000 },
    newId: () => {
      ids += 1;
      return `id-${ids}`;
    },
    log: (level, message) => {
      if (level !== 'info') problems.push(message);
    },
  });
  return { seat, store, entries, state, writes, outcome, vaultCalls, savedBindings, problems, ...hands };
}

/** A call rings on the practice line. */
export const ring = (callId: string): PhoneReport => ({
  kind: 'call-offered',
  at: 1_000_001,
  callId,
  remote: { number: '13800138000', displayName: 'Li' },
  line: 'practice',
  sipCallId: 's',
});
