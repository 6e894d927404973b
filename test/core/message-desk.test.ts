import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, newCall, step } from '../../core/call.ts';
import type { DeskMessage } from '../../core/equipment-event.ts';
import { arrivalFor, noArrivals, withCalls, withMessage } from '../../core/message-desk.ts';

const rangAt = 1_000_000;

function ringing(callId: string, number: string, at = rangAt): Call {
  return newCall(callId, 'inbound', { number, displayName: '' }, at);
}

function answered(call: Call): Call {
  return step(call, { kind: 'established', at: call.offeredAt + 1 })[0];
}

function message(calling: string, more: Partial<DeskMessage> = {}): DeskMessage {
  return { desk: '001', terminal: '0007', reason: 'direct', letter: 'D', forwardedFrom: '', calling, ...more };
}

describe('which call a message is about', () => {
  it.each([
    ['the same number', ['3500'], '3500', 0, '0'],
    ['a country code and an area code in front', ['+1 (256) 555-1234'], '5551234', 0, '0'],
    ['zeros in front, on either side', ['013800138000'], '13800138000', 0, '0'],
    ['a link wider than the switch names callers', ['5551234'], '2565551234', 0, '0'],
    ['the last five digits', ['13800138000'], '38000', 0, '0'],
    ['30 s after the ring', ['13800138000'], '0138000', 30_000, '0'],
    ['30 s before the ring', ['13800138000'], '138000', -30_000, '0'],
    ['more than 30 s after the ring', ['13800138000'], '138000', 30_001, undefined],
    ['more than 30 s before the ring', ['3500'], '3500', -30_001, undefined],
    ['another number', ['13800138000'], '13800138001', 0, undefined],
    ['the one of two it names', ['13800138000', '13900139000'], '9139000', 0, undefined],
    ['the one of two it ends', ['13800138000', '13900139000'], '139000', 0, '1'],
    ['a whole number before the end of another', ['25655512', '55512'], '55512', 0, '1'],
    ['a short end of the only number that rings', ['13800001234'], '1234', 3_000, '0'],
    ['a short end, more than 3 s away', ['13800001234'], '1234', 3_001, undefined],
    ['a short end while two ring', ['13800001234', '8001'], '1234', 0, undefined],
    ['no number and one call that rings', ['13800138000'], '', -3_000, '0'],
    ['no number, more than 3 s away', ['13800138000'], '', -3_001, undefined],
    ['no number while two ring', ['13800138000', '8001'], '', 0, undefined],
    ['a caller without a number', ['anonymous'], '', 0, '0'],
    ['a number, and a caller without one', ['anonymous'], '3500', 0, undefined],
    ['no call', [], '3500', 0, undefined],
  ] as const)('%s', (_, numbers, calling, laterMs, expected) => {
    const calls = numbers.map((number, index) => ringing(String(index), number));
    expect(arrivalFor(calls, message(calling), rangAt + laterMs)?.callId).toBe(expected);
  });

  it('is the nearest of two with one number', () => {
    const calls = [ringing('old', '3500', rangAt - 20_000), ringing('new', '3500')];
    expect(arrivalFor(calls, message('3500'), rangAt - 1000)?.callId).toBe('new');
  });

  it('may have been answered already; not a call of ours, nor one that ended', () => {
    const up = answered(ringing('a', '3500'));
    expect(arrivalFor([up], message('3500'), rangAt + 5000)?.callId).toBe('a');
    expect(arrivalFor([up], message(''), rangAt + 2000)).toBeUndefined();
    const over = step(up, { kind: 'ended', at: rangAt + 9, cause: 'hung-up-there' })[0];
    expect(arrivalFor([over], message('3500'), rangAt + 10)).toBeUndefined();
    const ours = newCall('b', 'outbound', { number: '3500', displayName: '' }, rangAt);
    expect(arrivalFor([ours], message('3500'), rangAt)).toBeUndefined();
  });

  it.each(['C', 'E'])('is none for the iPECS letter %s', (letter) => {
    const told = message('3500', { reason: 'extension', letter });
    expect(arrivalFor([ringing('a', '3500')], told, rangAt)).toBeUndefined();
    expect(withMessage(noArrivals, [], told, rangAt)).toBe(noArrivals);
  });
});

describe('messages and calls in any order', () => {
  it('gives a message that came first to the call that rings later', () => {
    const told = message('3500', { reason: 'forwarded-busy', letter: 'B', forwardedFrom: '3401' });
    const waits = withMessage(noArrivals, [], told, rangAt - 800);
    expect(waits.byCall).toEqual({});
    expect(withCalls(waits, [ringing('a', '3500')], rangAt)).toEqual({ waiting: [], byCall: { a: told } });
  });

  it('gives two messages with one number to two calls', () => {
    const [first, second] = [message('3500', { terminal: '0001' }), message('3500', { terminal: '0002' })];
    const calls = [ringing('a', '3500'), ringing('b', '3500', rangAt + 1000)];
    const one = withMessage(noArrivals, calls.slice(0, 1), first, rangAt + 10);
    const two = withCalls(withMessage(one, calls.slice(0, 1), second, rangAt + 900), calls, rangAt + 1000);
    expect(two).toEqual({ waiting: [], byCall: { a: first, b: second } });
  });

  it('forgets a message nobody rang for, and the call that is gone', () => {
    const waits = withMessage(noArrivals, [], message('3500'), rangAt);
    expect(withCalls(waits, [], rangAt + 30_000)).toBe(waits);
    expect(withCalls(waits, [], rangAt + 30_001)).toEqual(noArrivals);
    const known = withMessage(noArrivals, [ringing('a', '3500')], message('3500'), rangAt);
    expect(withCalls(known, [], rangAt + 1)).toEqual(noArrivals);
  });

  it('never keeps more than 64 messages, never gives one to two calls', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('', '35', '3500', '13800138000', '38000'), fc.integer({ min: 0, max: 200 }))),
        fc.array(fc.constantFrom('3500', '13800138000', 'anonymous', '38000'), { maxLength: 6 }),
        (messages, numbers) => {
          const calls = numbers.map((number, index) => ringing(String(index), number, rangAt + index * 100));
          let arrivals = noArrivals;
          for (const [index, [calling, laterMs]] of messages.entries()) {
            const told = message(calling, { terminal: String(index) });
            arrivals = withMessage(arrivals, calls, told, rangAt + index + laterMs);
          }
          const all = [...arrivals.waiting.map((one) => one.message), ...Object.values(arrivals.byCall)];
          expect(arrivals.waiting.length).toBeLessThanOrEqual(64);
          expect(new Set(all).size).toBe(all.length);
        },
      ),
    );
  });

  it('waits with the newest 64 of a link that babbles', () => {
    let arrivals = noArrivals;
    for (let index = 0; index < 100; index += 1)
      arrivals = withMessage(arrivals, [], message(String(100_000 + index)), rangAt);
    expect(arrivals.waiting.map((one) => one.message.calling)).toEqual(
      Array.from({ length: 64 }, (_, index) => String(100_036 + index)),
    );
  });
});
