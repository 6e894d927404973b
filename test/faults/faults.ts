import { setTimeout as pause } from 'node:timers/promises';
import { journalOf, verifyJournal } from '../rig/seat-evidence.ts';
import { type CallScene, gapMsMax } from './call-scene.ts';
import type { Fault } from './fault.ts';

const soundIsBack = async ({ sound, seat }: CallScene): Promise<void> => {
  await sound.bothWays(gapMsMax);
  await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  await hasEnded(seat.profile, null);
};

/** Every fault by its name, as `npm run faults -- NAME` takes it. */
export const faults: Readonly<Record<string, Fault>> = {
  'socket-reset': {
    promise: 'A WebSocket that is reset is not heard, and signalling is back at once.',
    inject: async ({ network }) => void (await network.reset()),
    check: soundIsBack,
  },
  'black-hole': {
    promise: `After nothing has passed for 8 to 20 seconds, speech is back within ${gapMsMax} ms.`,
    inject: async ({ network, seat }, seed) => {
      await network.impair({ blackHole: true });
      await pause(8_000 + dice(seed, 12_000));
      await seat.desk.getByRole('button', { name: 'Media: down' }).waitFor();
      await network.impair({});
    },
    check: soundIsBack,
  },
  'address-change': {
    promise: `With another address, speech is back within ${gapMsMax} ms.`,
    inject: ({ network }, seed) => network.changeAddress(`10.77.0.${3 + dice(seed, 200)}`),
    check: soundIsBack,
  },
  'bad-road': {
    promise: 'Loss, delay, duplicates and packets out of order do not end a call.',
    inject: async ({ network }, seed) => {
      const share = (most: number) => dice(seed + most * 1_000, 1_000 * most) / 1_000;
      const road = { delayMs: dice(seed, 200), jitterMs: dice(seed + 1, 100), loss: share(0.1) };
      await network.impair({ ...road, duplicate: share(0.05), reorder: share(0.05) }, seed);
      await pause(10_000);
      await network.impair({});
    },
    check: soundIsBack,
  },
  'switch-killed': {
    promise: 'When the switch dies, the call is closed as lost with its line, and the seat is back at the new switch.',
    inject: (scene) => scene.restartSwitch(),
    check: async ({ seat }) => {
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
      await seat.desk.locator('#card[data-state=after-call-work]').waitFor();
      await hasEnded(seat.profile, 'line-lost');
    },
  },
};

/** How the one call of the journal ended; null: it has not. The journal is whole. */
async function hasEnded(profile: string, cause: string | null): Promise<void> {
  await verifyJournal(profile);
  const ended = (await journalOf(profile)).find((entry) => entry.kind === 'call-ended');
  const found = ended?.kind === 'call-ended' ? ended.body.cause : null;
  if (found !== cause) throw new Error(`the call ended as ${found}, not as ${cause}`);
}

/** A number from 0 to `most`, the same for the same seed (Numerical Recipes' linear congruence). */
function dice(seed: number, most: number): number {
  return Math.floor((((seed * 1_664_525 + 1_013_904_223) >>> 0) / 2 ** 32) * most);
}
