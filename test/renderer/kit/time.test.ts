import { describe, expect, it } from 'vitest';
import { formatDuration, formatHours } from '../../../renderer/kit/duration.ts';
import { plainTextOnly } from '../../../renderer/kit/trusted-types.ts';
import { whenOf } from '../../../renderer/kit/when.ts';

describe('times for reading', () => {
  it('runs mm:ss, over an hour h:mm:ss, and never backwards', () => {
    expect([0, 999, 61_000, 3_599_999, 3_600_000, 36_061_000, -5].map(formatDuration)).toEqual([
      '00:00',
      '00:00',
      '01:01',
      '59:59',
      '1:00:00',
      '10:01:01',
      '00:00',
    ]);
    expect([0, 59_999, 131 * 60_000].map(formatHours)).toEqual(['00:00', '00:00', '02:11']);
  });

  it('is relative while fresh and absolute after a day, or when it lies in the future', () => {
    const now = 10 ** 12;
    const ages = [0, 59_000, 60_000, 3_599_000, 3_600_000, 86_399_000, 86_400_000, -120_000];
    expect(ages.map((age) => whenOf(now - age, now))).toEqual([
      { kind: 'now' },
      { kind: 'now' },
      { kind: 'minutes', count: 1 },
      { kind: 'minutes', count: 59 },
      { kind: 'hours', count: 1 },
      { kind: 'hours', count: 23 },
      { kind: 'absolute' },
      { kind: 'absolute' },
    ]);
  });
});

describe('the page policy', () => {
  it('lets plain text through and refuses anything that could be markup', () => {
    expect(plainTextOnly('a & b > c')).toBe('a & b > c');
    expect(() => plainTextOnly('<img src=x onerror=alert(1)>')).toThrow(TypeError);
  });
});
