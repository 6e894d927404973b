import { expect, test } from 'vitest';
import { type CallRow, foldCall } from '../../core/call-list.ts';
import type { DeskMessage } from '../../core/equipment-event.ts';
import type { JournalEntry, JournalFact } from '../../core/journal.ts';

const remote = { number: '13800138000', displayName: 'Li' };
let seq = 0;
const entry = (fact: JournalFact, at: number): JournalEntry => {
  seq += 1;
  return { seat: 'a', seq, id: '018f0000-0000-7000-8000-000000000000', at, ...fact };
};
const fold = (...entries: JournalEntry[]): CallRow | null => entries.reduce<CallRow | null>(foldCall, null);
const callId = 'c';
const recordingId = 'r';

test('a whole call becomes one row', () => {
  const row = fold(
    entry({ kind: 'call-offered', body: { callId, remote, line: 'switch', sipCallId: 's' } }, 1),
    entry({ kind: 'call-answered', body: { callId, by: 'key' } }, 2),
    entry({ kind: 'recording-started', body: { callId, recordingId } }, 3),
    entry({ kind: 'call-held', body: { callId } }, 4),
    entry({ kind: 'call-ended', body: { callId, cause: 'hung-up-there' } }, 5),
    entry({ kind: 'recording-ended', body: { callId, recordingId, seconds: 3, end: 'complete' } }, 6),
    entry({ kind: 'call-coded', body: { callId, code: 'order', note: 'two' } }, 7),
  );
  expect(row).toEqual({
    callId,
    direction: 'inbound',
    line: 'switch',
    remote,
    offeredAt: 1,
    answeredAt: 2,
    endedAt: 5,
    cause: 'hung-up-there',
    workCode: 'order',
    note: 'two',
    recordingId,
    recordingSeconds: 3,
    recordingEnd: 'complete',
    quality: null,
    arrival: null,
  });
});

test('a caller who is named later, and how a message desk announced the call, stand in its row', () => {
  const message: DeskMessage = {
    ...{ desk: '001', terminal: '0001', reason: 'direct', letter: 'D', forwardedFrom: '', calling: '1' },
  };
  const row = fold(
    entry(
      { kind: 'call-offered', body: { callId, remote: { number: '', displayName: '' }, line: 'modem', sipCallId: '' } },
      1,
    ),
    entry({ kind: 'call-named', body: { callId, remote } }, 2),
    entry({ kind: 'call-arrival', body: { callId, message } }, 3),
  );
  expect(row).toMatchObject({ line: 'modem', remote, arrival: message });
});

test('an entry about a call that was never offered makes no row', () => {
  expect(fold(entry({ kind: 'call-ended', body: { callId, cause: 'cancelled' } }, 1))).toBe(null);
});
