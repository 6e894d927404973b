import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { held } from './held.ts';
import { ask, callEntries, newFolder, seatKey, startHub } from './some-hub.ts';

test('a disk that is full: pushes are refused and nothing of them is there; with room again the same push is taken', async () => {
  const hub = await startHub(newFolder());
  const key = await seatKey(hub, 'seat-1');
  const { tables } = hub.parts.database;
  const entries = callEntries('seat-1', 50);
  const push = (from: number, to: number) =>
    ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: from, entries: entries.slice(from - 1, to) });
  expect((await push(1, 6)).status).toBe(200);
  const before = await held(hub);
  // SQLite's own limit on the size of the file: the same error as from a disk without room.
  await sql`pragma max_page_count = 1`.execute(tables);
  expect((await push(7, 300)).body).toMatchObject({ status: 503, code: 'UNAVAILABLE' });
  expect(await held(hub)).toEqual(before);
  await sql`pragma max_page_count = 1073741823`.execute(tables);
  expect((await push(7, 300)).body).toEqual({ acknowledgedSeq: 300, setAside: [] });
  expect((await held(hub)).entries).toHaveLength(300);
});
