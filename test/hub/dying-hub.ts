import { randomBytes, randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { runHub } from '../../hub/run-hub.ts';
import { openLog } from '../../hub/serve/log.ts';

/**
 * A hub that kills itself after a number of statements counted from when it answers; 0: never. Between two statements is
 * every moment at which the database can differ from what the hub has done.
 * `node dying-hub.ts '{"place":…,"dieAfter":3}'` prints its address.
 */
const { place, dieAfter } = JSON.parse(process.argv[2] ?? '{}');
let left = Number.POSITIVE_INFINITY;
const hub = await runHub({
  place,
  host: '127.0.0.1',
  port: 0,
  isBehindProxy: false,
  log: openLog(new Writable({ write: (_chunk, _encoding, done) => done() }), 'silent'),
  now: Date.now,
  random: (bytes) => randomBytes(bytes),
  newHubId: randomUUID(),
  watch: () => {
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
if (dieAfter > 0) left = dieAfter;
process.stdout.write(`${hub.url}\n`);
