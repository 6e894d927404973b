import { expect, test } from 'vitest';
import type { PhoneReport } from '../../core/console-api.ts';
import type { KeyPress } from '../../core/key.ts';
import { lampsFor, type SeatInput, stepSeat } from '../../core/seat.ts';
import { newSeat, type Seat, type SeatEffect } from '../../core/seat-state.ts';

const remote = { number: '13800138000', displayName: '王小明' };
const ring = (callId: string, at = 1): SeatInput => ({
  kind: 'report',
  report: { kind: 'call-offered', at, callId, remote, line: 'switch', sipCallId: 's' },
});
const happened = (
  callId: string,
  kind: 'established' | 'held' | 'resumed' | 'answering' | 'muted',
  at = 2,
): SeatInput => ({
  kind: 'report',
  report: { kind: 'call', callId, event: { kind, at } },
});
const ended = (callId: string, at = 9): SeatInput => ({
  kind: 'report',
  report: { kind: 'call', callId, event: { kind: 'ended', at, cause: 'hung-up-there' } } satisfies PhoneReport,
});
const key = (press: KeyPress): SeatInput => ({ kind: 'key', press, at: 5, newCallId: 'new' });

function run(...inputs: SeatInput[]): { seat: Seat; last: readonly SeatEffect[]; commands: unknown[] } {
  let seat = newSeat(0, 'switch');
  let last: readonly SeatEffect[] = [];
  const commands: unknown[] = [];
  for (const input of inputs) {
    [seat, last] = stepSeat(seat, input);
    commands.push(...last.flatMap((e) => (e.kind === 'command' ? [e.command] : [])));
  }
  return { seat, last, commands };
}

test('off hook answers the ringing call, and only once', () => {
  const off = key({ key: 'hook', to: 'off-hook' });
  const { seat, commands } = run(ring('a'), off, off, key({ key: 'hook', to: 'toggle' }));
  expect(commands).toEqual([{ kind: 'answer', callId: 'a' }]);
  expect(lampsFor(seat)).toEqual({ isOffHook: true, isRinging: false, isMuted: false, isHeld: false });
});

test('each step of a call is written down, and after-call work follows an answered call', () => {
  const logs: string[] = [];
  let seat = newSeat(0, 'switch');
  for (const input of [ring('a'), key({ key: 'hook', to: 'off-hook' }), happened('a', 'established'), ended('a')]) {
    const [next, effects] = stepSeat(seat, input);
    seat = next;
    logs.push(...effects.flatMap((e) => (e.kind === 'log' ? [e.fact.kind] : [])));
  }
  expect(logs).toEqual(['call-offered', 'agent-state', 'call-answered', 'agent-state', 'call-ended', 'agent-state']);
  expect(seat.agent.activity).toEqual({ kind: 'after-call-work', callId: 'a' });
});

test('a missed call asks for no after-call work', () => {
  const { seat } = run(ring('a'), ended('a'));
  expect([seat.agent.activity.kind, seat.calls.length, seat.afterCalls]).toEqual(['ready', 0, []]);
});

test('the hook key while a second call waits does nothing unless somebody chose', () => {
  const talkingAndRinging = [ring('a'), key({ key: 'hook', to: 'toggle' }), happened('a', 'established'), ring('b')];
  expect(run(...talkingAndRinging, key({ key: 'hook', to: 'on-hook' })).last).toEqual([]);
  const chosen: SeatInput = {
    kind: 'set-up',
    line: 'switch',
    hookWhileWaiting: 'hold-and-answer',
    emergencyNumbers: [],
  };
  const { commands } = run(...talkingAndRinging, chosen, key({ key: 'hook', to: 'on-hook' }));
  expect(commands.slice(-2)).toEqual([
    { kind: 'hold', callId: 'a' },
    { kind: 'answer', callId: 'b' },
  ]);
});

test('flash holds, swaps, takes back; a held call survives hook keys', () => {
  const talking = [ring('a'), key({ key: 'flash' }), happened('a', 'established')];
  expect(run(...talking, key({ key: 'flash' })).commands.at(-1)).toEqual({ kind: 'hold', callId: 'a' });
  const held = [...talking, key({ key: 'flash' }), happened('a', 'held')];
  expect(run(...held, key({ key: 'flash' })).commands.at(-1)).toEqual({ kind: 'resume', callId: 'a' });
  expect(run(...held, key({ key: 'hook', to: 'on-hook' })).last).toEqual([]);
  expect(lampsFor(run(...held).seat)).toEqual({ isOffHook: true, isRinging: false, isMuted: false, isHeld: true });
});

