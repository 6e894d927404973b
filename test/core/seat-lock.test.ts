import { expect, test } from 'vitest';
import type { DeskRequest, PhoneReport } from '../../core/console-api.ts';
import type { KeyPress } from '../../core/key.ts';
import { lampsFor, type SeatInput, stepSeat } from '../../core/seat.ts';
import { signFor } from '../../core/seat-sign.ts';
import { newSeat, type Seat, type SeatEffect } from '../../core/seat-state.ts';

const lock = (isLocked: boolean): SeatInput => ({ kind: 'lock', isLocked, at: 5, cause: 'person' });
const offer = (callId: string): SeatInput => ({
  kind: 'report',
  report: {
    kind: 'call-offered',
    at: 6,
    callId,
    remote: { number: '8001', displayName: '' },
    line: 'switch',
    sipCallId: 's',
  },
});
const happens = (callId: string, event: Extract<PhoneReport, { kind: 'call' }>['event']): SeatInput => ({
  kind: 'report',
  report: { kind: 'call', callId, event },
});
const ask = (request: DeskRequest): SeatInput => ({ kind: 'ask', request, at: 7, newCallId: 'new' });

function run(seat: Seat, ...inputs: readonly SeatInput[]): readonly [Seat, readonly SeatEffect[]] {
  return inputs.reduce<readonly [Seat, readonly SeatEffect[]]>(
    ([before, effects], input) => {
      const [after, more] = stepSeat(before, input);
      return [after, [...effects, ...more]];
    },
    [seat, []],
  );
}

const open = newSeat(1, 'switch');
const commands = (effects: readonly SeatEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'command' ? [effect.command] : []));

test('locked: signed out, a call that is offered goes elsewhere at once and is logged, and nothing is dialled by anybody', () => {
  const [locked] = run(open, lock(true));
  expect([locked.agent.choice.kind, locked.agent.activity.kind]).toEqual(['signed-out', 'signed-out']);
  const [after, effects] = run(
    { ...locked, lastDialled: '8005' },
    offer('c-1'),
    happens('c-1', { kind: 'ended', at: 8, cause: 'declined-here' }),
    ask({ kind: 'dial', number: '8002' }),
    ask({ kind: 'park', number: '701' }),
    ask({ kind: 'call-me', scriptId: null }),
    ask({ kind: 'test-line' }),
    ask({ kind: 'choose', choice: { kind: 'ready' } }),
    ask({ kind: 'choose', choice: { kind: 'not-ready', reason: 'rest' } }),
    { kind: 'key', press: { key: 'hook', to: 'off-hook' }, at: 9, newCallId: 'new' },
  );
  expect(commands(effects)).toEqual([{ kind: 'decline', callId: 'c-1', how: 'elsewhere' }]);
  expect(effects.flatMap((effect) => (effect.kind === 'log' ? [effect.fact.kind] : []))).toContain('call-offered');
  expect([after.agent.activity, after.calls]).toEqual([{ kind: 'signed-out' }, []]);
});

test('a call that is up when the seat is locked goes on: it is held, taken back, muted and ended, and its work is finished', () => {
  const [up] = run(open, offer('c-1'), happens('c-1', { kind: 'established', at: 6 }), lock(true));
  expect([up.agent.choice.kind, up.agent.activity.kind]).toEqual(['signed-out', 'talking']);
  const [held, effects] = run(
    up,
    ask({ kind: 'mute', isMuted: true }),
    ask({ kind: 'hold', callId: 'c-1' }),
    happens('c-1', { kind: 'held', at: 8 }),
    ask({ kind: 'resume', callId: 'c-1' }),
    happens('c-1', { kind: 'resumed', at: 9 }),
    ask({ kind: 'hang-up', callId: 'c-1' }),
  );
  expect(commands(effects).map(({ kind }) => kind)).toEqual(['mute', 'hold', 'resume', 'hang-up']);
  const [ended] = run(held, happens('c-1', { kind: 'ended', at: 10, cause: 'hung-up-here' }));
  expect(ended.agent.activity).toEqual({ kind: 'after-call-work', callId: 'c-1' });
  const [coded] = run(ended, ask({ kind: 'code', callId: 'c-1', code: 'x', note: '' }));
  expect(coded.agent.activity).toEqual({ kind: 'signed-out' });
});

test('a call that rings when the seat is locked may still be answered: it was promised to the caller', () => {
  const [, effects] = run(open, offer('c-1'), lock(true), ask({ kind: 'answer', callId: 'c-1' }));
  expect(commands(effects)).toEqual([{ kind: 'answer', callId: 'c-1' }]);
});

