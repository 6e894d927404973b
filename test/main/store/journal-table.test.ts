import { describe, expect, test } from 'vitest';
import { defaultWorkCodes } from '../../../core/work-code.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { callFacts } from './facts.ts';
import { openedSeat } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const fact = { kind: 'agent-state', body: { activity: { kind: 'ready' }, cause: 'person' } } as const;

describe('the journal', () => {
  test('numbers its entries 1, 2, 3 and gives back what it wrote', () => {
    const { journal } = openedSeat(temporaryDirectory());
    const written = [journal.append(fact, 10), journal.append({ kind: 'seat-stopped', body: {} }, 20)];
    expect(written).toEqual([
      {
        kind: 'written',
        entry: { seat: 'seat-1', seq: 1, id: '01890000-0000-7000-8000-000000000001', at: 10, ...fact },
      },
      {
        kind: 'written',
        entry: {
          seat: 'seat-1',
          seq: 2,
          id: '01890000-0000-7000-8000-000000000002',
          at: 20,
          kind: 'seat-stopped',
          body: {},
        },
      },
    ]);
    expect(journal.after(0, 10)).toEqual(written.map((outcome) => ('entry' in outcome ? outcome.entry : null)));
    expect(journal.lastSeq()).toBe(2);
  });

  test.each([
    ['changed', `update journal set at = 5`],
    ['shortened', `delete from journal where seq = 2`],
    ['emptied', `delete from journal`],
    [
      'replaced',
      `insert or replace into journal (seat, seq, id, at, kind, body)
       select seat, seq, id, 99, kind, body from journal where seq = 2`,
    ],
    [
      'replaced under another number',
      `insert or replace into journal (seat, seq, id, at, kind, body)
       select seat, 3, id, 99, kind, body from journal where seq = 1`,
    ],
    [
      'given a gap',
      `insert into journal (seat, seq, id, at, kind, body)
       select seat, 9, '01890000-0000-7000-8000-00000000000f', 99, kind, body from journal where seq = 2`,
    ],
    [
      'given an id twice',
      `insert into journal (seat, seq, id, at, kind, body)
       select seat, 3, id, 99, kind, body from journal where seq = 2`,
    ],
    [
      'given a body that is no JSON',
      `insert into journal (seat, seq, id, at, kind, body)
       select seat, 3, '01890000-0000-7000-8000-00000000000f', 99, kind, '{' from journal where seq = 2`,
    ],
  ])('is never %s', (_what, sql) => {
    const { journal, store } = openedSeat(temporaryDirectory());
    journal.append(fact, 1);
    journal.append(fact, 2);
    const before = journal.after(0, 10);
    expect(() => store.connection.exec(sql)).toThrow();
    expect(journal.after(0, 10)).toEqual(before);
  });

  test('takes no fact that breaks its schema, and leaves no gap for it', () => {
    const { journal } = openedSeat(temporaryDirectory());
    expect(() => journal.append({ kind: 'call-held', body: { callId: '' } }, 1)).toThrow();
    expect(journal.append(fact, 1)).toMatchObject({ entry: { seq: 1 } });
  });

  test('finds the entries since a time, though the clock was set back in between', () => {
    const { journal, entriesSince } = openedSeat(temporaryDirectory());
    for (const at of [1_000, 9_000, 4_000, 10_000]) journal.append(fact, at);
    expect(entriesSince(8_000).map(({ seq }) => seq)).toEqual([2, 4]);
  });
});

