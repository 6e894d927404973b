import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JournalFact } from '../../core/journal.ts';
import type { RecordEdit, RecordFields } from '../../core/shared-record.ts';
import type { RunningHub } from '../../hub/run-hub.ts';
import { ModelHub } from '../main/sync/model-hub.ts';
import { asEntries, ask, keyOf, onBothDatabases, seatKey, startHub } from './some-hub.ts';

type Knowledge = { readonly baseVersion: number; readonly sawRecord?: boolean };

/** An edit of the record `c` as a seat's journal has it. */
function edited(fields: RecordFields | null, knows: Knowledge): JournalFact {
  return { kind: 'record-edited', body: { collection: 'customers', recordId: 'c', fields, ...knows } };
}

/** A seat that hands over what it is given, numbered on. */
async function seatOf(hub: RunningHub, name: string) {
  const key = await seatKey(hub, name);
  let firstSeq = 1;
  return async (...facts: readonly JournalFact[]) => {
    const entries = asEntries(name, firstSeq, facts);
    const wish = { firstSeq, entries };
    firstSeq += facts.length;
    const answer = await ask(hub.url, 'POST', '/v1/journal', key, wish);
    // What came once and comes again changes nothing.
    expect((await ask(hub.url, 'POST', '/v1/journal', key, wish)).body).toEqual(answer.body);
    return answer;
  };
}

async function historyOf(hub: RunningHub, reader: string, recordId: string) {
  const { body } = await ask(hub.url, 'GET', `/v1/records/customers/${recordId}/history?limit=500`, reader);
  return body.rows;
}