test('open again: ready, with a state that is logged once; opening what is open changes nothing', () => {
  const [after, effects] = run(open, lock(true), lock(true), lock(false), lock(false));
  expect(after.agent.activity).toEqual({ kind: 'ready' });
  expect(effects).toEqual([
    { kind: 'log', fact: { kind: 'agent-state', body: { activity: { kind: 'signed-out' }, cause: 'person' } }, at: 5 },
    { kind: 'log', fact: { kind: 'agent-state', body: { activity: { kind: 'ready' }, cause: 'person' } }, at: 5 },
  ]);
  const [resting] = run(open, ask({ kind: 'choose', choice: { kind: 'not-ready', reason: 'rest' } }), lock(false));
  expect(resting.agent.choice).toEqual({ kind: 'not-ready', reason: 'rest' });
});

const key = (press: KeyPress): SeatInput => ({ kind: 'key', press, at: 9, newCallId: 'key' });
const facts = (effects: readonly SeatEffect[]) =>
  effects.flatMap((effect) => (effect.kind === 'log' ? [effect.fact] : []));
const [shut] = run({ ...open, lastDialled: '8005' }, lock(true));
const [helped] = run(shut, ask({ kind: 'dial', number: '110' }), happens('new', { kind: 'established', at: 8 }));

test.each([
  ['110', '110'],
  ['１ 1-0', '110'],
  ['0110', null],
  ['1100', null],
  ['+110', null],
  ['11', null],
  ['8001', null],
  ['110#', null],
  ['sip:110', null],
  ['', null],
])('locked: %j dials %j', (number, dialled) => {
  const [after, effects] = run(shut, ask({ kind: 'dial', number }));
  expect(commands(effects)).toEqual(dialled === null ? [] : [{ kind: 'dial', callId: 'new', number: dialled }]);
  // Nobody's call changes nobody's state, and is no number to dial again for whoever comes.
  expect([after.agent.activity, after.lastDialled]).toEqual([{ kind: 'signed-out' }, '8005']);
});

test('a site has its own numbers, and without any nothing is dialled', () => {
  const numbers = (emergencyNumbers: readonly string[]): SeatInput => ({
    kind: 'set-up',
    line: 'switch',
    hookWhileWaiting: 'ignore',
    emergencyNumbers,
  });
  const dialled = (list: readonly string[], number: string) =>
    commands(run(shut, numbers(list), ask({ kind: 'dial', number }))[1]).length;
  expect([dialled(['9110'], '9110'), dialled(['9110'], '110'), dialled([], '110')]).toEqual([1, 0, 0]);
});

test('a call for help is written down, heard, muted, sent digits and ended; it is neither held nor sent on, and leaves no work', () => {
  const [after, effects] = run(
    helped,
    ask({ kind: 'hold', callId: 'new' }),
    key({ key: 'flash' }),
    ask({ kind: 'park', number: '701' }),
    ask({ kind: 'dial', number: '119' }),
    ask({ kind: 'dial', number: '8001' }),
    ask({ kind: 'swap' }),
    ask({ kind: 'pause-recording', callId: 'new', reason: 'agent' }),
    ask({ kind: 'code', callId: 'new', code: 'order', note: '' }),
    ask({ kind: 'mute', isMuted: true }),
    happens('new', { kind: 'muted', at: 9 }),
    key({ key: 'mute', to: 'toggle' }),
    ask({ kind: 'digits', digits: '1' }),
    key({ key: 'hook', to: 'on-hook' }),
    happens('new', { kind: 'ended', at: 12, cause: 'hung-up-here' }),
    key({ key: 'redial' }),
  );
  expect(commands(effects).map(({ kind }) => kind)).toEqual(['mute', 'mute', 'digits', 'hang-up']);
  expect([after.calls, after.afterCalls, after.agent.activity]).toEqual([[], [], { kind: 'signed-out' }]);
  const all = run(shut, ask({ kind: 'dial', number: '110' }), happens('new', { kind: 'established', at: 8 }))[1];
  const remote = { number: '110', displayName: '' };
  expect([...facts(all), ...facts(effects)]).toEqual([
    { kind: 'call-dialled', body: { callId: 'new', remote, line: 'switch' } },
    { kind: 'call-answered', body: { callId: 'new', by: 'there' } },
    { kind: 'call-muted', body: { callId: 'new', isMuted: true } },
    { kind: 'call-ended', body: { callId: 'new', cause: 'hung-up-here' } },
  ]);
});

test('while help is called the lamps and the light for the people around say so, and a call that comes in goes elsewhere', () => {
  expect([lampsFor(helped).isOffHook, signFor(helped, true), signFor(shut, true)]).toEqual([
    true,
    'talking',
    'signed-out',
  ]);
  const [after, effects] = run(helped, offer('c-1'), key({ key: 'hook', to: 'toggle' }));
  expect(commands(effects)).toEqual([
    { kind: 'decline', callId: 'c-1', how: 'elsewhere' },
    { kind: 'hang-up', callId: 'new' },
  ]);
  expect(after.agent.activity).toEqual({ kind: 'signed-out' });
});

