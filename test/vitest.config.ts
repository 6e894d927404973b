import { defineConfig } from 'vitest/config';

/**
 * Two projects. `unit`: every `*.test.ts(x)`, in parallel. `journeys`: a person's task end to end with real Asterisk and
 * Chromium, one at a time; `test/run.ts` runs them in a network namespace that has only loopback.
 */
export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  oxc: { jsx: { runtime: 'automatic' } },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          pool: 'forks',
          // As many as cores: by itself it leaves one free, and on two cores that is half the machine. Much here waits.
          maxWorkers: '100%',
          testTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.journey.ts'],
          pool: 'forks',
          fileParallelism: false,
          // A journey starts Asterisk, Chromium and a seat; on a loaded machine with two cores that alone is 20 s.
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
