import { expect, test } from 'vitest';
import { addTallies, readVitestReport, tallyLine } from './tally.ts';

test('a report is read as it stands', () => {
  const report = JSON.stringify({ numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 });
  expect(readVitestReport(report, 1)).toEqual({ passed: 7, failed: 2, skipped: 2 });
});

test('a failed run without a failed test counts as a failure', () => {
  expect(readVitestReport(JSON.stringify({ numPassedTests: 3, numFailedTests: 0 }), 1)).toEqual({
    passed: 3,
    failed: 1,
    skipped: 0,
  });
});

test('a run that crashed before it wrote a report counts as a failure', () => {
  expect(readVitestReport(null, 134)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the last line is the sum', () => {
  const sum = addTallies([
    { passed: 1, failed: 0, skipped: 2 },
    { passed: 40, failed: 3, skipped: 0 },
  ]);
  expect(tallyLine(sum)).toBe('41 passed, 3 failed, 2 skipped');
});
