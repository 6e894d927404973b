import { readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JournalEntry } from '../../../core/journal.ts';
import { openSideJournal, readSideJournal } from '../../../main/store/side-journal.ts';
import { overwrite } from './damaged-profile.ts';
import { noReserve, testKey } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

function entry(seq: number, note = 'a note'): JournalEntry {
  const id = `01890000-0000-7000-8000-${seq.toString(16).padStart(12, '0')}`;
  return { seat: 'seat-1', seq, id, at: seq, kind: 'call-coded', body: { callId: `call-${seq}`, code: 'x', note } };
}

/** A side journal over a journal that holds `journal`. */
function request(directory: string, journal: readonly JournalEntry[] = [], problems: string[] = []) {
  return {
    directory,
    key: testKey,
    seat: 'seat-1',
    reserve: noReserve,
    after: (seq: number, limit: number) => journal.filter((one) => one.seq > seq).slice(0, limit),
    onProblem: (sentence: string) => void problems.push(sentence),
  };
}

const opened = (...args: Parameters<typeof request>) => openSideJournal(request(...args));

const seqs = (directory: string, key = testKey) => readSideJournal(directory, key).entries.map(({ seq }) => seq);
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

test('gives back what was written, over several lives, and nothing of it in clear', () => {
  const directory = temporaryDirectory();
  for (const first of [1, 4, 7]) {
    const side = opened(directory);
    expect(side.append([entry(first), entry(first + 1)])).toBe(true);
    expect(side.append([entry(first + 2)])).toBe(true);
    side.close();
  }
  expect(readSideJournal(directory, testKey)).toEqual({
    entries: numbers(1, 9).map((seq) => ({ ...entry(seq), body: JSON.stringify(entry(seq).body) })),
    segments: 1,
    damaged: 0,
    foreign: 0,
  });
  const bytes = readFileSync(join(directory, '00000001.side'));
  for (const word of ['seat-1', 'a note', 'call-']) expect(bytes.includes(word)).toBe(false);
  expect(readSideJournal(directory, new Uint8Array(32))).toMatchObject({ entries: [], foreign: 9 });
});

test('a tail torn at any byte costs only the record it tore, and the next life writes on', () => {
  const source = temporaryDirectory();
  const first = opened(source);
  first.append([entry(1), entry(2)]);
  first.close();
  const bytes = readFileSync(join(source, '00000001.side'));
  const end = bytes.findLastIndex((byte) => byte !== 0) + 1;
  for (let cut = end - 1; cut > end - 120; cut -= 23) {
    const directory = temporaryDirectory();
    const side = opened(directory);
    side.append([entry(1), entry(2)]);
    side.close();
    truncateSync(join(directory, '00000001.side'), cut);
    expect(seqs(directory)).toEqual([1]);
    const next = opened(directory, [entry(1), entry(2)]);
    expect(next.append([entry(3)])).toBe(true);
    next.close();
    expect(seqs(directory)).toEqual([1, 2, 3]);
  }
});

test('a damaged record costs itself, whichever of its bytes it is', () => {
  const directory = temporaryDirectory();
  const side = opened(directory);
  for (const seq of numbers(1, 3)) side.append([entry(seq)]);
  side.close();
  const path = join(directory, '00000001.side');
  const bytes = readFileSync(path);
  const second = bytes.indexOf('HKsj', 4);
  const third = bytes.indexOf('HKsj', second + 4);
  for (let at = second; at < third; at += 7) {
    overwrite(path, at, Uint8Array.of((bytes[at] ?? 0) ^ 0x55));
    const read = readSideJournal(directory, testKey);
    expect([at, read.entries.map(({ seq }) => seq)]).toEqual([at, [1, 3]]);
    expect(read.damaged).toBeGreaterThan(0);
    overwrite(path, at, bytes.subarray(at, at + 1));
  }
});

test('keeps the newest segments and lets the oldest go', () => {
  const directory = temporaryDirectory();
  const side = openSideJournal({ ...request(directory), limits: { bytes: 1_000, segments: 4 } });
  for (let seq = 1; seq <= 60; seq += 1) side.append([entry(seq)]);
  side.close();
  expect(readdirSync(directory).length).toBe(4);
  const left = seqs(directory);
  expect(left).toEqual(numbers(61 - left.length, 60));
  expect(left.length).toBeGreaterThan(10);
});

test('one that is behind is filled up from the journal; a folder that can not be written is told once', () => {
  const directory = join(temporaryDirectory(), 'side');
  const journal = numbers(1, 50).map((seq) => entry(seq));
  const side = opened(directory, journal);
  expect(side.catchUp(50)).toBe(true);
  side.close();
  expect(seqs(directory)).toEqual(numbers(1, 50));

  const problems: string[] = [];
  rmSync(directory, { recursive: true });
  writeFileSync(directory, 'a file where the folder should be');
  const blocked = opened(join(directory, 'deeper'), journal, problems);
  expect([blocked.append([entry(51)]), blocked.append([entry(52)])]).toEqual([false, false]);
  expect(problems).toHaveLength(1);
});
