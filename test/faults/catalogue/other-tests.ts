import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { lacksRig } from '../call-scene.ts';
import { type Fault, fault, type Lack, type Scene } from '../fault.ts';

const house = new URL('../../..', import.meta.url).pathname;

/** How much of a failed test's words are told. */
const wordsMax = 6_000;

type TestRun = Scene & { words: string; code: number };

/** Faults that have a test of their own elsewhere: it is called, so that there is one of it. */
function ofTest(
  promise: string,
  run: { readonly project: 'unit' | 'journeys'; readonly file: string; readonly secondsMax: number },
  lacks: () => Lack = () => null,
): Fault {
  return fault<TestRun>({
    promise,
    secondsMax: run.secondsMax,
    lacks,
    arrange: async () => ({ folders: [], close: async () => undefined, words: '', code: -1 }),
    inject: async (scene) => {
      const vitest = join(house, 'node_modules/vitest/vitest.mjs');
      const args = [vitest, 'run', '--config', 'test/vitest.config.ts', '--project', run.project, run.file];
      const child = spawn(process.execPath, args, { cwd: house, stdio: ['ignore', 'pipe', 'pipe'] });
      const note = (text: Buffer): void => {
        scene.words = (scene.words + text.toString()).slice(-wordsMax);
      };
      child.stdout.on('data', note);
      child.stderr.on('data', note);
      const [code] = await once(child, 'close');
      scene.code = Number(code ?? -1);
    },
    check: async ({ words, code }) => {
      if (code !== 0) throw new Error(`${run.file} ended with ${code}:\n${words}`);
      return run.file;
    },
  });
}

/** What other tests make go wrong. */
export const otherTests: Readonly<Record<string, Fault>> = {
  'power-cut': ofTest('The power is cut while a seat writes: what it had acknowledged is there.', {
    project: 'unit',
    file: 'test/main/store/power-cut.test.ts',
    secondsMax: 400,
  }),
  'hub-killed-at-every-statement': ofTest('A hub on SQLite and on PostgreSQL killed after each statement of a push.', {
    project: 'unit',
    file: 'test/hub/killed.test.ts',
    secondsMax: 400,
  }),
  'hostile-invite': ofTest(
    'Whatever a caller is called and whatever frames come from the network is text, or thrown away.',
    { project: 'journeys', file: 'test/journeys/hostile-invite.journey.ts', secondsMax: 300 },
    lacksRig,
  ),
};
