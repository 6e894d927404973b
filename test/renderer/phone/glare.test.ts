import fc from 'fast-check';
import DialogRequestSender from 'jssip/lib/Dialog/RequestSender';
import { expect, test } from 'vitest';
import { glareWaitMs, spaceGlare } from '../../../renderer/phone/jssip-mends.ts';

test('RFC 3261 section 14.1: the side that made the Call-ID waits 2.1 to 4 s, the other up to 2 s, in steps of 10 ms', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (dice) => {
      const [ours, theirs] = [glareWaitMs(true, dice), glareWaitMs(false, dice)];
      expect([ours % 10, theirs % 10]).toEqual([0, 0]);
      expect(ours).toBeGreaterThanOrEqual(2_100);
      expect(ours).toBeLessThanOrEqual(4_000);
      expect(theirs).toBeGreaterThanOrEqual(0);
      expect(theirs).toBeLessThanOrEqual(2_000);
      expect(theirs).toBeLessThan(ours);
    }),
  );
});

/** JsSIP's own sender of one re-INVITE, mended; what it would send is counted, what it waits is told. */
function sender(direction: 'incoming' | 'outgoing') {
  const waits: { readonly then: () => void; readonly ms: number }[] = [];
  const seen = { sent: 0, refused: 0, isTerminated: false };
  class Mended extends DialogRequestSender {
    override send(): void {
      seen.sent += 1;
    }
  }
  spaceGlare(
    Mended.prototype,
    () => 0.5,
    (then, ms) => waits.push({ then, ms }),
  );
  const dialog = { _ua: {}, owner: { direction }, local_seqnum: 7, isTerminated: () => seen.isTerminated };
  const request = { method: 'INVITE', cseq: 7 };
  const onErrorResponse = (): void => {
    seen.refused += 1;
  };
  const made: unknown = Reflect.construct(Mended, [dialog, request, { onErrorResponse }]);
  if (!(made instanceof Mended)) throw new Error('not a sender');
  const answer = (status: number): void => {
    const receive: unknown = Reflect.get(made, '_receiveResponse');
    if (typeof receive !== 'function') throw new Error('no _receiveResponse');
    receive.call(made, { method: 'INVITE', status_code: status });
  };
  return { waits, seen, request, answer };
}

test.each([
  ['outgoing', 3_050],
  ['incoming', 1_000],
] as const)(
  'after a 491 in an %s call the request waits its own time and goes out under the next number',
  (direction, ms) => {
    const { waits, seen, request, answer } = sender(direction);
    answer(491);
    expect([waits.map((one) => one.ms), request.cseq, seen.sent]).toEqual([[ms], 8, 0]);
    waits[0]?.then();
    expect(seen).toEqual({ sent: 1, refused: 0, isTerminated: false });
    answer(491);
    expect([waits.length, seen.refused]).toEqual([1, 1]);
  },
);

test('a call that ended meanwhile is asked nothing more; other refusals go on as they were', () => {
  const { waits, seen, answer } = sender('outgoing');
  answer(491);
  seen.isTerminated = true;
  waits[0]?.then();
  answer(488);
  expect([seen.sent, seen.refused]).toEqual([0, 1]);
});

test('a JsSIP that has changed inside is found out at once', () => {
  expect(() => spaceGlare({})).toThrow('_receiveResponse');
});
