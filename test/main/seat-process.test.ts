import { expect, test } from 'vitest';
import type { PhoneCommand, SeatView } from '../../core/console-api.ts';
import type { Notice } from '../../core/notice.ts';
import { ring, seatWithFakes } from './seat-fakes.ts';

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
  expect(seat.notices.takeEarly()).toEqual<Notice[]>([{ code: 'refused', detail: 'answer: no phone page' }]);
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

test('a disk that fails, or may not be written to any more, ends a recording and not the call', async () => {
  const { seat, entries, outcome } = seatWithFakes();
  seat.report(ring('c'));
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  const { recordingId } = await seat.recordings.begin('c');
  outcome.fails = Object.assign(new Error('EROFS: read-only file system'), { code: 'EROFS', syscall: 'write' });
  const chunk = { recordingId, segment: 0, atMs: 0, durationMs: 900, sound: new Uint8Array(4) };
  expect(await seat.recordings.append(chunk)).toEqual({ kind: 'disk-full' });
  expect(entries.filter((e) => e.kind === 'recording-ended').map((e) => e.body)).toEqual([
    { callId: 'c', recordingId, seconds: 4, end: 'interrupted' },
  ]);
  expect([seat.view.value.recording, seat.view.value.calls[0]?.state.kind]).toEqual([{ c: 'stopped' }, 'talking']);
  expect(seat.notices.takeEarly()).toContainEqual({ code: 'recording-stopped-disk-failed', detail: 'c' });
  outcome.fails = new TypeError('a mistake of ours');
  await expect(seat.recordings.begin('d')).rejects.toThrow('a mistake of ours');
});

test('what waits for a full disk is written when the seat tries again, without anything new to write', () => {
  const { seat, state, entries } = seatWithFakes();
  state.isFull = true;
  seat.report(ring('c'));
  expect([seat.view.value.lights.data.code, entries.length]).toEqual(['disk-full', 1]);
  seat.tryDiskAgain();
  expect(seat.view.value.lights.data.code).toBe('disk-full');
  state.isFull = false;
  seat.tryDiskAgain();
  expect([seat.view.value.lights.data.code, entries.map(({ kind }) => kind)]).toEqual([
    'saved',
    ['seat-started', 'call-offered', 'agent-state'],
  ]);
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
