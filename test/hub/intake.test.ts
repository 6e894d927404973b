import { expect, test } from 'vitest';
import { entryBytesMax } from '../../core/hub-api.ts';
import { folded, held } from './held.ts';
import { asEntries, ask, callEntries, keyOf, onBothDatabases, seatKey, startHub } from './some-hub.ts';

onBothDatabases((newPlace) => {
  test('entries are taken once, however often and in whatever pieces they come, and fold to the call list', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    const entries = callEntries('seat-1', 5);
    const push = (from: number, to: number) =>
      ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: from, entries: entries.slice(from - 1, to) });
    const answers = [await push(1, 10), await push(1, 10), await push(6, 30), await push(1, 10), await push(30, 30)];
    expect(answers.map(({ status, body }) => ({ status, body }))).toEqual(
      [10, 10, 30, 10, 30].map((acknowledgedSeq) => ({ status: 200, body: { acknowledgedSeq, setAside: [] } })),
    );
    expect(await held(hub)).toEqual({
      entries: entries.map(({ seat, seq, id, kind }) => ({ seat, seq, id, kind })),
      calls: folded(entries).map((call) => ({ seat: 'seat-1', call_id: call.callId, call })),
      seats: [{ seat: 'seat-1', last_seq: 30 }],
      aside: [],
    });
    expect((await ask(hub.url, 'GET', '/v1/journal/standing', key)).body).toEqual({ lastSeq: 30, setAsideCount: 0 });
  });

  test('a gap, another journal under the same number, and entries of another seat are refused and change nothing', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    const entries = callEntries('seat-1', 2);
    const push = async (firstSeq: number, some: readonly unknown[]) => {
      const { status, body } = await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq, entries: some });
      return { status, code: body.code, data: body.data };
    };
    await push(1, entries.slice(0, 4));
    const before = await held(hub);
    expect(await push(6, entries.slice(5))).toEqual({ status: 409, code: 'GAP', data: { expectedSeq: 5 } });
    expect(await push(5, [entries[4], entries[6]])).toEqual({ status: 409, code: 'GAP', data: { expectedSeq: 6 } });
    const others = callEntries('seat-1', 2);
    expect(await push(3, others.slice(2))).toEqual({ status: 409, code: 'FORKED', data: { seq: 3 } });
    expect(await push(5, callEntries('seat-2', 1).slice(4))).toEqual({
      status: 409,
      code: 'WRONG_SEAT',
      data: { seq: 5 },
    });
    const none = await push(5, []);
    expect(none).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    expect(await held(hub)).toEqual(before);
  });

  test('poison is set aside with its reason, told on both sides, and the rest goes on', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    const good = callEntries('seat-1', 4);
    const poison: readonly (readonly [unknown, string])[] = [
      [null, 'unreadable'],
      ['text', 'unreadable'],
      [[], 'unreadable'],
      [{ ...good[3], kind: 'from-the-future' }, 'unknown-kind'],
      [{ ...good[4], body: {} }, 'bad-body'],
      [{ ...good[5], id: 'not-an-id' }, 'bad-body'],
      [{ ...good[6], kind: 'call-ended', body: { callId: 'a\0b', cause: 'hung-up-here' } }, 'bad-body'],
      [{ ...good[7], padding: 'x'.repeat(entryBytesMax) }, 'too-large'],
      [{ ...good[8], seq: 'nine' }, 'bad-body'],
    ];
    const mixed = [...poison.map(([raw]) => raw), ...good.slice(poison.length)];
    const push = () => ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries: mixed });
    const first = await push();
    const reasons = poison.map(([, reason], index) => ({ seq: index + 1, reason }));
    expect(first).toMatchObject({ status: 200, body: { acknowledgedSeq: good.length, setAside: reasons } });
    expect((await push()).body).toEqual(first.body);
    const { entries, aside } = await held(hub);
    expect(entries.map(({ seq }) => seq)).toEqual(good.slice(poison.length).map(({ seq }) => seq));
    expect(aside.map(({ raw }) => JSON.parse(raw))).toEqual(poison.map(([raw]) => raw));
    const supervisor = await keyOf(hub, 'supervisor');
    const page = await ask(hub.url, 'GET', '/v1/journal/set-aside?limit=5', supervisor);
    const rest = await ask(hub.url, 'GET', `/v1/journal/set-aside?limit=5&after=${page.body.next}`, supervisor);
    expect([...page.body.rows, ...rest.body.rows]).toMatchObject(reasons.map((row) => ({ seat: 'seat-1', ...row })));
    expect(rest.body.next).toBe(null);
  });

  test('an entry that cannot be applied is set aside alone: the rest of its push is applied', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    const fields = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`old${index}`, index]));
    const more = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`new${index}`, index]));
    const edit = { collection: 'customers', recordId: 'c1', baseVersion: 0 };
    const entries = asEntries('seat-1', 1, [
      { kind: 'record-edited', body: { ...edit, fields } },
      { kind: 'seat-started', body: { version: '1' } },
      // Each is right by itself; together they are more fields than a record may have.
      { kind: 'record-edited', body: { ...edit, baseVersion: 1, fields: more } },
      { kind: 'seat-stopped', body: {} },
    ]);
    const { body } = await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries });
    expect(body).toEqual({
      acknowledgedSeq: 4,
      setAside: [{ seq: 3, reason: 'not-applied', detail: 'the hub could not apply record-edited' }],
    });
    expect((await held(hub)).entries.map(({ seq }) => seq)).toEqual([1, 2, 4]);
  });

  test('200 seats at once, and one seat that pushes the same from eight places: everything is there once', async () => {
    const hub = await startHub(await newPlace());
    const seats = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const seat = `seat-${String(index).padStart(3, '0')}`;
        return { seat, key: await seatKey(hub, seat), entries: callEntries(seat, 2) };
      }),
    );
    const pushes = seats.flatMap(({ key, entries }, index) =>
      Array.from({ length: index === 0 ? 8 : 1 }, () =>
        ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries }),
      ),
    );
    const answers = await Promise.all(pushes);
    expect(new Set(answers.map(({ status, body }) => JSON.stringify({ status, body })))).toEqual(
      new Set([JSON.stringify({ status: 200, body: { acknowledgedSeq: 12, setAside: [] } })]),
    );
    const now = await held(hub);
    expect(now.entries.map(({ id }) => id)).toEqual(seats.flatMap(({ entries }) => entries.map(({ id }) => id)));
    expect(now.calls.map(({ call }) => call)).toEqual(seats.flatMap(({ entries }) => folded(entries)));
  }, 60_000);

  test('two journals that say they are the same seat, at once: one is taken, the other is told, nothing is mixed', async () => {
    const hub = await startHub(await newPlace());
    const key = await seatKey(hub, 'seat-1');
    const journals = Array.from({ length: 6 }, () => callEntries('seat-1', 2));
    const answers = await Promise.all(
      journals.map((entries) => ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries })),
    );
    const taken = journals.filter((_, index) => answers[index]?.status === 200);
    expect(taken).toHaveLength(1);
    expect(answers.filter(({ body }) => body.code === 'FORKED' && body.data.seq === 1)).toHaveLength(5);
    expect((await held(hub)).entries.map(({ id }) => id)).toEqual(taken[0]?.map(({ id }) => id));
  });

  test('the list of calls is read page by page, newest first, without a call twice', async () => {
    const hub = await startHub(await newPlace());
    const supervisor = await keyOf(hub, 'supervisor');
    for (const seat of ['seat-1', 'seat-2']) {
      const key = await seatKey(hub, seat);
      await ask(hub.url, 'POST', '/v1/journal', key, { firstSeq: 1, entries: callEntries(seat, 7) });
    }
    const seen: string[] = [];
    let next: string | null = null;
    do {
      const after: string = next === null ? '' : `&after=${next}`;
      const { body } = await ask(hub.url, 'GET', `/v1/calls?limit=4${after}`, supervisor);
      for (const { seat, call } of body.rows) seen.push(`${String(call.offeredAt)} ${seat} ${call.callId}`);
      next = body.next;
    } while (next !== null);
    expect(seen).toEqual([...new Set(seen)].toSorted().toReversed());
    expect(seen).toHaveLength(14);
    const one = await ask(hub.url, 'GET', '/v1/calls?seat=seat-2', supervisor);
    expect(one.body.rows.map(({ seat }: { seat: string }) => seat)).toEqual(Array(7).fill('seat-2'));
    expect((await ask(hub.url, 'GET', '/v1/calls?after=nonsense', supervisor)).status).toBe(410);
  });
});
