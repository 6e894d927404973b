import { readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openProfile } from '../../../main/open-profile.ts';
import type { Profile } from '../../../main/profile-in-folder.ts';
import { fileKeyKeeper } from '../../../main/store/profile-key.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { readSideJournal } from '../../../main/store/side-journal.ts';
import { damagePage } from './damaged-profile.ts';
import { callFacts } from './facts.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Whole profiles, opened as both shells open them: what the agent is told and what stands in the journal. */

async function open(directory: string): Promise<Profile> {
  const keys = fileKeyKeeper(profilePaths(directory).key);
  const outcome = await openProfile({ directory, keys, log: () => {} });
  if (outcome.kind === 'refused') throw new Error(`${outcome.message} ${outcome.detail}`);
  return outcome.profile;
}

/** A profile with ten calls, closed; the ids of its entries. */
async function tenCalls(directory: string): Promise<readonly string[]> {
  const profile = await open(directory);
  for (let number = 1; number <= 10; number += 1) {
    profile.store.appendAll(callFacts(number).map((fact) => ({ fact, at: number })));
  }
  const ids = profile.store.journal.after(0, 1_000).map(({ id }) => id);
  profile.close();
  return ids;
}

test('a damaged log is mended at start: the agent is told, the journal says so, the seat goes on with the next number', async () => {
  const directory = temporaryDirectory();
  const ids = await tenCalls(directory);
  damagePage(profilePaths(directory).database, 1);
  const profile = await open(directory);
  expect(profile.firstNotices).toEqual([{ code: 'log-mended', detail: '' }]);
  const [folder = ''] = readdirSync(profilePaths(directory).quarantine);
  const entries = profile.store.journal.after(0, 1_000);
  expect(entries.slice(0, -1).map(({ id }) => id)).toEqual(ids);
  expect(entries.at(-1)).toMatchObject({
    seq: ids.length + 1,
    kind: 'log-mended',
    body: { cause: 'damaged', kept: ids.length, lost: 0, copy: folder },
  });
  expect(profile.store.append(callFacts(11)[0] ?? unreachable(), 1)).toMatchObject({ entry: { seq: ids.length + 2 } });
  profile.close();
  const key = await fileKeyKeeper(profilePaths(directory).key).key(true);
  if (key.kind === 'refused') throw new Error(key.error.detail);
  const side = readSideJournal(profilePaths(directory).sideJournal, key.key);
  expect(side.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: ids.length + 2 }, (_, index) => index + 1));
});

test('what no page and no record holds any more is counted and told', async () => {
  const directory = temporaryDirectory();
  await tenCalls(directory);
  const profile = await open(directory);
  const last = profile.store.journal.lastSeq();
  profile.close();
  const paths = profilePaths(directory);
  rmSync(paths.sideJournal, { recursive: true });
  for (let page = 2; page < 12; page += 1) damagePage(paths.database, page);
  const again = await open(directory);
  const mended = again.store.journal.after(0, 1_000).findLast(({ kind }) => kind === 'log-mended');
  const lost = again.store.journal.after(0, 1_000).filter(({ kind }) => kind === 'entry-lost').length;
  expect(mended).toMatchObject({ body: { lost } });
  if (lost > 0) expect(again.firstNotices).toContainEqual({ code: 'log-mended-lost', detail: String(lost) });
  expect(last).toBeGreaterThan(0);
  again.close();
});

test('when the key is gone a new log is begun, told, and the old one opens again when the key is put back', async () => {
  const directory = temporaryDirectory();
  const ids = await tenCalls(directory);
  const paths = profilePaths(directory);
  const safe = join(temporaryDirectory(), 'profile.key');
  renameSync(paths.key, safe);
  const profile = await open(directory);
  expect(profile.firstNotices).toEqual([{ code: 'log-begun-anew', detail: '' }]);
  expect(profile.store.journal.after(0, 10)).toMatchObject([
    { seq: 1, kind: 'log-mended', body: { cause: 'key-lost' } },
  ]);
  profile.close();

  const [folder = ''] = readdirSync(paths.quarantine);
  const back = temporaryDirectory();
  renameSync(join(paths.quarantine, folder), join(back, 'profile'));
  renameSync(safe, profilePaths(join(back, 'profile')).key);
  const old = await open(join(back, 'profile'));
  expect(old.store.journal.after(0, 1_000).map(({ id }) => id)).toEqual(ids);
  old.close();
});

test('a damaged key file goes into the quarantine with the log it opened', async () => {
  const directory = temporaryDirectory();
  await tenCalls(directory);
  const paths = profilePaths(directory);
  writeFileSync(paths.key, 'torn');
  const profile = await open(directory);
  expect(profile.firstNotices).toEqual([{ code: 'log-begun-anew', detail: '' }]);
  profile.close();
  const [folder = ''] = readdirSync(paths.quarantine);
  expect(readdirSync(join(paths.quarantine, folder)).toSorted()).toEqual([
    'hookline.db',
    'profile.key',
    'side-journal',
  ]);
});

function unreachable(): never {
  throw new Error('a call has facts');
}
