import { type Asterisk, freePort } from '../rig/asterisk.ts';
import { startBaresip } from '../rig/baresip.ts';
import { callSeat } from '../rig/caller.ts';
import type { RigChromium } from '../rig/chromium.ts';
import { openPeerPage } from '../rig/peers/peer-page.ts';
import { isAnswer, isFirstInvite, startSipRelay } from '../rig/sip-relay.ts';
import { openUdpSipCaller } from '../rig/udp-sip-caller.ts';

/** How many calls each peer answers: enough for a median; the tail of somebody else's phone is not our figure. */
export const peerCalls = 30;

/** Key to 200 OK of a phone in a page with its default answer: from the press in the page to the message on the wire. */
export async function measurePagePeer(
  asterisk: Asterisk,
  chromium: RigChromium,
  name: 'jssip' | 'sipjs',
): Promise<readonly number[]> {
  const seat = asterisk.seats[1];
  if (seat === undefined) throw new Error('the rig has no second seat');
  const relay = await startSipRelay(asterisk.wsUrl);
  const account = { server: relay.url, domain: '127.0.0.1', ...seat };
  const peer = await openPeerPage(await chromium.context.newPage(), name, account);
  const times: number[] = [];
  for (let i = 0; i < peerCalls; i++) {
    const from = relay.mark();
    const isRinging = peer.whenRinging();
    const caller = await callSeat(asterisk, { endpoint: seat.user, name: 'Bench', number: '1000', toneHz: 600 });
    await relay.waitFor('the INVITE', (frame) => isFirstInvite(frame) && frame.to === 'seat', { from });
    await isRinging;
    const pressedAt = await peer.answer();
    const answer = await relay.waitFor('the 200 OK', isAnswer, { from });
    times.push(answer.at - pressedAt);
    await caller.whenAnswered();
    await caller.hangUp();
    await caller.whenEnded();
  }
  await peer.close();
  await relay.close();
  return times;
}

/** baresip answering by itself over UDP: from the INVITE leaving us to its 200 OK arriving. */
export async function measureBaresip(calls: number): Promise<readonly number[]> {
  const phone = await startBaresip(await freePort());
  const caller = await openUdpSipCaller();
  const times: number[] = [];
  for (let i = 0; i < calls; i++) times.push(await caller.call(phone.user, phone.port));
  caller.close();
  await phone.stop();
  return times;
}
