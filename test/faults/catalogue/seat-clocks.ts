import type { JournalEntry } from '../../../core/journal.ts';
import { type ClockFile, clockFile } from '../clock-file.ts';
import { type Fault, fault } from '../fault.ts';
import { expectNothingLost, inWords } from '../oracle.ts';
import { type SeatInCall, type SeatScene, seatInCall, seatScene } from '../seat-scene.ts';

const hourMs = 3_600_000;

/** How far the clock goes, from now. The injected clock: the process's own Date is moved, its monotonic clock is not. */
const jumps: Readonly<Record<string, () => number>> = {
  'an-hour-forward': () => hourMs,
  'an-hour-back': () => -hourMs,
  'a-day-forward': () => 24 * hourMs,
  'a-day-back': () => -24 * hourMs,
  'to-1970': () => 1_000 - Date.now(),
  'to-2038': () => Date.UTC(2038, 0, 19, 3, 14, 8) - Date.now(),
};

/** No call of these faults talks longer than they may take. */
const talkMsMax = 60_000;

type WithClock = SeatScene & { readonly clock: ClockFile };

async function withClock(zone: string): Promise<WithClock & SeatInCall> {
  const scene = seatScene();
  const clock = clockFile(scene.folders[0] ?? '');
  return { ...(await seatInCall(scene, { env: { ...clock.env, TZ: zone } })), clock };
}

/** Every call lasted as long as it did, whatever the clock said. */
function expectDurations(entries: readonly JournalEntry[]): void {
  const answered = new Map<string, number>();
  for (const entry of entries) {
    if (entry.kind === 'call-answered') answered.set(entry.body.callId, entry.at);
    if (entry.kind !== 'call-ended') continue;
    const ms = entry.at - (answered.get(entry.body.callId) ?? Number.NaN);
    if (!(ms >= 0 && ms <= talkMsMax)) throw new Error(`call ${entry.body.callId} lasted ${ms} ms`);
  }
}

async function check(scene: SeatInCall): Promise<string> {
  const { talkMs, data } = await scene.life.look();
  if (!(talkMs >= 0 && talkMs <= talkMsMax)) throw new Error(`it shows ${talkMs} ms of talk today`);
  if (data.code !== 'saved') throw new Error(`it shows ${data.code}`);
  await scene.life.order({ do: 'close' });
  expectDurations([...scene.shown.entries.values()].toSorted((a, b) => a.seq - b.seq));
  return inWords(await expectNothingLost(scene.profile, scene.shown));
}

/** A seat whose clock jumps in the middle of a call, and again between calls. */
export const seatClocks: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(
    Object.entries(jumps).map(([name, jumpMs]) => [
      `seat-clock-${name}`,
      fault<WithClock & SeatInCall>({
        promise: `A seat’s clock that jumps ${name.replaceAll('-', ' ')} in a call changes no order and no duration.`,
        arrange: () => withClock('UTC'),
        inject: async ({ life, clock }, dice) => {
          clock.shift(jumpMs());
          await life.order({ do: 'sound', seconds: 2 });
          // And to and fro, by a little that nobody would notice and by more.
          clock.shift(dice.whole(-hourMs, hourMs));
          await life.order({ do: 'sound', seconds: 1 });
          clock.shift(jumpMs());
          await life.order({ do: 'hang-up' });
          await life.order({ do: 'calls', count: 2 });
          clock.shift(0);
          await life.order({ do: 'calls', count: 1 });
        },
        check,
      }),
    ]),
  ),
  'seat-clock-through-summer-time': fault<WithClock & SeatInCall>({
    promise: 'The hour that summer time takes or gives back is no part of a call.',
    arrange: () => withClock('Europe/Berlin'),
    inject: async ({ life, clock }, dice) => {
      await life.order({ do: 'hang-up' });
      // A second before the clocks of Berlin go forward, or back (Directive 2000/84/EC: 01:00 UTC).
      const change = dice.pick([Date.UTC(2027, 2, 28, 1), Date.UTC(2027, 9, 31, 1)]);
      clock.shift(change - 1_000 - Date.now());
      await life.order({ do: 'talk', seconds: 1 });
      clock.shift(change + 500 - Date.now());
      await life.order({ do: 'hang-up' });
      await life.order({ do: 'calls', count: 1 });
    },
    check,
  }),
};
