import { z } from 'zod';
import { assertNever } from './assert-never.ts';
import { endCause, remoteParty } from './call.ts';
import { callLine } from './call-line.ts';
import { deskMessage } from './equipment-event.ts';
import type { JournalEntry } from './journal.ts';
import { qualityReport } from './quality-report.ts';

/** One row of the call list: what the journal says of one call. Times are wall-clock milliseconds. */
export const callRow = z.object({
  callId: z.string(),
  direction: z.enum(['inbound', 'outbound']),
  line: callLine,
  remote: remoteParty,
  offeredAt: z.number(),
  answeredAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** Null while the call is up. */
  cause: endCause.nullable(),
  /** Null until coded. */
  workCode: z.string().nullable(),
  note: z.string(),
  recordingId: z.string().nullable(),
  recordingSeconds: z.number().nullable(),
  recordingEnd: z.enum(['complete', 'interrupted', 'disk-full']).nullable(),
  quality: qualityReport.nullable(),
  /** How a message desk link (SMDI) announced the call. Rows written before there was such a link lack it. */
  arrival: deskMessage.nullable().default(null),
});
export type CallRow = z.infer<typeof callRow>;

/**
 * The projection journal -> call list, one entry at a time. Returns the row after the entry, or null when the entry
 * is not about a call (or about one that was never offered). Rebuilding a list is folding the journal through this.
 */
export function foldCall(before: CallRow | null, entry: JournalEntry): CallRow | null {
  switch (entry.kind) {
    case 'call-offered':
      return newRow(entry, 'inbound');
    case 'call-dialled':
      return newRow(entry, 'outbound');
    case 'call-found':
      return before ? { ...before, endedAt: null, cause: null } : newRow(entry, entry.body.direction);
    case 'call-answered':
      return before && { ...before, answeredAt: before.answeredAt ?? entry.at };
    case 'call-ended':
      return before && { ...before, endedAt: entry.at, cause: entry.body.cause };
    case 'call-coded':
      return before && { ...before, workCode: entry.body.code, note: entry.body.note };
    case 'call-quality':
      return before && { ...before, quality: entry.body.worst };
    case 'recording-started':
      return before && { ...before, recordingId: entry.body.recordingId };
    case 'recording-ended':
      return before && { ...before, recordingSeconds: entry.body.seconds, recordingEnd: entry.body.end };
    case 'call-named':
      return before && { ...before, remote: entry.body.remote };
    case 'call-arrival':
      return before && { ...before, arrival: entry.body.message };
    case 'call-transferred':
    case 'call-held':
    case 'call-resumed':
    case 'call-muted':
    case 'call-digits':
    case 'recording-paused':
    case 'recording-resumed':
    case 'recording-removed':
      return before;
    case 'desk-message':
    case 'switch-record':
    case 'switch-record-unread':
    case 'message-waiting':
    case 'message-waiting-refused':
    case 'text-received':
    case 'text-sent':
    case 'text-outcome':
    case 'record-edited':
    case 'person-signed-in':
    case 'person-signed-out':
    case 'hub-joined':
    case 'hub-left':
    case 'entry-lost':
    case 'log-mended':
    case 'seat-started':
    case 'seat-stopped':
    case 'agent-state':
      return null;
    default:
      return assertNever(entry);
  }
}

type Beginning = Extract<JournalEntry, { kind: 'call-offered' | 'call-dialled' | 'call-found' }>;

function newRow({ at, body }: Beginning, direction: CallRow['direction']): CallRow {
  return {
    callId: body.callId,
    direction,
    line: body.line,
    remote: body.remote,
    offeredAt: at,
    answeredAt: null,
    endedAt: null,
    cause: null,
    workCode: null,
    note: '',
    recordingId: null,
    recordingSeconds: null,
    recordingEnd: null,
    quality: null,
    arrival: null,
  };
}
