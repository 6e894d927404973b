import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { type BadNetwork, startBadNetwork } from '../rig/bad-network.ts';
import { type Caller, callSeat } from '../rig/caller.ts';
import type { PeerAccount } from '../rig/peers/peer.ts';
import { openPeerPage } from '../rig/peers/peer-page.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { keepConnections, watchSound } from '../rig/sound-watch.ts';
import type { Bench } from './bench.ts';
import { spread } from './percentile.ts';

/** What happens to the road; after it packets pass again. */
const faults = ['reset', 'hole', 'move'] as const;
type Fault = (typeof faults)[number];

/** How often each of us meets each fault. */
const rounds = 5;
/** Long enough for ICE to give the path up (Chromium says `disconnected` after 6 s). */
const holeMs = 10_000;
/** A call without sound both ways by then is a lost call, to the person in it. */
const lostMs = 15_000;

/** A phone that is registered: rings, answers, and is done with its call. */
type Phone = { readonly page: Page; answer(): Promise<void>; done(): Promise<void> };
/** Somebody who can be called; `open` gives a phone for one call. */
type Contestant = { readonly endpoint: string; open(): Promise<Phone> };

/**
 * From the moment the road is good again to sound in both directions, in a call whose WebSocket was reset, that went
 * through ten seconds of nothing, or whose seat got another address. The same for JsSIP and SIP.js as their
 * documentation sets them up. Sound is counted in packets at both ends; a call without it after 15 s is lost.
 */
export const bench: Bench = async (say) => {
  const network = await startBadNetwork();
  const asterisk = await startAsterisk({ network });
  const [own, other] = asterisk.seats;
  if (own === undefined || other === undefined) throw new Error('the rig has not two seats');
  const seat = await openSeat({ before: keepConnections, account: { server: asterisk.wsUrl, ...own } });
  const scene = { network, asterisk, address: 2 };
  const ours = await measure(scene, oursOf(seat), 'Hookline', say);
  const peers: Record<string, unknown> = {};
  for (const name of ['jssip', 'sipjs'] as const) {
    const account = { server: asterisk.wsUrl, domain: '127.0.0.1', ...other };
    peers[name] = await measure(scene, peerOf(seat, name, account), name, say);
  }
  await seat.close();
  seat.remove();
  await asterisk.stop();
  await network.close();
  return { figures: ours, peers };
};

function oursOf(seat: Seat): Contestant {
  const { desk } = seat;
  const phone: Phone = {
    page: seat.page,
    answer: async () => {
      await desk.getByRole('button', { name: 'Answer' }).click();
      await desk.locator('#card[data-state=talking]').waitFor();
    },
    done: async () => {
      await desk.locator('#card input[value=consultation]').check();
      await desk.locator('#card input[value=consultation]').press('Enter');
      await desk.locator('#card[data-state=idle]').waitFor();
    },
  };
  return { endpoint: '6001', open: async () => phone };
}

/** A page of its own for each call: what the last fault did to its registration is not held against it. */
function peerOf(seat: Seat, name: 'jssip' | 'sipjs', account: PeerAccount): Contestant {
  return {
    endpoint: account.user,
    open: async () => {
      const page = await seat.chromium.context.newPage();
      const peer = await openPeerPage(page, name, account);
      return { page, answer: async () => void (await peer.answer()), done: () => peer.close() };
    },
  };
}

type Scene = { readonly network: BadNetwork; readonly asterisk: Asterisk; address: number };

async function measure(scene: Scene, who: Contestant, name: string, say: (line: string) => void) {
  const times: number[] = [];
  const lost: Record<Fault, number> = { reset: 0, hole: 0, move: 0 };
  for (let round = 0; round < rounds; round += 1) {
    for (const fault of faults) {
      const ms = await survive(scene, who, fault);
      if (ms === null) lost[fault] += 1;
      else times.push(ms);
    }
    say(`${name}: ${(round + 1) * faults.length} calls, ${lost.reset + lost.hole + lost.move} lost`);
  }
  return { pathToAudio: times.length === 0 ? null : spread(times), calls: rounds * faults.length, lost };
}

/** One call through one fault; null when it is lost. */
async function survive(scene: Scene, who: Contestant, fault: Fault): Promise<number | null> {
  const { network, asterisk } = scene;
  const phone = await who.open();
  const caller = await ring(asterisk, who.endpoint);
  await phone.answer();
  await caller.whenAnswered();
  const sound = await watchSound(phone.page, asterisk, caller.seatChannel, 'packets');
  await sound.bothWays(lostMs);
  if (fault === 'reset') {
    await network.reset();
  } else if (fault === 'hole') {
    await network.impair({ blackHole: 'both' });
    await pause(holeMs);
    await network.impair({});
  } else {
    scene.address = scene.address === 2 ? 3 : 2;
    await network.changeAddress(`10.77.0.${scene.address}`);
  }
  const ms = await sound.bothWays(lostMs).catch(() => null);
  await caller.hangUp().catch(() => undefined);
  await phone.done();
  return ms;
}

/** A phone that is finding back to its switch does not ring at once. */
async function ring(asterisk: Asterisk, endpoint: string): Promise<Caller> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await callSeat(asterisk, { endpoint, name: 'Bench', number: '1000', toneHz: 600 });
    } catch (error) {
      if (attempt >= 5) throw error;
      await pause(5_000);
    }
  }
}
