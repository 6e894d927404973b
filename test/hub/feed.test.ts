import { sql } from 'kysely';
import { expect, test } from 'vitest';
import type { SharedRecord } from '../../core/shared-record.ts';
import { lockRecords, writeEdit } from '../../hub/records/write-edits.ts';
import type { RunningHub } from '../../hub/run-hub.ts';
import { asEntries, ask, keyOf, noon, onBothDatabases, seatKey, startHub } from './some-hub.ts';

/** Reads the feed to its end from a cursor; gives everything in order. */
async function readAll(hub: RunningHub, key: string, cursor: string | null, limit = 3) {
  const records: SharedRecord[] = [];
  for (let from = cursor; ; ) {
    const after = from === null ? '' : `&cursor=${from}`;
    const { status, body } = await ask(hub.url, 'GET', `/v1/feed?limit=${limit}${after}`, key);
    expect(status).toBe(200);
    records.push(...body.records);
    if (body.isEnd) return { records, cursor: body.cursor as string, journalSeq: body.journalSeq };
    from = body.cursor;
  }
}

/** Resolves when a transaction of this database waits for another. */
async function somebodyWaitsForLock({ parts }: RunningHub): Promise<void> {
  const waiting = sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
  for (let looks = 0; looks < 2_000; looks += 1) {
    const { rows } = await waiting.execute(parts.database.tables);
    if (rows.length > 0) return;
  }
  throw new Error('nobody waited');
}

