import type { EndCause } from '../../core/call.ts';

/** What is known of the end of a SIP call. `cause` is one of JsSIP's cause texts (jssip/lib/Constants.js). */
export type SipEnd = {
  readonly originator: 'local' | 'remote' | 'system';
  readonly cause: string;
  /** Whether we meant to end it: by hanging up, by declining, or because the line is taken down. Null when we did not. */
  readonly ourWish: 'hang-up' | 'decline' | 'drop' | null;
  /** The Reason header of the CANCEL or BYE, or empty (RFC 3326). */
  readonly reason: string;
};

/** Why a SIP call ended, in the seat's words. */
export function endCauseOf(end: SipEnd): EndCause {
  if (end.ourWish === 'decline') return 'declined-here';
  if (end.ourWish === 'hang-up') return 'hung-up-here';
  if (end.ourWish === 'drop') return 'line-lost';
  if (end.cause === 'Canceled' && end.originator === 'remote') {
    // RFC 3326: a proxy that forked the call says that another branch took it.
    return /cause\s*=\s*200\b/iu.test(end.reason) ? 'answered-elsewhere' : 'cancelled';
  }
  if (end.cause === 'Terminated') return end.originator === 'remote' ? 'hung-up-there' : 'hung-up-here';
  return named[end.cause] ?? 'failed';
}

/** JsSIP's cause texts that mean the same in every state. */
const named: Readonly<Record<string, EndCause>> = {
  Busy: 'busy-there',
  Rejected: 'refused-there',
  'Not Found': 'not-found',
  'Address Incomplete': 'not-found',
  Unavailable: 'no-answer',
  'No Answer': 'no-answer',
  Expires: 'cancelled',
  Canceled: 'hung-up-here',
  'Connection Error': 'line-lost',
  'Request Timeout': 'line-lost',
  'No ACK': 'line-lost',
  'RTP Timeout': 'media-failed',
  'WebRTC Error': 'media-failed',
  'Bad Media Description': 'media-failed',
  'Incompatible SDP': 'media-failed',
  'Missing SDP': 'media-failed',
  'User Denied Media Access': 'media-failed',
};
