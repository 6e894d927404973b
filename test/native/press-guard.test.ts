import { expect, it } from 'vitest';
import { callPressesPerSecondMax, pressesPerSecondMax, pressGuard } from '../../native/press-guard.ts';

it('lets a person press as fast as a person can', () => {
  const isHuman = pressGuard();
  const presses = Array.from({ length: 200 }, (_, n) => isHuman({ key: 'digit', digit: '5' }, n * 60));
  expect(presses).not.toContain(false);
});

it('sees a device that presses without end, sooner for keys that end calls', () => {
  const passed = (key: 'flash' | 'reject'): number => {
    const isHuman = pressGuard();
    return Array.from({ length: 900 }, (_, n) => isHuman({ key }, n)).filter(Boolean).length;
  };
  expect([passed('flash'), passed('reject')]).toEqual([pressesPerSecondMax, callPressesPerSecondMax]);
});
