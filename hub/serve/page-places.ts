import type { CallPlace } from '../journal/fold-calls.ts';
import type { SetAsidePlace } from '../journal/journal-lists.ts';
import { readCursor } from '../records/cursor.ts';

/** The text after which a page begins: '' without a cursor, null when it is not one of ours. */
export function placeText(cursor: string | undefined): string | null {
  if (cursor === undefined) return '';
  const [text] = readCursor(cursor) ?? [];
  return typeof text === 'string' && text !== '' && !text.includes('\0') ? text : null;
}

/** The number after which a page begins: 0 without a cursor, null when it is not one of ours. */
export function placeNumber(cursor: string | undefined): number | null {
  if (cursor === undefined) return 0;
  const [number] = readCursor(cursor) ?? [];
  return isWhole(number) ? number : null;
}

/** A place among set-aside entries, or null without a cursor. */
export function setAsidePlace(cursor: string | undefined): SetAsidePlace | null | 'bad' {
  if (cursor === undefined) return null;
  const [seat, seq] = readCursor(cursor) ?? [];
  return typeof seat === 'string' && !seat.includes('\0') && isWhole(seq) ? { seat, seq } : 'bad';
}

/** A place in the call list, or null without a cursor. */
export function callPlace(cursor: string | undefined): CallPlace | null | 'bad' {
  if (cursor === undefined) return null;
  const [offeredAt, seat, callId] = readCursor(cursor) ?? [];
  const isOurs = typeof offeredAt === 'number' && typeof seat === 'string' && typeof callId === 'string';
  return isOurs && !`${seat}${callId}`.includes('\0') ? { offeredAt, seat, callId } : 'bad';
}

/** A place in the list of recordings, or null without a cursor. */
export function recordingPlace(cursor: string | undefined) {
  if (cursor === undefined) return null;
  const [at, seat, recordingId] = readCursor(cursor) ?? [];
  const isOurs = typeof at === 'number' && typeof seat === 'string' && typeof recordingId === 'string';
  return isOurs && !`${seat}${recordingId}`.includes('\0') ? { at, seat, recordingId } : 'bad';
}

/** A place in the list of requests, or null without a cursor. */
export function requestPlace(cursor: string | undefined) {
  if (cursor === undefined) return null;
  const [askedAt, requestId] = readCursor(cursor) ?? [];
  const isOurs = typeof askedAt === 'number' && typeof requestId === 'string' && !requestId.includes('\0');
  return isOurs ? { askedAt, requestId } : 'bad';
}

function isWhole(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
