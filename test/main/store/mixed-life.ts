import type { JournalFact } from '../../../core/journal.ts';
import { someRecord } from '../some-equipment.ts';

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
export function dice(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * What a seat might write down, one fact after the other, the same for each seed: calls of which several are open at a
 * time and old ones are coded again, texts, lamps, lines of the switch, edits of shared records, long notes.
 */
export function mixedLife(seed: number): () => JournalFact {
  const throwDice = dice(seed);
  const whole = (below: number): number => Math.floor(throwDice() * below);
  let calls = 0;
  let texts = 0;
  const someCall = (): string => `call-${Math.max(0, calls - 1 - whole(throwDice() < 0.2 ? calls : 4))}`;
  const next: readonly (() => JournalFact)[] = [
    () => {
      calls += 1;
      const remote = { number: `13800${calls}`, displayName: `Customer ${calls}` };
      return { kind: 'call-offered', body: { callId: `call-${calls - 1}`, remote, line: 'switch', sipCallId: 's' } };
    },
    () => ({ kind: 'call-answered', body: { callId: someCall(), by: 'key' } }),
    () => ({ kind: 'recording-started', body: { callId: someCall(), recordingId: `recording-${whole(1_000)}` } }),
    () => ({ kind: 'call-ended', body: { callId: someCall(), cause: 'hung-up-there' } }),
    () => ({
      kind: 'call-found',
      body: { callId: someCall(), direction: 'inbound', remote: { number: '1', displayName: '' }, line: 'switch' },
    }),
    () => ({
      kind: 'call-coded',
      body: { callId: someCall(), code: 'order', note: '客户说线路时断时续。'.repeat(whole(20) === 0 ? 160 : 2) },
    }),
    () => {
      texts += 1;
      return { kind: 'text-sent', body: { equipmentId: 'gsm', textId: `text-${texts}`, number: '138', text: 'hello' } };
    },
    () => ({
      kind: 'text-outcome',
      body: { equipmentId: 'gsm', textId: `text-${Math.max(1, texts - whole(3))}`, outcome: 'sent', detail: '' },
    }),
    () => ({ kind: 'message-waiting', body: { equipmentId: 'smdi', number: `80${whole(9)}`, isOn: whole(2) === 0 } }),
    () => ({
      kind: 'switch-record',
      body: { equipmentId: 'log', record: { ...someRecord, text: `T01 ${whole(1_000)}` } },
    }),
    () => ({
      kind: 'record-edited',
      body: { collection: 'customer', recordId: `c-${whole(20)}`, fields: { note: `${whole(99)}` }, baseVersion: 0 },
    }),
  ];
  return () => (next[whole(next.length)] ?? next[0] ?? unreachable)();
}

function unreachable(): never {
  throw new Error('there are kinds of facts');
}
