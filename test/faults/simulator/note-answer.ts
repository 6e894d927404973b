import { z } from 'zod';
import type { Ledger } from './ledger.ts';
import type { WireAnswer, WireRequest } from './simulated-hub.ts';

/** How far a seat's journal is, as the hub says it: as the answer to a push, and when it is asked. */
const told = z.union([z.object({ acknowledgedSeq: z.int() }), z.object({ lastSeq: z.int() })]);

/** Writes down what an answer of the hub promises, whether or not it gets to the seat. */
export function noteAnswer(ledger: Ledger, seat: string, { path }: WireRequest, answer: WireAnswer | null): void {
  const isOfJournal = path === '/v1/journal' || path === '/v1/journal/standing';
  if (!isOfJournal || answer?.status !== 200) return;
  const read = told.parse(JSON.parse(answer.body));
  ledger.acknowledged(seat, 'lastSeq' in read ? read.lastSeq : read.acknowledgedSeq);
}
