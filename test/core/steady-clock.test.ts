import { expect, test } from 'vitest';
import { steadyClock } from '../../core/steady-clock.ts';

/** A machine whose two clocks are moved by hand. */
function machine() {
  let [wallMs, passedMs, isTalking] = [1_000_000, 50, false];
  const now = steadyClock({ wall: () => wallMs, monotonicMs: () => passedMs }, () => !isTalking);
  return {
    now,
    pass: (ms: number) => {
      wallMs += ms;
      passedMs += ms;
    },
    jump: (ms: number) => {
      wallMs += ms;
    },
    talk: (is: boolean) => {
      isTalking = is;
    },
  };
}

test.each([3_600_000, -3_600_000, 86_400_000, -86_400_000, -1_000_000])(
  'a jump of %i ms in a call is no part of its length, and is believed after it',
  (jumpMs) => {
    const { now, pass, jump, talk } = machine();
    talk(true);
    const begun = now();
    pass(4_000);
    jump(jumpMs);
    pass(6_000);
    expect(now() - begun).toBe(10_000);
    talk(false);
    expect(now()).toBe(begun + 10_000 + jumpMs);
  },
);

test('a clock that is set right by a second is followed at once, and never makes time go back', () => {
  const { now, pass, jump, talk } = machine();
  talk(true);
  pass(1_000);
  const before = now();
  jump(1_500);
  expect(now()).toBe(before + 1_500);
  jump(-1_900);
  expect(now()).toBe(before + 1_500);
  pass(5_000);
  expect(now()).toBe(before + 4_600);
});

test('with nobody talking the system’s clock is believed, wherever it goes', () => {
  const { now, jump } = machine();
  jump(-1_000_000);
  expect(now()).toBe(0);
  jump(2_145_916_800_000);
  expect(now()).toBe(2_145_916_800_000);
});
