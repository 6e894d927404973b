import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CrashNotes, crashNotesFile } from '../../native/crash-notes.ts';

describe('crash notes', () => {
  let folder: string;
  let path: string;
  const troubles: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'notes-'));
    path = join(folder, 'notes.json');
    troubles.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const next = (): CrashNotes => crashNotesFile(path, (detail) => troubles.push(detail));

  it('tell the next process what the last one died of, and what failed before', () => {
    const first = next();
    first.setCrashes(new Map([['failed', 2]]));
    first.takeInHand('survived')();
    first.takeInHand('hangs');
    first.takeInHand('failed');
    expect([...next().crashes()]).toEqual([
      ['failed', 3],
      ['hangs', 1],
    ]);
    // Nobody was in the third one's hands.
    expect([...next().crashes()]).toEqual([
      ['failed', 3],
      ['hangs', 1],
    ]);
  });

  it('hold a device that is in hand twice until both are done', () => {
    const first = next();
    const [one, other] = [first.takeInHand('a'), first.takeInHand('a')];
    one();
    one();
    expect(next().crashes().get('a')).toBe(1);
    other();
    rmSync(path);
    expect(next().crashes().size).toBe(0);
  });

  it.each(['', '{"inHand":["a"]', '[]', '{"inHand":[1],"crashes":[]}', '{"inHand":[],"crashes":[["a",-1]]}'])(
    'count %j as nothing, and go on',
    (torn) => {
      writeFileSync(path, torn);
      const notes = next();
      expect(notes.crashes().size).toBe(0);
      notes.takeInHand('b');
      expect(next().crashes().get('b')).toBe(1);
    },
  );

  it('are not missed where they cannot be written, which is told once; nothing is left of them in the end', () => {
    const nowhere = crashNotesFile(join(folder, 'no', 'notes.json'), (detail) => troubles.push(detail));
    nowhere.takeInHand('a')();
    expect(troubles).toHaveLength(1);
    const notes = next();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ inHand: [], crashes: [] });
    notes.forget();
    expect(existsSync(path)).toBe(false);
  });
});
