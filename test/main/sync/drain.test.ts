import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { type HubScene, hubScene } from '../../faults/hub-scene.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { type AmountOfWork, threeDays, workAway } from './days-of-work.ts';
import type { DrainLook, DrainOrder, DrainWord } from './drain-words.ts';
import { atHub, atSeat, essence } from './drained.ts';

/**
 * A seat comes back after days away. What is checked does not depend on how much it was, so here it is a twentieth of
 * three days; HOOKLINE_DRAIN_SHARE=1 is all of them (nightly).
 */
const share = Number(process.env.HOOKLINE_DRAIN_SHARE ?? 0.05);
const amount: AmountOfWork = {
  calls: Math.round(threeDays.calls * share),
  recordings: Math.round(threeDays.recordings * share),
  edits: Math.round(threeDays.edits * share),
};
const seed = Number(process.env.HOOKLINE_DRAIN_SEED ?? 4);
/** How much a seat's memory may grow over the drain, in bytes: far less than what it sends. */
const growthBytesMax = 96 * 1024 * 1024;
const program = new URL('draining-seat.ts', import.meta.url).pathname;

/** One life of a draining seat; what it says goes to `hear`. Resolves when it is dead. */
async function live(order: DrainOrder, hear: (word: DrainWord, child: ChildProcess) => void): Promise<void> {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = (): void => void child.kill('SIGKILL');
  onTestFinished(stop);
  let complaints = '';
  child.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + text.toString()).slice(-10_000);
  });
  createInterface({ input: child.stdout }).on('line', (line) => hear(JSON.parse(line), child));
  const [code] = await once(child, 'exit');
  if (code !== null) throw new Error(`the seat ended with ${code}: ${complaints}`);
}

/** Everything has arrived, as far as the seat knows. */
function isDrained({ unsent, hub, uploads }: DrainLook): boolean {
  const isSoundThere = uploads.state === 'idle' && uploads.waiting === 0;
  return unsent === 0 && hub.kind === 'enrolled' && hub.state === 'in-step' && isSoundThere;
}

/** Sound is on its way, and so many recordings are left. */
function isSending({ uploads }: DrainLook, left: number): boolean {
  return uploads.state === 'sending' && uploads.waiting <= left;
}

/** Of each life of the seat: the journal is on its way. */
const hubDiesAtLook = 8;

interface Drained {
  readonly essence: string;
  readonly objects: number;
  readonly troubles: readonly Extract<DrainWord, { said: 'trouble' }>[];
  readonly growthBytes: number;
}

/** One seat with the work of the seed goes to one new hub, cut off again and again; both sides are compared. */
async function drain(name: string): Promise<Drained> {
  const directory = temporaryDirectory();
  await workAway(directory, seed, amount);
  const hub = await hubScene({ seats: 0, calls: 0 });
  // Thousands of files are removed.
  onTestFinished(() => hub.close({ keep: false }), 120_000);
  const left = (of: 'entries' | 'recordings', part: number) => ({
    of,
    left: Math.round(part * (of === 'entries' ? amount.calls * 5 + amount.edits : amount.recordings)),
  });
  const enrolment = `${hub.url} ${await hub.code('a seat')}`;
  const lives: readonly DrainOrder[] = [
    { directory, enrolment, dieAt: left('entries', 0.9), troubleAt: null },
    { directory, enrolment: null, dieAt: left('recordings', 0.9), troubleAt: null },
    { directory, enrolment: null, dieAt: left('recordings', 0.5), troubleAt: null },
    { directory, enrolment: null, dieAt: null, troubleAt: left('recordings', 0.4).left },
  ];
  const troubles: Drained['troubles'][number][] = [];
  const rss: number[] = [];
  const hubsKilled: { count: number; last?: Promise<void> } = { count: 0 };
  let isHubKilledLate = false;
  let last: DrainLook | null = null;
  for (const order of lives) {
    const isLast = order.dieAt === null;
    rss.length = 0;
    await live(order, (word, child) => {
      if (word.said === 'trouble') troubles.push(word);
      else {
        last = word.look;
        rss.push(word.look.rss);
        if (isLast && troubles.length > 0 && isDrained(word.look)) child.kill('SIGKILL');
        else if (rss.length === hubDiesAtLook) void killHub(hub, hubsKilled);
        else if (isLast && !isHubKilledLate && isSending(word.look, left('recordings', 0.25).left)) {
          isHubKilledLate = true;
          void killHub(hub, hubsKilled);
        }
      }
    });
  }
  const seat = (last as DrainLook | null)?.seat ?? '';
  const here = atSeat(directory);
  await hubsKilled.last;
  await hub.stop('SIGTERM');
  const names = here.recordings.map((line) => line.split(' ')[0] ?? '');
  const there = atHub(hub.data, seat, names);
  expect((last as DrainLook | null)?.uploads.setAside, `${name}: recordings the hub refused`).toBe(0);
  expect(there).toEqual(here);
  expect(hubsKilled.count, `${name}: hubs killed`).toBeGreaterThan(0);
  const kinds = (kind: string) => there.entries.filter((line) => line.includes(` ${kind} `)).length;
  expect([kinds('call-ended'), kinds('recording-ended'), kinds('record-edited')]).toEqual([
    amount.calls,
    amount.recordings,
    amount.edits,
  ]);
  return {
    essence: await essence(there, hub.data, seat),
    objects: there.recordings.length,
    troubles,
    growthBytes: Math.max(...rss) - (rss[Math.floor(rss.length / 4)] ?? 0),
  };
}

/** In the middle of whatever it does; it comes back as a service does. One after the other. */
async function killHub(hub: HubScene, killed: { count: number; last?: Promise<void> }): Promise<void> {
  killed.count += 1;
  const again = async (): Promise<void> => {
    await hub.stop('SIGKILL');
    await hub.start();
  };
  killed.last = (killed.last ?? Promise.resolve()).then(again);
  await killed.last;
}

test(
  `days away, ${amount.calls} calls, ${amount.recordings} recordings, ${amount.edits} edits: all of it arrives, once, and twice the same`,
  async () => {
    const drained = await Promise.all([drain('first'), drain('second')]);
    const [first, second] = drained;
    expect(first?.essence).toBe(second?.essence);
    for (const { objects, troubles, growthBytes } of drained) {
      expect(objects).toBe(amount.recordings);
      // The one under way ends at a chunk; nothing is begun beside a call in trouble.
      expect(troubles.map(({ state, went }) => [state, went <= 1])).toEqual([['voice-first', true]]);
      expect(growthBytes).toBeLessThan(growthBytesMax);
    }
    console.log(JSON.stringify(drained));
  },
  share * 3_600_000 + 300_000,
);
