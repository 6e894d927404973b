import { expect, test } from 'vitest';
import { restartDelayAfter, superviseProcess } from '../../../main/electron/process-supervisor.ts';

/** A clock whose waits end when the test says so, and processes that end when it says so. */
function bench() {
  const said: string[] = [];
  const waits = new Map<number, () => void>();
  const ends: ((code: number) => void)[] = [];
  let now = 1_000_000;
  const supervision = superviseProcess({
    name: 'seat process',
    start: (onExit) => {
      const number = ends.push(onExit);
      said.push(`start ${number}`);
      return { number, askToEnd: () => said.push(`ask ${number}`), kill: () => said.push(`kill ${number}`) };
    },
    onStarted: ({ number }) => said.push(`ports for ${number}`),
    onGivenUp: () => said.push('given up'),
    now: () => now,
    after: (delayMs, run) => {
      waits.set(delayMs, run);
      return () => waits.delete(delayMs);
    },
    log: () => {},
  });
  return {
    said,
    supervision,
    waiting: () => [...waits.keys()],
    crash: (code = 1) => ends.at(-1)?.(code),
    pass: (delayMs: number) => {
      now += delayMs;
      const run = waits.get(delayMs);
      waits.delete(delayMs);
      run?.();
    },
  };
}

test('a process that crashed is started again and gets its ports again', () => {
  const { said, supervision, waiting, crash, pass } = bench();
  crash();
  expect([supervision.present(), waiting()]).toEqual([null, [250]]);
  pass(250);
  expect(said).toEqual(['start 1', 'ports for 1', 'start 2', 'ports for 2']);
  expect(supervision.present()).toMatchObject({ number: 2 });
});

test('waits double up to eight seconds, then it is given up, once', () => {
  const { said, waiting, crash, pass } = bench();
  const waited: number[] = [];
  for (let crashed = 0; crashed < 10; crashed += 1) {
    crash();
    const [delayMs = Number.NaN] = waiting();
    waited.push(delayMs);
    pass(delayMs);
  }
  crash();
  expect(waited).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000, 8000, 8000]);
  expect([said.at(-1), said.filter((line) => line === 'given up').length, waiting()]).toEqual(['given up', 1, []]);
});

test('old crashes are forgiven', () => {
  const crashes = Array.from({ length: 11 }, (_, index) => index);
  expect([restartDelayAfter(crashes, 100), restartDelayAfter([...crashes, 200_000], 200_000)]).toEqual([null, 250]);
});

test('stopping asks, and waits for the end', async () => {
  const { said, supervision, waiting, crash } = bench();
  const stopped = supervision.stop();
  expect(waiting()).toEqual([5_000]);
  crash(0);
  await stopped;
  expect([said.slice(2), waiting(), supervision.present()]).toEqual([['ask 1'], [], null]);
});

test('a process that does not end when asked is ended', async () => {
  const { said, supervision, crash, pass } = bench();
  const stopped = supervision.stop();
  pass(5_000);
  crash(9);
  await stopped;
  expect(said.slice(2)).toEqual(['ask 1', 'kill 1']);
});

test('stopping between a crash and the restart starts nothing more', async () => {
  const { said, supervision, waiting, crash } = bench();
  crash();
  await supervision.stop();
  expect([said, waiting()]).toEqual([['start 1', 'ports for 1'], []]);
});
