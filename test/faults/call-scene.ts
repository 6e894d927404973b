import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { type BadNetwork, startBadNetwork } from '../rig/bad-network.ts';
import { type Caller, callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { keepConnections, type SoundWatch, watchSound } from '../rig/sound-watch.ts';

/** A seat in a call, on a real switch beyond a road that can be spoilt. */
export type CallScene = {
  readonly network: BadNetwork;
  readonly asterisk: Asterisk;
  readonly seat: Seat;
  readonly caller: Caller;
  readonly sound: SoundWatch;
  /** The switch dies without a word, and another one comes up at its address. */
  restartSwitch(): Promise<void>;
  close(): Promise<void>;
};

/** From the moment packets pass again, speech is back within this. */
export const gapMsMax = 3_000;

/** Arranges a call that talks in both directions. */
export async function arrangeCall(): Promise<CallScene> {
  const network = await startBadNetwork();
  let asterisk = await startAsterisk({ network });
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  const seat = await openSeat({ before: keepConnections, account: { server: asterisk.wsUrl, ...account } });
  await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  const caller = await callSeat(asterisk, { endpoint: '6001', name: 'Ada', number: '02079460123', toneHz: 600 });
  await seat.desk.getByRole('button', { name: 'Answer' }).click();
  await seat.desk.locator('#card[data-state=talking]').waitFor();
  const sound = await watchSound(seat.page, asterisk, caller.seatChannel);
  await sound.bothWays(gapMsMax);
  const wsPort = Number(new URL(asterisk.wsUrl).port);
  return {
    network,
    get asterisk() {
      return asterisk;
    },
    seat,
    caller,
    sound,
    restartSwitch: async () => {
      await asterisk.stop();
      asterisk = await startAsterisk({ network, wsPort, password: account.password });
    },
    close: async () => {
      await seat.close();
      seat.remove();
      await asterisk.stop();
      await network.close();
    },
  };
}
