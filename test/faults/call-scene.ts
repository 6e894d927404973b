import { existsSync } from 'node:fs';
import { type Asterisk, type AsteriskExtras, asteriskRoot, isRoot, startAsterisk } from '../rig/asterisk.ts';
import { type BadNetwork, startBadNetwork } from '../rig/bad-network.ts';
import { type Caller, callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, verifyJournal } from '../rig/seat-evidence.ts';
import { keepConnections, type SoundWatch, watchSound } from '../rig/sound-watch.ts';
import type { Scene } from './fault.ts';
import { secretsInClear } from './oracle.ts';
import { planted } from './planted.ts';

/** A seat in a call, on a real switch beyond a road that can be spoilt. */
export type CallScene = Scene & {
  readonly network: BadNetwork;
  readonly asterisk: Asterisk;
  readonly seat: Seat;
  readonly caller: Caller;
  readonly sound: SoundWatch;
  /** The switch dies without a word, and another one comes up at its address, with a certificate of its own. */
  restartSwitch(): Promise<void>;
};

/** From the moment packets pass again, speech is back within this. */
export const gapMsMax = 3_000;

/** A scene of a call needs the whole rig. */
export function lacksRig(): string | null {
  if (!isRoot()) return 'not root: no network namespace and no Asterisk';
  if (!existsSync('/dev/net/tun')) return 'no /dev/net/tun';
  return existsSync(asteriskRoot()) ? null : `no Asterisk in ${asteriskRoot()}`;
}

/** What a scene of a call is made with. */
export type CallSceneOptions = {
  readonly extras?: AsteriskExtras;
  /** The environment of the seat process. */
  readonly env?: Readonly<Record<string, string>>;
  /** What stands between the seat and the switch; gives the address the seat registers with. */
  readonly between?: (wsUrl: string) => Promise<string>;
};

/** Arranges a call that talks in both directions. What was begun is taken down again when it does not come to that. */
export async function arrangeCall({ extras, env, between }: CallSceneOptions = {}): Promise<CallScene> {
  const undo: ((keep: boolean) => Promise<void>)[] = [];
  const close = async ({ keep }: { readonly keep: boolean }): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step(keep);
  };
  try {
    const network = await startBadNetwork();
    undo.push(() => network.close());
    const beyond = { network, ...(extras === undefined ? {} : { extras }) };
    let asterisk = await startAsterisk(beyond);
    undo.push(() => asterisk.stop());
    const [account] = asterisk.seats;
    if (account === undefined) throw new Error('the rig has no seat');
    const wsPort = Number(new URL(asterisk.wsUrl).port);
    const server = (await between?.(asterisk.wsUrl)) ?? asterisk.wsUrl;
    const seat = await openSeat({ before: keepConnections, account: { server, ...account }, ...(env ? { env } : {}) });
    undo.push((keep) => closeSeat(seat, keep));
    await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
    const { number, name } = planted;
    const caller = await callSeat(asterisk, { endpoint: '6001', name, number, toneHz: 600 });
    await seat.desk.getByRole('button', { name: 'Answer' }).click();
    await seat.desk.locator('#card[data-state=talking]').waitFor();
    const sound = await watchSound(seat.page, asterisk, caller.seatChannel);
    await sound.bothWays(gapMsMax);
    return {
      network,
      get asterisk() {
        return asterisk;
      },
      seat,
      caller,
      sound,
      folders: [seat.profile],
      restartSwitch: async () => {
        await asterisk.stop();
        asterisk = await startAsterisk({ ...beyond, wsPort, password: account.password });
      },
      close,
    };
  } catch (error) {
    await close({ keep: true });
    throw error;
  }
}

async function closeSeat(seat: Seat, keep: boolean): Promise<void> {
  // A picture of what somebody saw; a page that is gone has none.
  if (keep) await seat.chromium.shot(seat.page, 'fault').catch((error: unknown) => console.error(String(error)));
  await seat.close();
  if (!keep) seat.remove();
}

/** The call is up, heard both ways, the light is good again, and what is on disk is whole and tells no secret. */
export async function callStands({ sound, seat }: CallScene): Promise<string> {
  const gapMs = await sound.bothWays(gapMsMax);
  await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  await hasEnded(seat.profile, null);
  return `sound after ${gapMs} ms`;
}

/** The one call of the journal ended so (null: it has not), the journal is whole, and nothing lies in clear. */
export async function hasEnded(profile: string, cause: string | null): Promise<void> {
  await verifyJournal(profile);
  const ended = (await journalOf(profile)).findLast((entry) => entry.kind === 'call-ended');
  const found = ended?.kind === 'call-ended' ? ended.body.cause : null;
  if (found !== cause) throw new Error(`the call ended as ${found}, not as ${cause}`);
  const inClear = secretsInClear(profile);
  if (inClear.length > 0) throw new Error(inClear.join('; '));
}