test('beside a held call the one that is up is not held: the headset shows it so, and its hook ends it', () => {
  const consulting = [
    ring('a'),
    key({ key: 'flash' }),
    happened('a', 'established'),
    key({ key: 'flash' }),
    happened('a', 'held'),
    ring('b'),
    key({ key: 'flash' }),
    happened('b', 'established'),
  ];
  const { seat } = run(...consulting);
  expect(lampsFor(seat)).toEqual({ isOffHook: true, isRinging: false, isMuted: false, isHeld: false });
  const { commands } = run(...consulting, key({ key: 'hook', to: 'on-hook' }));
  expect(commands.at(-1)).toEqual({ kind: 'hang-up', callId: 'b' });
  const left = run(...consulting, ended('b')).seat;
  expect(lampsFor(left)).toEqual({ isOffHook: true, isRinging: false, isMuted: false, isHeld: true });
});

test('reject refuses the waiting call and does not touch the one that is up', () => {
  const { commands, seat } = run(
    ring('a'),
    key({ key: 'hook', to: 'off-hook' }),
    happened('a', 'established'),
    ring('b'),
    key({ key: 'reject' }),
  );
  expect(commands.at(-1)).toEqual({ kind: 'decline', callId: 'b', how: 'busy' });
  expect(seat.calls[0]?.pending).toBe(null);
});

test('two quick presses of a mute toggle are two wishes', () => {
  const toggle = key({ key: 'mute', to: 'toggle' });
  const { commands } = run(
    ring('a'),
    key({ key: 'hook', to: 'off-hook' }),
    happened('a', 'established'),
    toggle,
    toggle,
  );
  expect(commands.slice(-2)).toEqual([
    { kind: 'mute', callId: 'a', isMuted: true },
    { kind: 'mute', callId: 'a', isMuted: false },
  ]);
});

test('the seventh call at once is answered busy and still written down', () => {
  const { last } = run(...['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((id) => ring(id)));
  expect(last.map((e) => (e.kind === 'log' ? e.fact.kind : e.kind === 'command' ? e.command : e.kind))).toEqual([
    'call-offered',
    { kind: 'decline', callId: 'g', how: 'busy' },
  ]);
});

test('a number nobody can dial is refused in words and nothing rings', () => {
  const { last, seat } = run({ kind: 'ask', request: { kind: 'dial', number: '<script>' }, at: 1, newCallId: 'n' });
  expect(last).toEqual([{ kind: 'notice', notice: { code: 'refused', detail: '<script>' } }]);
  expect(seat.calls).toEqual([]);
});

test('a phone page that starts anew ends the calls that lived in the old one', () => {
  const { seat, last } = run(ring('a'), happened('a', 'established'), {
    kind: 'report',
    report: { kind: 'started', at: 7 },
  });
  expect(seat.calls).toEqual([]);
  expect(last[0]).toEqual({
    kind: 'log',
    fact: { kind: 'call-ended', body: { callId: 'a', cause: 'line-lost' } },
    at: 7,
  });
});

test('a seat process that was started anew takes over the call that went on, once', () => {
  const remoteCall = stepSeat(newSeat(0, 'switch'), ring('a'))[0].calls[0]?.call;
  if (!remoteCall) throw new Error('no call');
  const call = { ...remoteCall, state: { kind: 'talking' as const }, answeredAt: 2, sinceAt: 2 };
  const stands: SeatInput = { kind: 'report', report: { kind: 'call-standing', at: 7, line: 'switch', call } };
  const { seat, last } = run(stands, stands);
  expect([seat.calls.map((c) => c.call), seat.agent.activity.kind, last]).toEqual([[call], 'talking', []]);
  expect(run(stands).last[0]).toEqual({
    kind: 'log',
    fact: { kind: 'call-found', body: { callId: 'a', direction: 'inbound', remote, line: 'switch' } },
    at: 7,
  });
});

test('another program that takes the headset is told of, with and without a call, and ends nothing', () => {
  const busy = key({ key: 'line-busy', isBusy: true });
  const told = { kind: 'notice', notice: { code: 'headset-busy-elsewhere', detail: '' } };
  const inCall = run(ring('a'), key({ key: 'hook', to: 'off-hook' }), happened('a', 'established'), busy);
  expect([run(busy).last, inCall.last]).toEqual([[told], [told]]);
  expect([inCall.seat.calls.length, inCall.commands.length]).toEqual([1, 1]);
  expect(run(key({ key: 'line-busy', isBusy: false })).last).toEqual([]);
});
