/** How many tests (or checks) passed, failed and were skipped. */
export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** The sum. */
export function addTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The last line of `npm test`, read by programs: `N passed, N failed, N skipped`. */
export function tallyLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/**
 * What one vitest run came to, from its JSON report (null when it wrote none) and its exit code. A run that failed
 * without naming a failed test (a file that could not be loaded, an unhandled error, a crash) counts as one failure:
 * a failure is never lost in the sum.
 */
export function readVitestReport(report: string | null, exitCode: number): Tally {
  const counts: unknown = report === null ? {} : JSON.parse(report);
  const failed = Math.max(count(counts, 'numFailedTests'), exitCode === 0 ? 0 : 1);
  return {
    passed: count(counts, 'numPassedTests'),
    failed,
    skipped: count(counts, 'numPendingTests') + count(counts, 'numTodoTests'),
  };
}

function count(counts: unknown, name: string): number {
  if (typeof counts !== 'object' || counts === null) return 0;
  const value: unknown = Reflect.get(counts, name);
  return typeof value === 'number' ? value : 0;
}
