import { expect, test } from 'vitest';
import { entryBytesMax, heldBytesMax } from '../../core/hub-api.ts';
import { asEntries, ask, callEntries, onBothDatabases, seatKey, startHub } from './some-hub.ts';

onBothDatabases((newPlace) => {
  test('a seat is given back what it pushed, in order, set-aside entries as they came, page by page', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    await ask(hub.url, 'POST', '/v1/journal', await seatKey(hub, 'seat-2'), {
      firstSeq: 1,
      entries: callEntries('seat-2', 2),
    });
    const good = callEntries('seat-1', 3);
    const poison = { ...good[6], kind: 'from-the-future' };
    const pushed = [...good.slice(0, 6), poison, 'text', ...good.slice(8)];
    await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries: pushed });
    const wanted = pushed.map((entry, index) => ({
      seq: index + 1,
      setAside: index === 6 ? 'unknown-kind' : index === 7 ? 'unreadable' : null,
      entry,
    }));
    const page = async (query: string) => (await ask(hub.url, 'GET', `/v1/journal/entries${query}`, key)).body;
    expect(await page('')).toEqual({ rows: wanted, lastSeq: pushed.length });
    expect(await page('?after=4&limit=5')).toEqual({ rows: wanted.slice(4, 9), lastSeq: pushed.length });
    expect(await page(`?after=${pushed.length}`)).toEqual({ rows: [], lastSeq: pushed.length });
    expect((await ask(hub.url, 'GET', '/v1/journal/entries?after=-1', key)).status).toBe(400);
    expect((await ask(hub.url, 'GET', '/v1/journal/entries?limit=501', key)).status).toBe(400);
  });

  test('a seat that pushed nothing is given nothing, and a page of long entries ends early', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    const page = async (after: number) =>
      (await ask(hub.url, 'GET', `/v1/journal/entries?limit=500&after=${after}`, key)).body;
    expect(await page(0)).toEqual({ rows: [], lastSeq: 0 });
    const count = Math.ceil((heldBytesMax * 1.5) / entryBytesMax);
    const entries = asEntries(
      'seat-1',
      1,
      Array.from({ length: count }, () => ({
        kind: 'seat-started',
        body: { version: 'v'.repeat(entryBytesMax - 400) },
      })),
    );
    for (const from of [0, 50]) {
      const part = entries.slice(from, from + 50);
      await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: from + 1, entries: part });
    }
    const first = await page(0);
    expect(first.rows.length).toBeLessThan(count);
    const rest = await page(first.rows.length);
    expect([...first.rows, ...rest.rows].map(({ seq }) => seq)).toEqual(entries.map(({ seq }) => seq));
  });
});