onBothDatabases((newPlace) => {
  test('a seat that is away deletes a record and makes it again while others edit it: what it made is there', async () => {
    const hub = await startHub(await newPlace());
    const [away, other] = [await seatOf(hub, 'away'), await seatOf(hub, 'other')];
    const [supervisor, reader] = [await keyOf(hub, 'supervisor'), await keyOf(hub, 'quality')];
    await other(edited({ name: 'Li', phone: '1' }, { baseVersion: 0, sawRecord: false }));
    // Both have been told of version 1.
    await other(edited({ phone: '2' }, { baseVersion: 1, sawRecord: true }));
    await away(edited(null, { baseVersion: 1, sawRecord: true }));
    // Between two pushes of the seat that is away.
    await other(edited({ note: 'late' }, { baseVersion: 1, sawRecord: true }));
    await away(edited({ name: 'Wang' }, { baseVersion: 1, sawRecord: false }));
    await away(edited({ name: 'Wang Li' }, { baseVersion: 1, sawRecord: true }));
    const by = (seat: string, seq: number) => ({ by: `seat ${seat} entry ${seq}` });
    expect(await historyOf(hub, reader, 'c')).toMatchObject([
      { version: 1, ...by('other', 1), lost: {} },
      { version: 2, ...by('other', 2), lost: {} },
      { version: 3, ...by('away', 1), fields: null, lost: { phone: '2' } },
      { version: 4, ...by('other', 3), fields: { note: 'late' }, lost: { note: 'late' } },
      { version: 5, ...by('away', 2), fields: { name: 'Wang' }, lost: {} },
      { version: 6, ...by('away', 3), fields: { name: 'Wang Li' }, lost: {} },
    ]);
    const { body } = await ask(hub.url, 'GET', '/v1/feed', supervisor);
    expect(body.records).toMatchObject([{ version: 6, fields: { name: 'Wang Li' }, isDeleted: false }]);
  });

  test('what is set aside between two edits of a seat shifts nothing: neither is out of date, nor seems to have seen more', async () => {
    const hub = await startHub(await newPlace());
    const [away, other, reader] = [await seatOf(hub, 'away'), await seatOf(hub, 'other'), await keyOf(hub, 'quality')];
    const many = (name: string) => Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`${name}${index}`, 1]));
    await other(edited(many('a'), { baseVersion: 0, sawRecord: false }));
    await other(edited({ a0: 'other' }, { baseVersion: 1, sawRecord: true }));
    const { body } = await away(
      // Together they are more than a record may have.
      edited(many('b'), { baseVersion: 1, sawRecord: true }),
      edited({ a0: 'away' }, { baseVersion: 1, sawRecord: true }),
      edited(null, { baseVersion: 1, sawRecord: true }),
      edited(many('b'), { baseVersion: 1, sawRecord: false }),
      edited(many('c'), { baseVersion: 1, sawRecord: true }),
      edited({ b0: 'away' }, { baseVersion: 1, sawRecord: true }),
    );
    expect(body.setAside).toMatchObject([{ seq: 1 }, { seq: 5 }]);
    const rows: readonly { readonly by: string; readonly lost: object }[] = await historyOf(hub, reader, 'c');
    expect(rows.slice(2).map(({ by, lost }) => [by, lost])).toEqual([
      ['seat away entry 2', { a0: 'other' }],
      ['seat away entry 3', {}],
      ['seat away entry 4', {}],
      ['seat away entry 6', {}],
    ]);
  });

  test('what somebody gave long before is told as lost, however many own edits lie between', async () => {
    const hub = await startHub(await newPlace());
    const [away, other, reader] = [await seatOf(hub, 'away'), await seatOf(hub, 'other'), await keyOf(hub, 'quality')];
    await other(edited({ a: 'old', b: 'old', c: 'old' }, { baseVersion: 0, sawRecord: false }));
    await other(edited({ a: 'new', b: 'new' }, { baseVersion: 1, sawRecord: true }));
    const told = { baseVersion: 1, sawRecord: true };
    const many = Array.from({ length: 70 }, (_, count) => edited({ count, c: count }, told));
    await away(...many, edited({ a: 'away', c: 'away' }, told), ...many, edited(null, told));
    // Changes of what is deleted, and then an edit that does not say what its author saw.
    await other(...many.slice(0, 30));
    await away(edited({ a: 'again' }, { baseVersion: 1 }));
    const rows: readonly { readonly version: number; readonly by: string; readonly lost: object }[] = await historyOf(
      hub,
      reader,
      'c',
    );
    const ofAway = rows.filter(({ by }) => by.startsWith('seat away '));
    expect(ofAway.flatMap(({ version, lost }) => (Object.keys(lost).length === 0 ? [] : [[version, lost]]))).toEqual([
      [73, { a: 'new' }],
      [144, { b: 'new' }],
    ]);
    const { body } = await ask(hub.url, 'GET', '/v1/feed', reader);
    expect(body.records).toMatchObject([{ version: 175, fields: { a: 'again' }, isDeleted: false }]);
  });

  test('a seat whose name begins like another’s, or differs from it in case, is another', async () => {
    const hub = await startHub(await newPlace());
    const reader = await keyOf(hub, 'quality');
    const one = await seatOf(hub, 'seat-1');
    await one(edited({ a: 'one' }, { baseVersion: 0, sawRecord: false }));
    for (const name of ['seat-10', 'Seat-1', 'seat-', 'seat_1']) {
      const seat = await seatOf(hub, name);
      await seat(edited({ a: name }, { baseVersion: 0, sawRecord: false }));
    }
    await one(edited({ a: 'one again' }, { baseVersion: 0, sawRecord: true }));
    const rows: readonly { readonly lost: object }[] = await historyOf(hub, reader, 'c');
    expect(rows.map(({ lost }) => lost)).toEqual([
      {},
      { a: 'one' },
      { a: 'seat-10' },
      { a: 'Seat-1' },
      { a: 'seat-' },
      { a: 'seat_1' },
    ]);
  });

  test('whatever seats of now and of before and people at the hub do to a record, it is what the rule says', async () => {
    const hub = await startHub(await newPlace());
    const reader = await keyOf(hub, 'quality');
    const supervisor = await keyOf(hub, 'supervisor');
    const seats = new Map([
      ['one', await seatOf(hub, 'one')],
      ['two', await seatOf(hub, 'two')],
    ]);
    const step = fc.record({
      who: fc.constantFrom('one', 'two', 'key'),
      back: fc.nat(4),
      sawRecord: fc.constantFrom(true, false, undefined),
      fields: fc.option(fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(9)), { freq: 2 }),
    });
    let record = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 10 }), async (steps) => {
        record += 1;
        const place = { collection: 'customers', recordId: `r${record}` };
        const model = new ModelHub();
        for (const { who, back, sawRecord, fields } of steps) {
          const version = model.record(`customers/r${record}`)?.version ?? 0;
          const push = seats.get(who);
          const baseVersion = push === undefined ? version : Math.max(0, version - back);
          const edit: RecordEdit = { ...place, fields, baseVersion, ...(sawRecord !== undefined && { sawRecord }) };
          if (push !== undefined) await push({ kind: 'record-edited', body: edit });
          else if (fields === null)
            await ask(hub.url, 'DELETE', `/v1/records/customers/r${record}?baseVersion=${version}`, supervisor);
          else await ask(hub.url, 'PUT', `/v1/records/customers/r${record}`, supervisor, { fields, baseVersion });
          model.take(who, push === undefined ? { ...place, fields, baseVersion } : edit);
        }
        const rows: readonly Record<string, unknown>[] = await historyOf(hub, reader, `r${record}`);
        const wanted = model.history.get(`customers/r${record}`) ?? [];
        expect(rows.map(({ fields, lost }) => ({ fields, lost }))).toEqual(
          wanted.map(({ edit: { fields }, lost }) => ({ fields, lost })),
        );
        const row = await hub.parts.database.tables
          .selectFrom('shared_record')
          .select(['version', 'fields', 'is_deleted'])
          .where('record_id', '=', `r${record}`)
          .executeTakeFirst();
        const after = wanted.at(-1)?.after;
        expect(row && { ...row, fields: JSON.parse(row.fields) }).toEqual(
          after && { version: after.version, fields: after.fields, is_deleted: after.isDeleted ? 1 : 0 },
        );
      }),
      { numRuns: Number(process.env.HOOKLINE_EDIT_RUNS ?? 20) },
    );
  }, 60_000);
});
