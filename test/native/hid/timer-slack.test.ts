import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { lettingReadersDoze } from '../../../native/hid/timer-slack.ts';

const slackNs = (): number => Number(readFileSync('/proc/self/timerslack_ns', 'utf8'));

test.runIf(process.platform === 'linux')('a thread started while listening may wake late, and no other', async () => {
  const before = slackNs();
  let whenListening = 0;
  let whenStarted = 0;
  lettingReadersDoze(() => {
    whenListening = slackNs();
    process.nextTick(() => {
      whenStarted = slackNs();
    });
  });
  await setImmediate();
  expect({ whenListening, whenStarted }).toEqual({ whenListening: 25_000_000, whenStarted: 25_000_000 });
  expect(slackNs()).toBe(before);
});
