import { expect, test } from 'vitest';
import { idleLamps } from '../../../core/key.ts';
import type { CrashNotes } from '../../../native/crash-notes.ts';
import { equipmentInfo, withOpen } from '../../../native/equipment/equipment-info.ts';
import type { EquipmentListener, EquipmentOpening, EquipmentPart } from '../../../native/equipment/equipment-part.ts';
import type { EquipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { letGoWaitMs, openEquipment, pulledCheckMs, reopenDelayMs } from '../../../native/equipment/open-equipment.ts';
import type { CrashCount } from '../../../native/roster.ts';
import { handClock } from '../hand-clock.ts';
import { equipmentOf } from './equipment-bench.ts';

const panel = (id: string, path: string, more: object = {}) => ({
  id,
  use: 'panel',
  port: { path },
  profile: 'viking-vx',
  ...more,
});

/** Pieces that do as a test says, on a clock moved by hand. */
function bench(options: { readonly notes?: CrashNotes; readonly closeMs?: number } = {}) {
  const clock = handClock();
  const said: string[] = [];
  const listeners = new Map<string, EquipmentListener>();
  const missing = new Set<string>();
  const isBroken = new Set<string>();
  const open = ({ equipment, listener }: EquipmentOpening): EquipmentPart => {
    const { id } = equipment;
    said.push(`open ${id}`);
    if (isBroken.has(`open ${id}`)) throw new Error('a mistake of ours');
    listeners.set(id, listener);
    return {
      info: withOpen(equipmentInfo(equipment, 'fake'), 'port'),
      show: ({ isRinging }) => {
        if (isBroken.has(`show ${id}`)) throw new Error('a lamp too many');
        said.push(`show ${id} ${isRinging}`);
      },
      showFaces: (faces) => said.push(`faces ${id} ${faces.length}`),
      command: () => ({ kind: 'begun' }),
      close: () =>
        new Promise((resolve) => {
          said.push(`closing ${id}`);
          clock.after(options.closeMs ?? 100, () => {
            said.push(`closed ${id}`);
            resolve();
          });
        }),
    };
  };
  const ports: EquipmentPorts = {
    portOf: (choice) => async () => (missing.has(choice.path) ? undefined : choice.path),
    open: async () => ({ kind: 'refused', detail: 'no port' }),
  };
  const equipment = openEquipment({
    ...{ clock, ports, open },
    ...(options.notes && { notes: options.notes }),
    log: () => undefined,
    onDevices: () => undefined,
    onKey: ({ deviceId, press }) => said.push(`key ${deviceId} ${press.key}`),
    onEvent: () => undefined,
  });
  const set = (list: readonly object[]): void => equipment.set('/seat', equipmentOf(list));
  const state = (id: string): string | undefined => {
    const info = equipment.devices().find((device) => device.deviceId === id);
    return info?.state.kind === 'problem' ? info.state.problem : info?.state.kind;
  };
  const opens = (): readonly string[] => said.filter((line) => /^(open|clos)/.test(line));
  return { clock, said, opens, listeners, missing, isBroken, equipment, set, state };
}

test('what is unchanged goes on; on a port that changes hands the old piece lets go first', async () => {
  const { clock, opens, set } = bench();
  set([panel('a', '/dev/1'), panel('b', '/dev/2')]);
  await clock.pass(1);
  set([panel('a', '/dev/1'), panel('c', '/dev/2')]);
  await clock.pass(50);
  expect(opens()).toEqual(['open a', 'open b', 'closing b']);
  await clock.pass(100);
  expect(opens()).toEqual(['open a', 'open b', 'closing b', 'closed b', 'open c']);
});

test('a piece that was set otherwise is closed, then opened; set back and forth it is opened once', async () => {
  const { clock, opens, set } = bench();
  set([panel('a', '/dev/1')]);
  await clock.pass(1);
  set([panel('a', '/dev/1', { name: 'Door' })]);
  set([panel('a', '/dev/1')]);
  set([panel('a', '/dev/1', { name: 'Gate' })]);
  await clock.pass(1000);
  expect(opens()).toEqual(['open a', 'closing a', 'closed a', 'open a']);
});

test('one that does not let go is waited for so long and no longer', async () => {
  const { clock, opens, set } = bench({ closeMs: 1_000_000 });
  set([panel('a', '/dev/1')]);
  await clock.pass(1);
  set([panel('b', '/dev/1')]);
  await clock.pass(letGoWaitMs - 1);
  expect(opens()).toEqual(['open a', 'closing a']);
  await clock.pass(1);
  expect(opens()).toEqual(['open a', 'closing a', 'open b']);
});

test('a piece is shown what the others were shown before it came', async () => {
  const { clock, said, set, equipment } = bench();
  equipment.show({ ...idleLamps, isRinging: true });
  equipment.showFaces([{ deviceId: 'a', faces: [] }]);
  set([panel('a', '/dev/1')]);
  await clock.pass(1);
  expect(said).toEqual(['open a', 'show a true', 'faces a 0']);
});

test('after three failures it is left alone and says so; pulled out and put back it is tried again', async () => {
  const { clock, opens, set, listeners, missing, state } = bench();
  set([panel('a', '/dev/1'), panel('b', '/dev/2')]);
  await clock.pass(1);
  for (const _ of [1, 2]) {
    listeners.get('a')?.onFailed('the driver hangs');
    expect(state('a')).toBe('cannot-open');
    await clock.pass(reopenDelayMs + 200);
    expect(state('a')).toBe('open');
  }
  listeners.get('a')?.onFailed('the driver hangs');
  await clock.pass(60_000);
  expect([state('a'), state('b')]).toEqual(['quarantined', 'open']);
  expect(opens().filter((line) => line === 'open a')).toHaveLength(3);
  missing.add('/dev/1');
  await clock.pass(pulledCheckMs);
  expect(state('a')).toBe('open');
});

test('set anew, a piece that was left alone is tried again', async () => {
  const { clock, set, listeners, state } = bench();
  set([panel('a', '/dev/1')]);
  for (const _ of [1, 2, 3]) {
    await clock.pass(reopenDelayMs + 200);
    listeners.get('a')?.onFailed('floods');
  }
  expect(state('a')).toBe('quarantined');
  set([panel('a', '/dev/1')]);
  await clock.pass(1000);
  expect(state('a')).toBe('open');
});

test('a mistake in one piece is its failure, and reaches no other', async () => {
  const { clock, set, isBroken, equipment, state, said } = bench();
  isBroken.add('open a');
  set([panel('a', '/dev/1'), panel('b', '/dev/2')]);
  await clock.pass(60_000);
  expect([state('a'), state('b')]).toEqual(['quarantined', 'open']);
  isBroken.add('show b');
  equipment.show({ ...idleLamps, isRinging: true });
  expect(state('b')).toBe('cannot-open');
  isBroken.clear();
  await clock.pass(reopenDelayMs + 200);
  expect(state('b')).toBe('open');
  expect(said.at(-2)).toBe('show b true');
});

test('a piece that lets go is not heard any more', async () => {
  const { clock, set, listeners, said, equipment } = bench();
  set([panel('a', '/dev/1')]);
  await clock.pass(1);
  const old = listeners.get('a');
  set([]);
  old?.onKey({ key: 'flash' });
  old?.onFailed('too late');
  await clock.pass(60_000);
  expect(said.filter((line) => line.startsWith('key'))).toEqual([]);
  expect(equipment.devices()).toEqual([]);
  expect(equipment.command({ kind: 'keep-text', id: 'a', ref: '1' })).toEqual({
    kind: 'refused',
    why: 'There is no equipment a.',
  });
});

test('of which pieces the process died is known to the next: alone after each other, after three deaths not at all', async () => {
  let crashes: CrashCount = new Map([
    ['a', 3],
    ['b', 1],
    ['c', 1],
  ]);
  let isBusy = false;
  const notes: CrashNotes = {
    crashes: () => crashes,
    setCrashes: (counts) => {
      crashes = counts;
    },
    isSuspect: (id) => crashes.has(id),
    isAnyInHand: () => isBusy,
    takeInHand: () => ({ opened: () => undefined, survived: () => undefined, letGo: () => undefined }),
    forget: () => undefined,
  };
  const { clock, set, opens, state } = bench({ notes });
  const list = ['a', 'b', 'c', 'd'].map((id) => panel(id, `/dev/${id}`));
  set(list);
  await clock.pass(1);
  expect([opens(), state('a')]).toEqual([['open d'], 'quarantined']);
  await clock.pass(2_000);
  expect(opens()).toEqual(['open d', 'open b']);
  isBusy = true;
  await clock.pass(4_000);
  expect(opens()).toEqual(['open d', 'open b']);
  isBusy = false;
  await clock.pass(2_000);
  expect(opens()).toEqual(['open d', 'open b', 'open c']);
  set(list);
  await clock.pass(1);
  expect(state('a')).toBe('open');
  expect(crashes.has('a')).toBe(false);
});
