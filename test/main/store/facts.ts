import type { JournalFact } from '../../../core/journal.ts';

/** One whole inbound call as a seat writes it down: offered, answered, recorded, ended, coded. */
export function callFacts(
  number: number,
  remote = `1380013${String(number).padStart(4, '0')}`,
): readonly JournalFact[] {
  const callId = `call-${number}`;
  const recordingId = `recording-${number}`;
  return [
    {
      kind: 'call-offered',
      body: {
        callId,
        remote: { number: remote, displayName: `Customer ${number}` },
        line: 'switch',
        sipCallId: `s${number}`,
      },
    },
    { kind: 'call-answered', body: { callId, by: 'key' } },
    { kind: 'recording-started', body: { callId, recordingId } },
    { kind: 'recording-ended', body: { callId, recordingId, seconds: 61.5, end: 'complete' } },
    { kind: 'call-ended', body: { callId, cause: 'hung-up-there' } },
    { kind: 'call-coded', body: { callId, code: 'complaint', note: `note ${number}` } },
  ];
}
