import type { SwitchRecordRow, TextRow } from '../../../core/equipment-api.ts';
import { minuteMs } from './fake-seat.ts';

/** Texts and lines of a switch's log, always the same; newest first. All names and numbers are invented. */
export type FakeText = TextRow & { readonly seq: number };

const texts: readonly Pick<TextRow, 'direction' | 'number' | 'text' | 'state' | 'detail'>[] = [
  {
    direction: 'inbound',
    number: '13800138000',
    text: '师傅今天几点能到？我五点要接孩子。',
    state: 'received',
    detail: '',
  },
  {
    direction: 'outbound',
    number: '13800138000',
    text: '您好，维修师傅预计下午三点到，到前会先打电话。',
    state: 'delivered',
    detail: '',
  },
  {
    direction: 'outbound',
    number: '+442079460958',
    text: 'Your invoice is on its way to the new address.',
    state: 'sending',
    detail: '',
  },
  {
    direction: 'outbound',
    number: '13900139000',
    text: 'We could not reach you by phone. Please call back on 4008008820.',
    state: 'failed',
    detail: '+CMS ERROR: 38 (network out of order)',
  },
  {
    direction: 'inbound',
    number: '+442079460958',
    text: 'Please send the invoice again.\nThe old address is wrong:\n12 Harbour Road.',
    state: 'received',
    detail: '',
  },
  { direction: 'outbound', number: '10086', text: 'YE', state: 'sent', detail: '' },
];

export function textsAt(at: number): FakeText[] {
  return texts.map((text, index) => ({
    ...text,
    textId: `text-${index}`,
    seq: 100 - index,
    at: at - (3 + index * 41) * minuteMs,
  }));
}

/** Line `index` of the switch's log; each eleventh fits no layout. */
export function switchRecordAt(index: number, at: number): SwitchRecordRow {
  const seq = 100_000 - index;
  const base = { seq, at: at - index * 3 * minuteMs - 20_000, equipmentId: 'pbx-log' };
  const minutes = index % 7;
  const text = `11/21/26  3:${String(10 + (index % 50)).padStart(2, '0')}PM  ${101 + (index % 9)} 0${1 + (index % 4)} 1380013${8000 + (index % 900)}  00:0${minutes}'21"`;
  if (index % 11 === 5) {
    const unread = {
      line: seq,
      text: '*** LINE BUFFER FULL, 3 LINES LOST ***',
      hex: null,
      reason: 'no-shape',
    } as const;
    return { ...base, entry: { kind: 'unread', unread } };
  }
  const isInbound = index % 3 === 0;
  return {
    ...base,
    entry: {
      kind: 'record',
      record: {
        kind: 'call',
        shape: 'call',
        isUnproven: index % 5 === 2,
        direction: isInbound ? 'inbound' : 'outbound',
        startedAt: { date: '2026-11-21', time: `15:${String(10 + (index % 50)).padStart(2, '0')}`, dateFrom: 'record' },
        endedAt: null,
        durationSeconds: minutes * 60 + 21,
        ringSeconds: isInbound ? 6 : null,
        holdSeconds: null,
        isAnswered: index % 8 !== 3,
        isTransferred: index % 13 === 4,
        extension: String(101 + (index % 9)),
        trunk: `0${1 + (index % 4)}`,
        number: `1380013${8000 + (index % 900)}`,
        name: null,
        account: index % 6 === 1 ? '4711' : null,
        authorization: null,
        cost: index % 4 === 1 ? { amount: '0.36', currency: '¥' } : null,
        condition: null,
        callId: null,
        details: {},
        line: seq,
        text,
        layout: 'panasonic-pattern-a',
        legs: [],
        isComplete: true,
      },
    },
  };
}