describe('the call list', () => {
  test('is what the journal folds to, newest first', () => {
    const { append, calls, callRow } = openedSeat(temporaryDirectory());
    for (const number of [1, 2]) for (const one of callFacts(number)) append(one, number * 1_000);
    expect(calls({ search: '', before: null, limit: 10 })).toMatchObject({
      total: 2,
      rows: [{ callId: 'call-2' }, { callId: 'call-1' }],
    });
    expect(callRow('call-1')).toEqual({
      callId: 'call-1',
      direction: 'inbound',
      line: 'switch',
      remote: { number: '13800130001', displayName: 'Customer 1' },
      offeredAt: 1_000,
      answeredAt: 1_000,
      endedAt: 1_000,
      cause: 'hung-up-there',
      workCode: 'complaint',
      note: 'note 1',
      recordingId: 'recording-1',
      recordingSeconds: 61.5,
      recordingEnd: 'complete',
      quality: null,
      arrival: null,
    });
    expect(callRow('call-3')).toBeNull();
  });

  test('gives page after page, each row once, though calls arrive meanwhile', () => {
    const { append, calls } = openedSeat(temporaryDirectory());
    for (let number = 1; number <= 25; number += 1) for (const one of callFacts(number)) append(one, number);
    const seen: string[] = [];
    for (let before: string | null = null; ; ) {
      const { rows } = calls({ search: '', before, limit: 10 });
      if (rows.length === 0) break;
      seen.push(...rows.map(({ callId }) => callId));
      before = seen.at(-1) ?? null;
      for (const one of callFacts(100 + seen.length)) append(one, 1_000);
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `call-${25 - index}`));
  });

  test.each([
    ['0013 0042', ['call-42']],
    ['+86 (1380) 013-0042', []],
    ['138-0013-0042', ['call-42']],
    ['customer 7', ['call-7']],
    ['CUSTOMER 7', ['call-7']],
    ['ＣＵＳＴＯＭＥＲ　７', ['call-7']],
    ['100%', ['call-50']],
    ['%', ['call-50']],
    ['_', ['call-50']],
    ["' or 1=1 --", []],
    ['李女士', ['call-51']],
    ['note', Array.from({ length: 9 }, (_, index) => `call-${9 - index}`).concat('call-42')],
    ['报修', ['call-52']],
    ['0042\ncustomer', []],
  ])('is searched for %j', (search, expected) => {
    const { append, callList } = openedSeat(temporaryDirectory());
    for (const number of [42, 1, 2, 3, 4, 5, 6, 7, 8, 9]) for (const one of callFacts(number)) append(one, number);
    const offer = (callId: string, displayName: string): void =>
      void append(
        {
          kind: 'call-offered',
          body: { callId, remote: { number: '5550199', displayName }, line: 'switch', sipCallId: '' },
        },
        1,
      );
    offer('call-50', '');
    append({ kind: 'call-coded', body: { callId: 'call-50', code: 'other', note: 'wants 100% back_now' } }, 1);
    offer('call-51', '李女士');
    offer('call-52', '');
    append({ kind: 'call-coded', body: { callId: 'call-52', code: 'repair', note: '' } }, 1);
    const { rows, total } = callList.list({ search, before: null, limit: 50, workCodes: defaultWorkCodes });
    expect(rows.map(({ callId }) => callId)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  test('is made again from the journal, and a list that was altered is noticed', () => {
    const { append, journal, store, calls } = openedSeat(temporaryDirectory());
    for (const number of [1, 2, 3]) for (const one of callFacts(number)) append(one, number);
    const before = calls({ search: '', before: null, limit: 10 });
    expect(verifyJournal(store.connection)).toEqual({ entries: 18, calls: 3, findings: [] });
    store.connection.exec(`
      delete from call where call_id = 'call-1';
      update call set row = json_set(row, '$.note', 'altered') where call_id = 'call-2';
      insert into call select 999, 'call-9', 0, null, '', row from call where call_id = 'call-3';
    `);
    expect(verifyJournal(store.connection).findings).toEqual([
      { kind: 'call-list', callId: 'call-2', problem: 'different' },
      { kind: 'call-list', callId: 'call-9', problem: 'extra' },
      { kind: 'call-list', callId: 'call-1', problem: 'missing' },
    ]);
    expect(journal.rebuild()).toEqual({ kind: 'written', value: 18 });
    expect(verifyJournal(store.connection).findings).toEqual([]);
    expect(calls({ search: '', before: null, limit: 10 })).toEqual(before);
  });

  test('with 20 000 calls a search finds the one that fits, and counts them all', () => {
    const { append, calls, store } = openedSeat(temporaryDirectory());
    store.connection
      .transaction(() => {
        for (let number = 0; number < 20_000; number += 1) {
          const [offered, , , , ended] = callFacts(number);
          if (offered && ended) for (const one of [offered, ended]) append(one, number);
        }
      })
      .immediate();
    expect(calls({ search: '13 7777', before: null, limit: 200 })).toMatchObject({ total: 1 });
    expect(calls({ search: '', before: null, limit: 200 }).total).toBe(20_000);
  });
});

test('an entry that was tampered with behind the triggers is named', () => {
  const { append, store } = openedSeat(temporaryDirectory());
  for (const one of callFacts(1)) append(one, 1);
  store.connection.exec(`
    drop trigger journal_is_never_changed; drop trigger journal_is_never_shortened;
    delete from journal where seq = 3;
    update journal set body = '{"callId":"call-1","cause":"no such cause"}' where seq = 5;
  `);
  expect(verifyJournal(store.connection).findings).toMatchObject([
    { kind: 'gap', seat: 'seat-1', seq: 4, expected: 3 },
    { kind: 'bad-entry', seat: 'seat-1', seq: 5 },
    { kind: 'call-list', callId: 'call-1', problem: 'different' },
  ]);
});
