/** The value below which `percent` of the values lie (nearest rank), rounded to a hundredth. Throws on an empty list. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values to take a percentile of');
  return Math.round(value * 100) / 100;
}

/** What a bench prints of a series of times in milliseconds. */
export type Spread = { readonly p50: number; readonly p95: number; readonly p99: number; readonly count: number };

/** Median and tail of a series. */
export function spread(values: readonly number[]): Spread {
  return {
    p50: percentile(values, 50),
    p95: percentile(values, 95),
    p99: percentile(values, 99),
    count: values.length,
  };
}
