import { expect, test } from 'vitest';
import { recoverAfterCrash } from '../../../main/store/recover.ts';
import { callFacts } from './facts.ts';
import { openedSeat } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A vault whose recordings all hold 42 seconds, and which was asked to end these. */
function vaultOf(ended: string[]) {
  return {
    end: (recordingId: string) => {
      ended.push(recordingId);
      return Promise.resolve({ seconds: 42 });
    },
  };
}

test('calls and recordings a crash left open are closed, once, and others are left as they are', async () => {
  const { append, journal, callList, ...seat } = openedSeat(temporaryDirectory());
  const store = { append, journal, callList, ...seat };
  // 1: whole. 2: talking and recorded. 3: ringing. 4: ended, its recording not closed yet.
  for (const fact of callFacts(1)) append(fact, 1);
  for (const fact of callFacts(2).slice(0, 3)) append(fact, 2);
  for (const fact of callFacts(3).slice(0, 1)) append(fact, 3);
  for (const fact of [...callFacts(4).slice(0, 3), ...callFacts(4).slice(4, 5)]) append(fact, 4);
  const before = journal.lastSeq();
  const ended: string[] = [];

  expect(await recoverAfterCrash(store, vaultOf(ended), 9)).toEqual({
    calls: 2,
    recordings: 2,
    texts: 0,
    isComplete: true,
  });
  expect(ended).toEqual(['recording-2', 'recording-4']);
  expect(journal.after(before, 10).map(({ kind, body, at }) => ({ kind, body, at }))).toEqual([
    ...['2', '4'].map((id) => ({
      kind: 'recording-ended',
      body: { callId: `call-${id}`, recordingId: `recording-${id}`, seconds: 42, end: 'interrupted' },
      at: 9,
    })),
    ...['2', '3'].map((id) => ({
      kind: 'call-ended',
      body: { callId: `call-${id}`, cause: 'seat-restarted' },
      at: 9,
    })),
  ]);
  expect(await recoverAfterCrash(store, vaultOf(ended), 10)).toEqual({
    calls: 0,
    recordings: 0,
    texts: 0,
    isComplete: true,
  });
  expect(callList.get('call-1')).toMatchObject({ cause: 'hung-up-there', recordingEnd: 'complete' });
});

test('on a full disk nothing is half closed: the next start does the rest', async () => {
  const store = openedSeat(temporaryDirectory());
  for (const fact of callFacts(2).slice(0, 3)) store.append(fact, 2);
  const full = { ...store, appendAll: () => ({ kind: 'disk-full' }) as const };
  expect(await recoverAfterCrash(full, vaultOf([]), 9)).toEqual({
    calls: 0,
    recordings: 0,
    texts: 0,
    isComplete: false,
  });
  expect(await recoverAfterCrash(store, vaultOf([]), 9)).toEqual({
    calls: 1,
    recordings: 1,
    texts: 0,
    isComplete: true,
  });
});
