import { expect, test } from 'vitest';
import type { EndCause } from '../../../core/call.ts';
import { endCauseOf, type SipEnd } from '../../../renderer/phone/end-cause.ts';

const base: SipEnd = {
  originator: 'remote',
  cause: 'Canceled',
  ourWish: null,
  reason: '',
};

const cases: readonly [string, Partial<SipEnd>, EndCause][] = [
  ['the caller gives up', {}, 'cancelled'],
  ['another seat took it', { reason: 'SIP;cause=200;text="Call completed elsewhere"' }, 'answered-elsewhere'],
  ['a cause of 2000 is not 200', { reason: 'SIP;cause=2000' }, 'cancelled'],
  ['we declined', { originator: 'local', cause: 'Rejected', ourWish: 'decline' }, 'declined-here'],
  ['they hang up', { cause: 'Terminated' }, 'hung-up-there'],
  ['we hang up', { originator: 'local', cause: 'Terminated', ourWish: 'hang-up' }, 'hung-up-here'],
  ['we cancel our own call', { originator: 'local', cause: 'Canceled', ourWish: 'hang-up' }, 'hung-up-here'],
  ['the line is taken down', { originator: 'local', cause: 'Terminated', ourWish: 'drop' }, 'line-lost'],
  ['busy', { cause: 'Busy' }, 'busy-there'],
  ['refused', { cause: 'Rejected' }, 'refused-there'],
  ['no such number', { cause: 'Not Found' }, 'not-found'],
  ['nobody there', { cause: 'Unavailable' }, 'no-answer'],
  ['the line went away', { originator: 'system', cause: 'Connection Error' }, 'line-lost'],
  ['the media died', { originator: 'local', cause: 'RTP Timeout' }, 'media-failed'],
  ['something JsSIP says that we never heard of', { cause: 'Moon Phase' }, 'failed'],
];

test.each(cases)('%s', (_, end, expected) => {
  expect(endCauseOf({ ...base, ...end })).toBe(expected);
});
