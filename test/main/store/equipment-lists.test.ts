import { describe, expect, test } from 'vitest';
import type { JournalFact } from '../../../core/journal.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { someRecord } from '../some-equipment.ts';
import { openedSeat } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const received = (textId: string, number: string, text: string): JournalFact => ({
  kind: 'text-received',
  body: { equipmentId: 'gsm', textId, number, text, sentAt: 5 },
});
const sent = (textId: string): JournalFact => ({
  kind: 'text-sent',
  body: { equipmentId: 'gsm', textId, number: '138-0013-8000', text: `about ${textId}` },
});
const outcome = (textId: string, how: 'sent' | 'delivered' | 'failed', detail = ''): JournalFact => ({
  kind: 'text-outcome',
  body: { equipmentId: 'gsm', textId, outcome: how, detail },
});
const record = (text: string, number: string | null = null): JournalFact => ({
  kind: 'switch-record',
  body: { equipmentId: 'log', record: { ...someRecord, number, text } },
});
const unread = (text: string): JournalFact => ({
  kind: 'switch-record-unread',
  body: { equipmentId: 'log', unread: { line: 1, text, hex: null, reason: 'no-shape' } },
});
const lamp = (number: string, isOn: boolean): JournalFact => ({
  kind: 'message-waiting',
  body: { equipmentId: 'smdi', number, isOn },
});

const everything: readonly JournalFact[] = [
  ...[received('in', '95588', '您的验证码'), sent('out'), outcome('out', 'sent'), outcome('out', 'delivered')],
  ...[outcome('out', 'sent'), sent('open'), outcome('nobody', 'failed')],
  ...[record('T01 8001 138-0013-8000', '138-0013-8000'), unread('%%% torn %%%'), record('T02 8002 95588', '95588')],
  ...[lamp('8001', true), lamp('8002', true), lamp('8001', true), lamp('8002', false), lamp('8003', true)],
  { kind: 'message-waiting-refused', body: { equipmentId: 'smdi', number: '8003', cause: 'INV' } },
];

describe('the lists of equipment', () => {
  test('texts are newest first, found by number and words, and end as they were told', () => {
    const seat = openedSeat(temporaryDirectory());
    seat.appendAll(everything.map((fact) => ({ fact, at: 9 })));
    const page = (search: string, before: number | null = null, limit = 10) =>
      seat.texts({ search, before, limit }).rows.map((row) => [row.textId, row.state, row.seq]);
    expect(page('')).toEqual([
      ['open', 'sending', 6],
      ['out', 'delivered', 2],
      ['in', 'received', 1],
    ]);
    expect([page('', 6, 1), page('13800138000'), page('验证码')]).toEqual([
      [['out', 'delivered', 2]],
      [
        ['open', 'sending', 6],
        ['out', 'delivered', 2],
      ],
      [['in', 'received', 1]],
    ]);
    expect([seat.texts({ search: 'about', before: 6, limit: 1 }).total, seat.text('nobody')]).toEqual([2, null]);
  });

  test('lines of the switch are newest first with those that fitted nothing, and found by what stood in them', () => {
    const seat = openedSeat(temporaryDirectory());
    seat.appendAll(everything.map((fact) => ({ fact, at: 9 })));
    const found = (search: string, before: number | null = null) => {
      const { rows, ...counts } = seat.switchRecords({ search, before, limit: 2 });
      return { seqs: rows.map(({ seq }) => seq), ...counts };
    };
    expect(found('')).toEqual({ seqs: [10, 9], total: 3, unread: 1 });
    expect(found('', 9)).toEqual({ seqs: [8], total: 3, unread: 1 });
    expect(found('13800138000')).toEqual({ seqs: [8], total: 1, unread: 1 });
    expect(found('% torn')).toEqual({ seqs: [9], total: 1, unread: 1 });
    expect(found('T03')).toEqual({ seqs: [], total: 0, unread: 1 });
    expect(seat.switchRecords({ search: 'torn', before: null, limit: 1 }).rows).toEqual([
      {
        ...{ seq: 9, at: 9, equipmentId: 'log' },
        entry: { kind: 'unread', unread: { line: 1, text: '%%% torn %%%', hex: null, reason: 'no-shape' } },
      },
    ]);
    // A day of the switch's log does not slow down the start, which adds up the day.
    expect(seat.entriesSince(0).some(({ kind }) => kind.startsWith('switch-record'))).toBe(false);
  });

  test('a message lamp is lit until it is darkened or refused', () => {
    const seat = openedSeat(temporaryDirectory());
    seat.appendAll(everything.map((fact) => ({ fact, at: 9 })));
    expect(seat.litStations()).toEqual(['8001']);
  });

  test('all are made again from the journal, and what was altered is noticed', () => {
    const seat = openedSeat(temporaryDirectory());
    const { connection } = seat.store;
    seat.appendAll(everything.map((fact) => ({ fact, at: 9 })));
    expect(verifyJournal(connection).findings).toEqual([]);
    const before = [seat.texts({ search: '', before: null, limit: 9 }), seat.litStations()];
    connection.exec(`
      update text_message set row = json_set(row, '$.text', 'altered') where text_id = 'in';
      delete from text_message where text_id = 'out';
      update switch_record set is_unread = 1 where position = 8;
      delete from switch_record where position = 10;
      insert into message_lamp values ('9', 1);
    `);
    expect(verifyJournal(connection).findings).toEqual([
      { kind: 'other-list', list: 'texts', key: 'in', problem: 'different' },
      { kind: 'other-list', list: 'texts', key: 'out', problem: 'missing' },
      { kind: 'other-list', list: 'switch-records', key: '8', problem: 'different' },
      { kind: 'other-list', list: 'switch-records', key: '10', problem: 'missing' },
      { kind: 'other-list', list: 'message-lamps', key: '9', problem: 'extra' },
    ]);
    expect(seat.journal.rebuild()).toEqual({ kind: 'written', value: everything.length });
    expect(verifyJournal(connection).findings).toEqual([]);
    expect([seat.texts({ search: '', before: null, limit: 9 }), seat.litStations()]).toEqual(before);
  });

  test('a database of before, with calls from before there were announcements, reads as it did', () => {
    const seat = openedSeat(temporaryDirectory());
    seat.append(
      {
        kind: 'call-offered',
        body: { callId: 'old', remote: { number: '1', displayName: '' }, line: 'switch', sipCallId: '' },
      },
      1,
    );
    seat.store.connection.exec(`update call set row = json_remove(row, '$.arrival')`);
    expect(seat.callRow('old')).toMatchObject({ callId: 'old', arrival: null });
    expect(verifyJournal(seat.store.connection).findings).toEqual([]);
  });
});
