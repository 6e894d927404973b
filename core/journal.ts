import { z } from 'zod';
import { agentActivity, stateCause } from './agent.ts';
import { endCause, remoteParty } from './call.ts';
import { callLine } from './call-line.ts';
import { callRecord } from './call-record.ts';
import { deskMessage, unreadRecord } from './equipment-event.ts';
import { qualityReport } from './quality-report.ts';
import { recordEdit } from './shared-record.ts';

/**
 * The entries a seat writes down. The journal is append-only and is the truth: every list on the screen is a projection
 * of it (call-list.ts). An entry is identified by (seat, seq): seq counts 1, 2, 3 ... without gaps, for each seat.
 * `id` is a UUIDv7 made once. `at` is wall-clock milliseconds, for showing only; order is seq, never time.
 */
const callBody = { callId: z.string().min(1).max(64) };

const equipmentId = z.string().max(40);
const textBody = { equipmentId, textId: z.string().min(1).max(64) };

/**
 * Why a log was made anew: pages were damaged, the file went back to an older state (or lost its newest entries), the
 * file was gone, or the key that opened it was.
 */
export const logDamage = z.enum(['damaged', 'set-back', 'gone', 'key-lost']);
export type LogDamage = z.infer<typeof logDamage>;

const hubNamed = z.object({ hubId: z.string().max(64), address: z.string().max(300) });

