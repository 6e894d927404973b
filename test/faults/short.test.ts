import { describe, expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';

/** The faults that take seconds and need no network of their own; all of them are `npm run faults -- all`. */
const short = [
  'seat-killed',
  'seat-killed-at-a-system-call',
  'disk-full',
  'disk-breaks-down',
  'inodes-full',
  'sync-fails',
  'log-with-random-bytes-at-random-pages',
  'log-with-a-write-ahead-log-cut-off-anywhere',
  'log-without-its-key',
  'recording-with-a-bit-turned',
  'recording-with-a-chunk-missing',
  'console-killed-and-started',
  'seat-clock-a-day-back',
  'hub-answers-lost',
  'hub-hostile-bodies',
  'hub-smuggling',
  'hub-clock-a-day-back',
  'site-answers-lost',
  'site-both-killed',
];

/** Another seed each day of work is the nightly run's; here a failure must be the change's. */
const seed = 20_261_122;

describe('faults', () => {
  test.each(short)('%s', { timeout: 150_000 }, async (name) => {
    const verdict = await catalogue[name]?.run(name, seed);
    // A machine that cannot make a fault says why; it did not break the promise.
    expect(verdict?.kind === 'not-here' ? verdict.why : verdict).toEqual(
      verdict?.kind === 'not-here' ? expect.any(String) : expect.objectContaining({ kind: 'holds' }),
    );
  });
});
