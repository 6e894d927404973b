/** A pragma, what it is set to, and what SQLite answers when it took it. */
export type SqliteSetting = { readonly name: string; readonly value: string; readonly reads: number | string };

/** How long a statement waits for another process (`hookline journal` beside a seat, `enrol-code` beside a hub). */
export const busyTimeoutMs = 5_000;

/** What durability rests on, at a seat and at a hub (SQLite's "Pragma statements"; facts/reliability.md section 1.2). */
export const durableSettings: readonly SqliteSetting[] = [
  { name: 'journal_mode', value: 'WAL', reads: 'wal' },
  { name: 'synchronous', value: 'FULL', reads: 2 },
  { name: 'foreign_keys', value: 'ON', reads: 1 },
  { name: 'recursive_triggers', value: 'ON', reads: 1 },
  { name: 'trusted_schema', value: 'OFF', reads: 0 },
  { name: 'cell_size_check', value: 'ON', reads: 1 },
  { name: 'mmap_size', value: '0', reads: 0 },
  // What is deleted or overwritten is overwritten in the file: an erased key leaves no copy in a free page.
  { name: 'secure_delete', value: 'ON', reads: 1 },
  { name: 'busy_timeout', value: String(busyTimeoutMs), reads: busyTimeoutMs },
  // Without these two a sync on macOS stops at the drive's own cache; elsewhere they do nothing.
  { name: 'fullfsync', value: 'ON', reads: 1 },
  { name: 'checkpoint_fullfsync', value: 'ON', reads: 1 },
];

/** Makes each setting and reads it back by `pragma` (the value alone). Answers what SQLite did not take, or null. */
export function refusedSetting(settings: readonly SqliteSetting[], pragma: (text: string) => unknown): string | null {
  for (const { name, value, reads } of settings) {
    pragma(`${name} = ${value}`);
    const now = pragma(name);
    if (now !== reads) return `${name} is ${String(now)}, wanted ${value}`;
  }
  return null;
}

/** The first version of SQLite without the WAL-reset bug. */
export const sqliteVersionMin = '3.51.3';

/** Whether a dotted version is the wanted one or newer. */
export function isAtLeast(version: string, wanted: string): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, want] of wanted.split('.').map(Number).entries()) {
    const part = parts[index] ?? 0;
    if (part !== want) return part > want;
  }
  return true;
}
