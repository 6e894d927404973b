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
    first.takeInHand('survived').survived();
    first.takeInHand('refused').letGo();
    first.takeInHand('hangs');
    first.takeInHand('failed');
    first.takeInHand('young').opened();
    const second = next();
    expect([...second.crashes()]).toEqual([
      ['failed', 3],
      ['hangs', 1],
    ]);
    expect(['survived', 'hangs', 'failed', 'young'].map(second.isSuspect)).toEqual([false, true, true, false]);
    // Nobody was in the second one's hands: the third has no one to suspect.
    const third = next();
    expect([third.crashes().get('hangs'), third.isSuspect('hangs')]).toEqual([1, false]);
  });

  it('blame what was opened last when nothing was being opened, and pardon it when it proves harmless', () => {
    const first = next();
    for (const id of ['guilty', 'beside']) first.takeInHand(id).opened();
    const second = next();
    second.takeInHand('beside').survived();
    expect([...second.crashes()]).toEqual([['guilty', 1]]);
    expect(second.isAnyInHand()).toBe(false);
    second.takeInHand('guilty').opened();
    expect(next().crashes().get('guilty')).toBe(2);
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
    nowhere.takeInHand('a').letGo();
    expect(troubles).toHaveLength(1);
    const notes = next();
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ inHand: [], crashes: [] });
    notes.forget();
    expect(existsSync(path)).toBe(false);
  });
});
