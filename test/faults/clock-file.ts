import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The wall clock of a process that was started with `env`, to be moved while it runs. */
export type ClockFile = {
  readonly env: Readonly<Record<string, string>>;
  /** From now on it is off by so many milliseconds; `performance.now()` is not touched. */
  shift(ms: number): void;
};

/** A clock in a folder, right at first. */
export function clockFile(folder: string): ClockFile {
  const path = join(folder, 'clock');
  const preload = new URL('shifted-clock.mjs', import.meta.url).href;
  writeFileSync(path, '0');
  return {
    env: { NODE_OPTIONS: `--import=${preload}`, HOOKLINE_CLOCK_FILE: path },
    shift: (ms) => writeFileSync(path, String(ms)),
  };
}