/** A moment that somebody else decides. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

onBothDatabases((newPlace) => {
  test('records go down page by page, each as it is now, deletions as tombstones; what is read again is read once', async () => {
    const hub = await startHub(await newPlace());
    const [administrator, agent] = [await keyOf(hub, 'administrator'), await keyOf(hub, 'agent')];
    const put = async (recordId: string, baseVersion: number, fields: object) =>
      (await ask(hub.url, 'PUT', `/v1/records/customers/${recordId}`, administrator, { baseVersion, fields })).body;
    for (const recordId of ['a', 'b', 'c', 'd', 'e']) await put(recordId, 0, { name: recordId });
    await put('b', 1, { vip: true });
    const remove = (baseVersion: number) =>
      ask(hub.url, 'DELETE', `/v1/records/customers/c?baseVersion=${baseVersion}`, administrator);
    expect((await remove(0)).body).toMatchObject({ code: 'STALE', data: { version: 1 } });
    expect((await remove(1)).status).toBe(200);
    const record = (recordId: string, version: number, fields: object, isDeleted = false) => ({
      collection: 'customers',
      recordId,
      version,
      fields,
      isDeleted,
    });
    const first = await readAll(hub, agent, null);
    expect(first.records).toEqual([
      record('a', 1, { name: 'a' }),
      record('d', 1, { name: 'd' }),
      record('e', 1, { name: 'e' }),
      record('b', 2, { name: 'b', vip: true }),
      record('c', 2, {}, true),
    ]);
    expect((await readAll(hub, agent, first.cursor)).records).toEqual([]);
    await put('c', 2, { name: 'again' });
    expect((await readAll(hub, agent, first.cursor)).records).toEqual([record('c', 3, { name: 'again' })]);
    expect(await put('c', 2, { name: 'too late' })).toMatchObject({ code: 'STALE', data: { version: 3 } });
    const large = { baseVersion: 3, fields: { text: 'x'.repeat(70_000) } };
    expect((await ask(hub.url, 'PUT', '/v1/records/customers/c', administrator, large)).status).toBe(400);
  });

  test('an edit that commits late is not skipped by a reader who has seen a later one', async () => {
    const hub = await startHub(await newPlace());
    const { database } = hub.parts;
    const seat = await seatKey(hub, 'seat-1');
    const edit = (recordId: string) => ({ collection: 'customers', recordId, baseVersion: 0, fields: { recordId } });
    const [wrote, mayCommit] = [gate(), gate()];
    const slow = database.transaction(async (transaction) => {
      await lockRecords(transaction);
      await writeEdit(transaction, edit('slow'), { by: 'test', at: noon });
      wrote.open();
      await mayCommit.opened;
    });
    await wrote.opened;
    // It begins after the slow one has its place in the feed, and could be committed before it.
    const fast = ask(hub.url, 'POST', '/v1/journal', seat, {
      firstSeq: 1,
      entries: asEntries('seat-1', 1, [{ kind: 'record-edited', body: edit('fast') }]),
    });
    let early: string | null = null;
    if (database.kind === 'postgres') {
      // On SQLite the whole file is one lock; on PostgreSQL a reader looks while both are under way: the later one stands
      // before a lock, or (were the places given out without one) is committed and seen.
      await Promise.race([fast, somebodyWaitsForLock(hub)]);
      const page = await readAll(hub, seat, null);
      expect(page.records).toEqual([]);
      early = page.cursor;
    }
    mayCommit.open();
    await slow;
    expect((await fast).status).toBe(200);
    const { records, journalSeq } = await readAll(hub, seat, early);
    expect(records.map(({ recordId }) => recordId)).toEqual(['slow', 'fast']);
    expect(journalSeq).toBe(1);
  });

  test('readers who page on while ten writers write see every version that stands, in the end, and none is missed', async () => {
    const hub = await startHub(await newPlace());
    const agent = await keyOf(hub, 'agent');
    const seats = await Promise.all(Array.from({ length: 10 }, async (_, index) => seatKey(hub, `seat-${index}`)));
    let isWriting = true;
    const reader = (async () => {
      const replica = new Map<string, number>();
      let cursor: string | null = null;
      for (let isLast = false; ; ) {
        const page = await readAll(hub, agent, cursor, 7);
        cursor = page.cursor;
        for (const { recordId, version } of page.records) {
          expect(version).toBeGreaterThan(replica.get(recordId) ?? 0);
          replica.set(recordId, version);
        }
        if (isLast) return replica;
        isLast = !isWriting;
      }
    })();
    await Promise.all(
      seats.map(async (key, index) => {
        for (let seq = 1; seq <= 8; seq += 1) {
          const fields = { [`seat${index}`]: seq };
          const body = { collection: 'tickets', recordId: `t${(index + seq) % 5}`, baseVersion: 0, fields };
          const entries = asEntries(`seat-${index}`, seq, [{ kind: 'record-edited', body }]);
          expect((await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: seq, entries })).status).toBe(200);
        }
      }),
    );
    isWriting = false;
    const replica = await reader;
    const rows = await hub.parts.database.tables.selectFrom('shared_record').select(['record_id', 'version']).execute();
    expect(new Map([...replica].toSorted())).toEqual(
      new Map(rows.map(({ record_id, version }) => [record_id, version] as const).toSorted()),
    );
    expect(rows.reduce((sum, { version }) => sum + version, 0)).toBe(80);
  }, 60_000);

  test('edits of two seats merge field by field; the value that lost is kept in the history', async () => {
    const hub = await startHub(await newPlace());
    const [one, two, quality] = [await seatKey(hub, 'one'), await seatKey(hub, 'two'), await keyOf(hub, 'quality')];
    const edit = (seat: string, key: string, seq: number, baseVersion: number, fields: Record<string, string> | null) =>
      ask(hub.url, 'POST', '/v1/journal', key, {
        firstSeq: seq,
        entries: asEntries(seat, seq, [
          { kind: 'record-edited', body: { collection: 'customers', recordId: 'c', baseVersion, fields } },
        ]),
      });
    await edit('one', one, 1, 0, { name: 'Li', phone: '1' });
    await edit('one', one, 2, 1, { phone: '2' });
    await edit('two', two, 1, 1, { phone: '3', note: 'n' });
    await edit('one', one, 3, 3, null);
    await edit('two', two, 2, 3, { note: 'unseen' });
    await edit('two', two, 3, 5, { name: 'New' });
    const { body } = await ask(hub.url, 'GET', '/v1/records/customers/c/history', quality);
    expect(body.rows).toEqual([
      { version: 1, at: noon, by: 'seat one entry 1', fields: { name: 'Li', phone: '1' }, lost: {} },
      { version: 2, at: noon, by: 'seat one entry 2', fields: { phone: '2' }, lost: {} },
      { version: 3, at: noon, by: 'seat two entry 1', fields: { phone: '3', note: 'n' }, lost: { phone: '2' } },
      { version: 4, at: noon, by: 'seat one entry 3', fields: null, lost: {} },
      { version: 5, at: noon, by: 'seat two entry 2', fields: { note: 'unseen' }, lost: { note: 'unseen' } },
      { version: 6, at: noon, by: 'seat two entry 3', fields: { name: 'New' }, lost: {} },
    ]);
    expect((await readAll(hub, one, null)).records).toMatchObject([{ version: 6, fields: { name: 'New' } }]);
  });

  test('whoever waits is told when something changes, and when the hub stops; a cursor of another hub is refused', async () => {
    const place = await newPlace();
    const hub = await startHub(place);
    const [administrator, agent] = [await keyOf(hub, 'administrator'), await keyOf(hub, 'agent')];
    const { cursor } = await readAll(hub, agent, null);
    const waiting = ask(hub.url, 'GET', `/v1/feed?waitMs=25000&cursor=${cursor}`, agent);
    await ask(hub.url, 'PUT', '/v1/records/customers/a', administrator, { baseVersion: 0, fields: { a: 1 } });
    const told = (await waiting).body;
    expect(told.records).toMatchObject([{ recordId: 'a' }]);
    const other = await startHub(await newPlace());
    const stranger = await keyOf(other, 'agent');
    const far = Buffer.from(JSON.stringify(['feed', JSON.parse(atob(cursor))[1], 99])).toString('base64url');
    for (const [url, key, bad] of [
      [other.url, stranger, cursor],
      [hub.url, agent, far],
      [hub.url, agent, 'nonsense'],
    ] as const)
      expect((await ask(url, 'GET', `/v1/feed?cursor=${bad}`, key)).body.code).toBe('BAD_CURSOR');
    const last = ask(hub.url, 'GET', `/v1/feed?waitMs=25000&cursor=${told.cursor}`, agent);
    // It waits once it has looked: the second statement after its key.
    await ask(hub.url, 'GET', '/v1/feed', agent);
    await hub.stop();
    expect((await last).body).toMatchObject({ records: [], cursor: told.cursor });
  });
});
