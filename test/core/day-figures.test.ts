import { expect, test } from 'vitest';
import { emptyDay, foldDay, upTo } from '../../core/day-figures.ts';
import type { JournalEntry, JournalFact } from '../../core/journal.ts';

const entry = (fact: JournalFact, at: number): JournalEntry => ({
  seat: 'a',
  seq: at,
  id: '018f0000-0000-7000-8000-000000000000',
  at,
  ...fact,
});
const state = (kind: 'ready' | 'talking', at: number) =>
  entry({ kind: 'agent-state', body: { activity: { kind }, cause: 'call' } }, at);

test('a day adds up: ready, talking, switched off, and a clock set back adds nothing', () => {
  const day = [
    entry({ kind: 'seat-started', body: { version: '1' } }, 1000),
    state('talking', 4000),
    entry({ kind: 'call-answered', body: { callId: 'c', by: 'key' } }, 4000),
    state('ready', 9000),
    state('talking', 8000),
    state('ready', 8500),
    entry({ kind: 'seat-stopped', body: {} }, 10_000),
    entry({ kind: 'seat-started', body: { version: '1' } }, 50_000),
  ].reduce(foldDay, emptyDay(0));
  expect(upTo(day, 51_000)).toEqual({
    calls: 1,
    talkMs: 5500,
    readyMs: 3000 + 1500 + 1000,
    signedInMs: 3000 + 5000 + 500 + 1500 + 1000,
    activity: 'ready',
    sinceAt: 51_000,
  });
});
