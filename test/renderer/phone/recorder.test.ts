import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { chunkMs } from '../../../renderer/phone/recorder.ts';
import { openTestPage, type TestPage } from './test-page.ts';

type Step = {
  readonly kind: string;
  readonly segment?: number;
  readonly atMs: number;
  readonly durationMs: number;
  readonly reason?: string;
};
type Levels = Record<
  'agentLeft' | 'callerLeft' | 'agentRight' | 'callerRight' | 'channels' | 'seconds' | 'bitsPerSecond',
  number
>;

let opened: TestPage;
beforeAll(async () => {
  opened = await openTestPage('recorder');
}, 60_000);
afterAll(() => opened?.close());
afterEach(() => opened.page.evaluate(() => Object.assign((window as unknown as Page).seat, { appendOutcome: 'kept' })));

/** What pages/recorder.ts puts on the window. */
type Page = {
  readonly seat: { recordingSteps: Step[]; appendOutcome: string };
  readonly states: string[];
  readonly begin: (callId: string, waitingMsMax?: number) => void;
  readonly pause: (reason: string) => boolean;
  readonly resume: () => boolean;
  readonly end: () => Promise<void>;
  readonly mute: (isMuted: boolean) => void;
  readonly away: () => void;
  readonly back: () => void;
  readonly measure: (segment: number) => Promise<Levels>;
};

/** Runs in the page: begins anew, forgets the steps before. */
async function record(
  callId: string,
  script: readonly (readonly [string, ...unknown[]] | number)[],
  waitingMsMax?: number,
): Promise<Step[]> {
  return await opened.page.evaluate(
    async ([id, commands, waitingMs]) => {
      const page = window as unknown as Page & Record<string, (...args: unknown[]) => unknown>;
      page.seat.recordingSteps.length = 0;
      page.states.length = 0;
      page.begin(id, waitingMs);
      for (const command of commands) {
        if (typeof command === 'number') await new Promise((resolve) => setTimeout(resolve, command));
        else await page[command[0]]?.(...command.slice(1));
      }
      await page.end();
      while (!page.seat.recordingSteps.some((step) => step.kind === 'end')) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return page.seat.recordingSteps.map(({ kind, segment, atMs, durationMs, reason }) => ({
        kind,
        atMs,
        durationMs,
        ...(segment !== undefined && { segment }),
        ...(reason !== undefined && { reason }),
      }));
    },
    [callId, script, waitingMsMax] as const,
  );
}
const states = () => opened.page.evaluate(() => (window as unknown as Page).states);
const measure = (segment: number) => opened.page.evaluate((n) => (window as unknown as Page).measure(n), segment);

test('agent left, caller right, 40 dB apart or more, and nothing missing at the end', async () => {
  const steps = await record('stereo', [2_500]);
  const appends = steps.filter((step) => step.kind === 'append');
  expect(steps.map((step) => step.kind)).toEqual(['begin', ...appends.map(() => 'append'), 'end']);
  // The middle one: on a machine that also runs everything else a single chunk may come late.
  const middle = appends.map((step) => step.durationMs).sort((a, b) => a - b)[Math.floor(appends.length / 2)];
  expect(middle).toBeLessThan(1_000);
  const levels = await measure(0);
  expect(levels.channels).toBe(2);
  expect(levels.seconds).toBeGreaterThan(1.5);
  expect(levels.agentLeft - levels.agentRight).toBeGreaterThan(40);
  expect(levels.callerRight - levels.callerLeft).toBeGreaterThan(40);
}, 30_000);

test('a pause drops what is buffered, marks the gap, and the next segment plays by itself', async () => {
  const steps = await record('pause', [1_200, ['pause', 'card number'], 600, ['resume'], 1_700]);
  const gap = steps.find((step) => step.kind === 'gap');
  const before = steps.filter((step) => step.segment === 0);
  expect(before.length).toBe(1);
  expect(gap).toMatchObject({ reason: 'card number', atMs: (before[0]?.atMs ?? 0) + (before[0]?.durationMs ?? 0) });
  // Paused 600 ms, and some 350 ms that were buffered are gone with it.
  expect(gap?.durationMs).toBeGreaterThan(700);
  expect(gap?.durationMs).toBeLessThan(600 + chunkMs + 300);
  expect((await measure(1)).agentLeft).toBeGreaterThan(-20);
  expect(await states()).toEqual(['recording', 'paused', 'recording']);
}, 30_000);

test('a muted agent is silence on the left, the caller is still there', async () => {
  await record('mute', [['mute', true], 1_800, ['mute', false]]);
  const levels = await measure(0);
  expect(levels.agentLeft).toBeLessThan(-70);
  expect(levels.callerRight).toBeGreaterThan(-20);
}, 30_000);

test('the seat process is away for a moment: nothing is lost, the order stays', async () => {
  const steps = await record('away', [['away'], 2_000, ['back'], 200]);
  const appends = steps.filter((step) => step.kind === 'append');
  expect(steps.map((step) => step.kind)).toEqual(['begin', ...appends.map(() => 'append'), 'end']);
  expect((await measure(0)).seconds).toBeGreaterThan(1.5);
}, 30_000);

test('a full disk stops the recording and says so; nothing throws', async () => {
  await opened.page.evaluate(() => Object.assign((window as unknown as Page).seat, { appendOutcome: 'disk-full' }));
  const steps = await record('full', [2_500]);
  expect(steps.map((step) => step.kind)).toEqual(['begin', 'append', 'end']);
  expect(await states()).toEqual(['recording', 'stopped']);
}, 30_000);

test('the seat process is away for longer than is kept: a marked gap, then recording goes on in a new segment', async () => {
  const steps = await record('long', [['away'], 3_600, ['back'], 1_500], 1_600);
  const gap = steps.find((step) => step.kind === 'gap');
  expect(gap).toMatchObject({ reason: 'the seat process was away' });
  const kept = steps.filter((step) => step.segment === 0);
  // Two chunks are what 1.6 s allows; the one too many was taken in before the gap began.
  expect(kept.length).toBe(3);
  expect(gap?.atMs).toBe((kept.at(-1)?.atMs ?? 0) + (kept.at(-1)?.durationMs ?? 0));
  expect(await states()).toEqual(['recording', 'paused', 'recording']);
  expect((await measure(1)).callerRight).toBeGreaterThan(-20);
}, 30_000);

test('a seat process that was started anew gets the rest of the call as a recording of its own', async () => {
  const steps = await record('anew', [1_000, ['forget'], 2_600]);
  const kinds = steps.map((step) => step.kind).filter((kind, at, all) => kind !== all[at - 1]);
  expect(kinds).toEqual(['begin', 'append', 'begin', 'append', 'end']);
  expect((await measure(0)).agentLeft).toBeGreaterThan(-20);
}, 30_000);
