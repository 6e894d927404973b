import { expect, test } from 'vitest';
import type { DeskRequest, PhoneReport } from '../../core/console-api.ts';
import { type SeatInput, stepSeat } from '../../core/seat.ts';
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
