import { describe, expect, test } from 'vitest';
import { runHub } from '../../hub/run-hub.ts';
import { withClient } from '../rig/postgres.ts';
import { folded, held } from './held.ts';
import { ask, callEntries, hubOptions, ownPostgres, seatKey, startHub } from './some-hub.ts';

describe('a PostgreSQL that is killed', () => {
  const postgres = ownPostgres();

  test('pushes are refused as unavailable, the hub lives, and when the database is back they go on', async () => {
    const hub = await startHub({ kind: 'postgres', url: await postgres().newDatabase() });
    const key = await seatKey(hub, 'seat-1');
    const entries = callEntries('seat-1', 20);
    const push = (to: number) =>
      ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries: entries.slice(0, to) });
    expect((await push(6)).status).toBe(200);
    const under = Array.from({ length: 20 }, (_, index) => push(20 + index * 5));
    const [answers] = await Promise.all([Promise.all(under), postgres().crash()]);
    for (const { status } of answers) expect([200, 503]).toContain(status);
    let answer = await push(120);
    // The first requests after it may still find connections that are dead.
    for (let more = 0; more < 40 && answer.status === 503; more += 1) answer = await push(120);
    expect(answer.body).toEqual({ acknowledgedSeq: 120, setAside: [] });
    const now = await held(hub);
    expect(now.entries.map(({ id }) => id)).toEqual(entries.map(({ id }) => id));
    expect(now.calls.map(({ call }) => call)).toEqual(folded(entries));
    expect((await ask(hub.url, 'GET', '/readyz', null)).body).toEqual({ status: 'ready' });
  }, 60_000);
});

describe('a PostgreSQL that does not keep what it acknowledges', () => {
  const postgres = ownPostgres(['-c', 'fsync=off']);

  test('is refused, and nothing is made in it', async () => {
    const url = await postgres().newDatabase();
    await expect(runHub(hubOptions({ kind: 'postgres', url }))).rejects.toThrow('PostgreSQL has fsync = off');
    const { rows } = await withClient(url, (client) =>
      client.query(`select 1 from pg_tables where schemaname = 'public'`),
    );
    expect(rows).toEqual([]);
  });
});
