import { expect, test } from 'vitest';
import type { TextRow } from '../../core/equipment-api.ts';
import type { JournalFact } from '../../core/journal.ts';
import { foldText } from '../../core/text-list.ts';

const names = { equipmentId: 'gsm', textId: 't' };
const fold = (...facts: JournalFact[]): TextRow | null =>
  facts.reduce<TextRow | null>(
    (row, fact, index) =>
      foldText(row, { seat: 'a', seq: index + 1, id: '018f0000-0000-7000-8000-000000000000', at: index, ...fact }),
    null,
  );
const sent: JournalFact = { kind: 'text-sent', body: { ...names, number: '8001', text: 'x' } };
const outcome = (how: 'sent' | 'delivered' | 'failed', detail = ''): JournalFact => ({
  kind: 'text-outcome',
  body: { ...names, outcome: how, detail },
});

test('a text out goes from sending to its end; a late report takes nothing back', () => {
  const row = { textId: 't', direction: 'outbound', number: '8001', text: 'x', at: 0, detail: '' };
  expect(fold(sent)).toEqual({ ...row, state: 'sending' });
  expect(fold(sent, outcome('sent'))).toEqual({ ...row, state: 'sent' });
  expect(fold(sent, outcome('failed', 'no credit'))).toEqual({ ...row, state: 'failed', detail: 'no credit' });
  expect(fold(sent, outcome('delivered'), outcome('sent'), sent)).toEqual({ ...row, state: 'delivered' });
});

test('a text in is received, whatever is told of it later; an outcome of nothing makes no row', () => {
  const received: JournalFact = { kind: 'text-received', body: { ...names, number: '1', text: 'y', sentAt: 5 } };
  expect(fold(received, outcome('failed'))).toMatchObject({ direction: 'inbound', state: 'received', detail: '' });
  expect(fold(outcome('sent'))).toBeNull();
});
