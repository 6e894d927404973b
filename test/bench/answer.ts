import { readFileSync } from 'node:fs';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { type MockHeadset, startMockHeadset } from '../rig/mock-headset.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { isAnswer, isFirstInvite, type SipRelay, startSipRelay } from '../rig/sip-relay.ts';
import { measureBaresip, measurePagePeer } from './answer-peers.ts';
import type { Bench } from './bench.ts';
import { spread } from './percentile.ts';

/** The issue asks for a hundred calls. */
const calls = 100;

/** How long after the lamp the key is pressed, in milliseconds: nobody's thumb is quicker than this. */
const reactionMs = 250;

/** The first calls of a fresh process run code nobody has compiled yet; they are measured and shown apart. */
const firstCalls = 3;

/** The hook switch of the Blackwire 3220 (its recording file says where the bits are), and its lamps. */
const hookUp = '0802';
const hookDown = '0800';
const lamps = { ringOn: '1801', offHookOff: '1700' };

/**
 * From the HID report leaving the headset to the 200 OK on the wire: through node-hid, the device process, the seat
 * process, the phone page and the WebSocket. The same for others: the press of their answer key to their 200 OK.
 */
export const bench: Bench = async (say) => {
  const asterisk = await startAsterisk();
  const relay = await startSipRelay(asterisk.wsUrl);
  const headset = await startMockHeadset();
  const recording = '../recordings/hid/047f-c056-plantronics-blackwire-3220.telephony.json';
  await headset.plug(JSON.parse(readFileSync(new URL(recording, import.meta.url), 'utf8')), 0);
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  const seat = await openSeat({ account: { ...account, server: relay.url }, env: headset.env });
  await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  await headset.waitForOutput(({ report }) => report === lamps.offHookOff, 15_000, 0);

  const times: number[] = [];
  for (let i = 0; i < firstCalls + calls; i++) {
    times.push(await answerOnce({ asterisk, relay, headset, seat }));
    if ((i + 1) % 25 === 0) say(`${i + 1} calls answered by the headset's key`);
  }
  say('now the others: JsSIP, SIP.js, baresip');
  const jssip = spread(await measurePagePeer(asterisk, seat.chromium, 'jssip'));
  const sipjs = spread(await measurePagePeer(asterisk, seat.chromium, 'sipjs'));
  const baresip = spread(await measureBaresip(calls));
  await seat.close();
  seat.remove();
  await headset.stop();
  await relay.close();
  await asterisk.stop();
  return {
    figures: { keyToOk: spread(times.slice(firstCalls)), firstCalls: times.slice(0, firstCalls).map(round) },
    peers: { jssip, sipjs, baresip },
  };
};

type Scene = {
  readonly asterisk: Asterisk;
  readonly relay: SipRelay;
  readonly headset: MockHeadset;
  readonly seat: Seat;
};

/** One call from ring to work code; gives key to 200 OK in milliseconds. */
async function answerOnce({ asterisk, relay, headset, seat }: Scene): Promise<number> {
  const from = relay.mark();
  const outputs = headset.outputs().length;
  const caller = await callSeat(asterisk, { endpoint: '6001', name: 'Bench', number: '1000', toneHz: 600 });
  await relay.waitFor('the INVITE', (frame) => isFirstInvite(frame) && frame.to === 'seat', { from });
  await headset.waitForOutput(({ report }) => report === lamps.ringOn, 5000, outputs);
  await seat.desk.locator('#card[data-state=ringing]').waitFor();
  await new Promise((resolve) => setTimeout(resolve, reactionMs));
  const pressedNs = await headset.send(0, hookUp);
  const answer = await relay.waitFor('the 200 OK', isAnswer, { from });
  await caller.whenAnswered();
  await seat.desk.locator('#card[data-state=talking]').waitFor();
  await caller.hangUp();
  await caller.whenEnded();
  await seat.desk.locator('#card input[value=consultation]').check();
  await seat.desk.locator('#card input[value=consultation]').press('Enter');
  await seat.desk.locator('#card[data-state=idle]').waitFor();
  // A person puts the headset's hook down too, before the next call.
  await headset.send(0, hookDown);
  return Number(answer.atNs - pressedNs) / 1e6;
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