test('help goes out by the modem while the switch is away, past a flood of calls that are being sent away', () => {
  const flood = Array.from({ length: 8 }, (_, n) => offer(`c-${n}`));
  const [after, effects] = run(
    shut,
    ...flood,
    { kind: 'fallback', isOpen: true },
    ask({ kind: 'dial', number: '120' }),
  );
  expect(commands(effects).filter(({ kind }) => kind === 'dial')).toEqual([
    { kind: 'dial', callId: 'new', number: '120' },
  ]);
  expect(after.calls.at(-1)?.line).toBe('modem');
});

test('whoever finishes a call can call for help beside it: that call is held, and taken back after', () => {
  const [up] = run(open, offer('c-1'), happens('c-1', { kind: 'established', at: 6 }), lock(true));
  const [both, effects] = run(
    up,
    ask({ kind: 'dial', number: '119' }),
    happens('c-1', { kind: 'held', at: 8 }),
    happens('new', { kind: 'established', at: 8 }),
    ask({ kind: 'resume', callId: 'c-1' }),
    key({ key: 'flash' }),
  );
  expect(commands(effects).map(({ kind }) => kind)).toEqual(['hold', 'dial']);
  const [after, more] = run(
    both,
    happens('new', { kind: 'ended', at: 9, cause: 'hung-up-there' }),
    ask({ kind: 'resume', callId: 'c-1' }),
  );
  expect([commands(more).map(({ kind }) => kind), after.agent.activity.kind, after.afterCalls]).toEqual([
    ['resume'],
    'holding',
    [],
  ]);
});

test('somebody signs in while help is on the line: it is a call like any other from then on', () => {
  const [after, effects] = run(
    helped,
    lock(false),
    ask({ kind: 'hold', callId: 'new' }),
    happens('new', { kind: 'held', at: 10 }),
    happens('new', { kind: 'ended', at: 11, cause: 'hung-up-there' }),
  );
  expect(commands(effects)).toEqual([{ kind: 'hold', callId: 'new' }]);
  expect(after.agent.activity).toEqual({ kind: 'after-call-work', callId: 'new' });
});

test('a call for help that outlived the seat process is one again', () => {
  const standing = helped.calls[0]?.call;
  if (standing === undefined) throw new Error('no call');
  const [after] = run(shut, {
    kind: 'report',
    report: { kind: 'call-standing', at: 9, line: 'switch', call: standing },
  });
  expect([after.agent.activity.kind, commands(run(after, ask({ kind: 'hold', callId: 'new' }))[1])]).toEqual([
    'signed-out',
    [],
  ]);
  expect(commands(run(after, ask({ kind: 'hang-up', callId: 'new' }))[1])).toEqual([
    { kind: 'hang-up', callId: 'new' },
  ]);
});

test('locked: a call that is sent away rings nobody, and nobody writes about calls that are over', () => {
  const [after, effects] = run(shut, offer('c-1'), ask({ kind: 'code', callId: 'old', code: 'order', note: 'mine' }));
  expect([after.agent.activity, facts(effects).map(({ kind }) => kind)]).toEqual([
    { kind: 'signed-out' },
    ['call-offered'],
  ]);
});

test('a call that cannot be sent away, as with no phone page there, is nobody’s until somebody signs in', () => {
  const command = { kind: 'decline', callId: 'c-1', how: 'elsewhere' } as const;
  const [after, effects] = run(
    shut,
    offer('c-1'),
    { kind: 'report', report: { kind: 'refused', at: 7, command, why: 'no phone page' } },
    key({ key: 'hook', to: 'off-hook' }),
    ask({ kind: 'answer', callId: 'c-1' }),
  );
  expect(commands(effects)).toEqual([command]);
  expect([after.agent.activity, lampsFor(after).isRinging]).toEqual([{ kind: 'signed-out' }, false]);
  const [signedIn] = run(after, lock(false));
  expect([signedIn.agent.activity, lampsFor(signedIn).isRinging]).toEqual([{ kind: 'ringing' }, true]);
});

test('a call that is being sent away goes, though somebody signs in meanwhile: no key answers it', () => {
  const [after, effects] = run(
    shut,
    offer('c-1'),
    lock(false),
    key({ key: 'flash' }),
    ask({ kind: 'answer', callId: 'c-1' }),
  );
  expect(commands(effects)).toEqual([{ kind: 'decline', callId: 'c-1', how: 'elsewhere' }]);
  expect(lampsFor(after).isRinging).toBe(false);
});