/** What an entry says: its kind and the body that belongs to it. DTMF digits are never written, only their number. */
export const journalFact = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('seat-started'), body: z.object({ version: z.string() }) }),
  z.object({ kind: z.literal('seat-stopped'), body: z.object({}) }),
  z.object({ kind: z.literal('agent-state'), body: z.object({ activity: agentActivity, cause: stateCause }) }),
  z.object({
    kind: z.literal('call-offered'),
    body: z.object({
      ...callBody,
      remote: remoteParty,
      line: callLine,
      sipCallId: z.string().max(256),
    }),
  }),
  z.object({
    kind: z.literal('call-dialled'),
    body: z.object({ ...callBody, remote: remoteParty, line: callLine }),
  }),
  /** A call that went on while the seat process was started anew: whatever end was assumed for it did not happen. */
  z.object({
    kind: z.literal('call-found'),
    body: z.object({
      ...callBody,
      direction: z.enum(['inbound', 'outbound']),
      remote: remoteParty,
      line: callLine,
    }),
  }),
  z.object({
    kind: z.literal('call-answered'),
    body: z.object({ ...callBody, by: z.enum(['key', 'screen', 'there']) }),
  }),
  z.object({ kind: z.literal('call-held'), body: z.object(callBody) }),
  z.object({ kind: z.literal('call-resumed'), body: z.object(callBody) }),
  z.object({ kind: z.literal('call-muted'), body: z.object({ ...callBody, isMuted: z.boolean() }) }),
  z.object({ kind: z.literal('call-digits'), body: z.object({ ...callBody, count: z.number().int().positive() }) }),
  z.object({ kind: z.literal('call-ended'), body: z.object({ ...callBody, cause: endCause }) }),
  z.object({
    kind: z.literal('call-quality'),
    body: z.object({ ...callBody, worst: qualityReport, last: qualityReport }),
  }),
  z.object({
    kind: z.literal('call-coded'),
    body: z.object({ ...callBody, code: z.string().max(32), note: z.string().max(4000) }),
  }),
  z.object({ kind: z.literal('recording-started'), body: z.object({ ...callBody, recordingId: z.string().max(64) }) }),
  z.object({
    kind: z.literal('recording-paused'),
    body: z.object({ ...callBody, recordingId: z.string().max(64), reason: z.string().max(200) }),
  }),
  z.object({ kind: z.literal('recording-resumed'), body: z.object({ ...callBody, recordingId: z.string().max(64) }) }),
  z.object({
    kind: z.literal('recording-ended'),
    body: z.object({
      ...callBody,
      recordingId: z.string().max(64),
      seconds: z.number().nonnegative(),
      /** `interrupted`: the seat died while it recorded; everything up to the last second is there. */
      end: z.enum(['complete', 'interrupted', 'disk-full']),
    }),
  }),
  /**
   * The seat's own copy of a recording was let go; it is at the hub, which was asked just before. `kept-long-enough`: a day
   * after; `disk-full`: earlier, because the disk needed the room. `erased`: the hub erased the recording, so this copy was
   * destroyed with its key. `callId` is empty when nothing told it any more.
   */
  z.object({
    kind: z.literal('recording-removed'),
    body: z.object({
      callId: z.string().max(64),
      recordingId: z.string().max(64),
      reason: z.enum(['kept-long-enough', 'disk-full', 'erased']),
      sha256: z.string().max(64),
    }),
  }),
  /** Who calls was told after the call began (a modem's caller ID comes between two rings). */
  z.object({ kind: z.literal('call-named'), body: z.object({ ...callBody, remote: remoteParty }) }),
  /** Our part of the call is over: the caller was sent on. */
  z.object({ kind: z.literal('call-transferred'), body: z.object({ ...callBody, number: z.string().max(128) }) }),
  /** A line of the switch's own log: the switch's side of calls, told by the switch and never changed by us. */
  z.object({ kind: z.literal('switch-record'), body: z.object({ equipmentId, record: callRecord }) }),
  /** A line of that log that fitted no layout, as it came. */
  z.object({ kind: z.literal('switch-record-unread'), body: z.object({ equipmentId, unread: unreadRecord }) }),
  /** A message desk link announced a call. */
  z.object({ kind: z.literal('desk-message'), body: z.object({ equipmentId, message: deskMessage }) }),
  /** That announcement was about this call. */
  z.object({ kind: z.literal('call-arrival'), body: z.object({ ...callBody, message: deskMessage }) }),
  z.object({
    kind: z.literal('message-waiting'),
    body: z.object({ equipmentId, number: z.string().max(10), isOn: z.boolean() }),
  }),
  z.object({
    kind: z.literal('message-waiting-refused'),
    body: z.object({ equipmentId, number: z.string().max(10), cause: z.string().max(3) }),
  }),
  z.object({
    kind: z.literal('text-received'),
    body: z.object({ ...textBody, number: z.string().max(40), text: z.string().max(2000), sentAt: z.number() }),
  }),
  z.object({
    kind: z.literal('text-sent'),
    body: z.object({ ...textBody, number: z.string().max(40), text: z.string().max(2000) }),
  }),
  z.object({
    kind: z.literal('text-outcome'),
    body: z.object({ ...textBody, outcome: z.enum(['sent', 'delivered', 'failed']), detail: z.string().max(200) }),
  }),
  /** What stood under this number was lost when the file was damaged; a hub may still have it. */
  z.object({ kind: z.literal('entry-lost'), body: z.object({}) }),
  /** The file of the log was made anew: what could be read stands before this entry, `copy` is the folder of the old one. */
  z.object({
    kind: z.literal('log-mended'),
    body: z.object({
      cause: logDamage,
      kept: z.number().int().nonnegative(),
      lost: z.number().int().nonnegative(),
      copy: z.string().max(200),
    }),
  }),
  /** Who works here from now on. `offline`: the hub was away, and the seat knew the person from before. */
  z.object({
    kind: z.literal('person-signed-in'),
    body: z.object({ personId: z.string().max(32), how: z.enum(['hub', 'offline']) }),
  }),
  /** `ended`: the hub said that this person works here no more. `interrupted`: the seat was gone for too long to go on. */
  z.object({
    kind: z.literal('person-signed-out'),
    body: z.object({
      personId: z.string().max(32),
      why: z.enum(['asked', 'ended', 'seat-stopped', 'interrupted']),
    }),
  }),
  /** The seat belongs to this hub from now on; also when it got a new key of the same one. */
  z.object({ kind: z.literal('hub-joined'), body: hubNamed }),
  /** The seat belongs to this hub no more, and forgot its key and what it shared. The log stays. */
  z.object({ kind: z.literal('hub-left'), body: hubNamed }),
  /** Somebody at this seat changed a record that the site shares; the hub takes it when it has the entry. */
  z.object({ kind: z.literal('record-edited'), body: recordEdit }),
]);
export type JournalFact = z.infer<typeof journalFact>;

/** Where and when a fact was written down. */
const stamp = {
  seat: z.string().min(1).max(64),
  seq: z.number().int().positive(),
  id: z.uuid(),
  at: z.number(),
};
/** One line of the journal: a fact with its place (seat, seq), its id (UUIDv7) and its time (wall-clock milliseconds). */
export const journalEntry = z.intersection(z.object(stamp), journalFact);
export type JournalEntry = z.infer<typeof journalEntry>;
