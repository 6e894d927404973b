import { expect, it } from 'vitest';
import type { AgentActivity } from '../../core/agent.ts';
import { type SeatSign, signFor } from '../../core/seat-sign.ts';
import { newSeat } from '../../core/seat-state.ts';

const rows: readonly (readonly [AgentActivity, SeatSign, SeatSign])[] = [
  [{ kind: 'ready' }, 'idle-ready', 'network-lost'],
  [{ kind: 'not-ready', reason: 'lunch' }, 'not-ready', 'network-lost'],
  [{ kind: 'after-call-work', callId: 'c' }, 'after-call-work', 'network-lost'],
  [{ kind: 'ringing' }, 'ringing', 'ringing'],
  [{ kind: 'talking' }, 'talking', 'talking'],
  [{ kind: 'holding' }, 'held', 'held'],
  [{ kind: 'signed-out' }, 'signed-out', 'signed-out'],
];

it('has one sign for every activity; a lost network shows unless a call is live or nobody is there', () => {
  const seat = newSeat(0, 'switch');
  const signs = rows.map(([activity]) => {
    const doing = { ...seat, agent: { ...seat.agent, activity } };
    return [activity, signFor(doing, false), signFor(doing, true)];
  });
  expect(signs).toEqual(rows);
});
