import { expect, test } from 'vitest';
import { UploadStrain } from '../../../main/recordings/upload-strain.ts';

const report = (roundTripMs: number | null, lossPercent = 0) => ({
  codec: 'opus',
  lossPercent,
  jitterMs: 5,
  roundTripMs,
  mos: 4,
});

/** What is said after each report, one each two seconds. */
function said(reports: readonly ReturnType<typeof report>[]): readonly boolean[] {
  const strain = new UploadStrain();
  return reports.map((one, index) => {
    strain.heard('c', one, index * 2_000);
    return strain.isStrained(index * 2_000);
  });
}

test('a round trip that rises, or loss, strains at once; three good reports in a row end it', () => {
  expect(said([40, 45, 150, 60, 60, 60].map((ms) => report(ms)))).toEqual([false, false, true, true, true, false]);
  expect(said([0, 5, 0.5, 0.5, 2, 0, 0, 0].map((loss) => report(40, loss)))).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
    true,
    false,
  ]);
});

test('between the two limits nothing changes, so uploads do not start and stop with each report', () => {
  expect(said([40, 110, 40, 120, 135].map((ms) => report(ms)))).toEqual([false, false, false, false, false]);
  expect(said([40, 200, 110, 110, 110].map((ms) => report(ms)))).toEqual([false, true, true, true, true]);
});

test('a long road that is steady is no strain; one without a round trip is told by its loss', () => {
  expect(said([600, 610, 590].map((ms) => report(ms)))).toEqual([false, false, false]);
  expect(said([report(null), report(null, 4)])).toEqual([false, true]);
});

test('a call that ended, or of which nothing is heard any more, holds nothing up', () => {
  const strain = new UploadStrain();
  strain.heard('a', report(40, 9), 0);
  strain.heard('b', report(40, 9), 0);
  strain.ended('a');
  expect(strain.isStrained(1_000)).toBe(true);
  strain.ended('b');
  expect(strain.isStrained(1_000)).toBe(false);
  strain.heard('c', report(40, 9), 0);
  expect([strain.isStrained(14_999), strain.isStrained(15_000)]).toEqual([true, false]);
});
