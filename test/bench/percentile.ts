/** The value below which `percent` of the values lie (nearest rank), to so many decimals. Throws on an empty list. */
export function percentile(values: readonly number[], percent: number, decimals = 2): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)];
  if (value === undefined) throw new Error('no values to take a percentile of');
  return Number(value.toFixed(decimals));
}

/** What a bench prints of a series of times in milliseconds. */
export type Spread = { readonly p50: number; readonly p95: number; readonly p99: number; readonly count: number };

/** Median and tail of a series, to so many decimals. */
export function spread(values: readonly number[], decimals = 2): Spread {
  return {
    p50: percentile(values, 50, decimals),
    p95: percentile(values, 95, decimals),
    p99: percentile(values, 99, decimals),
    count: values.length,
  };
}
