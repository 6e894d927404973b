/**
 * `after` with every part that is deeply equal to the same part of `before` replaced by that old part. The feed sends the
 * whole view on each change; with the old parts kept, only the components whose part did change are drawn anew.
 * For plain data only: objects, arrays, text, numbers, booleans, null.
 */
export function keepEqual<T>(before: unknown, after: T): T;
export function keepEqual(before: unknown, after: unknown): unknown {
  if (Object.is(before, after)) return before;
  if (Array.isArray(before) && Array.isArray(after)) return keepEqualList(before, after);
  if (isPlain(before) && isPlain(after)) return keepEqualRecord(before, after);
  return after;
}

function keepEqualList(before: readonly unknown[], after: readonly unknown[]): readonly unknown[] {
  const kept = after.map((value, at) => keepEqual(before[at], value));
  const isSame = before.length === kept.length && kept.every((value, at) => value === before[at]);
  return isSame ? before : kept;
}

function keepEqualRecord(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(after);
  const kept: Record<string, unknown> = {};
  let isSame = Object.keys(before).length === names.length;
  for (const name of names) {
    kept[name] = keepEqual(before[name], after[name]);
    if (kept[name] !== before[name] || !Object.hasOwn(before, name)) isSame = false;
  }
  return isSame ? before : kept;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
