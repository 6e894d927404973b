import type { Frame } from 'playwright-core';
import { startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { isFirstInvite, startSipRelay } from '../rig/sip-relay.ts';
import type { Bench } from './bench.ts';
import { spread } from './percentile.ts';

/** How many callers ring. */
const calls = 60;

/** The first calls of a fresh page run code nobody has compiled yet; they are measured and shown apart, as in answer.ts. */
const firstCalls = 3;

/** Between two callers, in milliseconds: what the last one left to do (its ring, its end in the lists) is not this one's. */
const betweenMs = 250;

/**
 * Runs in the desk: resolves with the time at which the card of a ringing caller was painted. The change of the card is
 * seen in the same task that makes it; the next animation frame draws it; the message after that frame comes when the
 * frame has been handed over. Milliseconds since the epoch, on the page's monotonic clock.
 */
const whenPainted = `new Promise((resolve) => {
  const card = document.querySelector('#card');
  const look = () => {
    if (card.dataset.state !== 'ringing' || card.querySelector('h2') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => resolve(performance.timeOrigin + performance.now());
      port2.postMessage(null);
    });
  };
  const observer = new MutationObserver(look);
  observer.observe(card, { attributes: true, childList: true, subtree: true });
})`;

/** From the INVITE on the wire to the painted call card, with the caller's name on it. */
export const bench: Bench = async (say) => {
  const asterisk = await startAsterisk();
  const relay = await startSipRelay(asterisk.wsUrl);
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  const seat = await openSeat({ account: { ...account, server: relay.url } });
  await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  const frame = deskFrame(seat);
  const times: number[] = [];
  for (let i = 0; i < firstCalls + calls; i++) {
    await new Promise((resolve) => setTimeout(resolve, betweenMs));
    const from = relay.mark();
    const painted = frame.evaluate<number>(whenPainted);
    const caller = await callSeat(asterisk, { endpoint: '6001', name: `Caller ${i}`, number: '1000', toneHz: 600 });
    const invite = await relay.waitFor('the INVITE', (one) => isFirstInvite(one) && one.to === 'seat', { from });
    times.push((await painted) - invite.at);
    await caller.hangUp();
    await caller.whenEnded();
    await seat.desk.locator('#card[data-state=idle]').waitFor();
    if ((i + 1) % 20 === 0) say(`${i + 1} callers rang`);
  }
  await seat.close();
  seat.remove();
  await relay.close();
  await asterisk.stop();
  return {
    figures: { inviteToCard: spread(times.slice(firstCalls)), firstCalls: times.slice(0, firstCalls).map(Math.round) },
    peers: {},
  };
};

function deskFrame(seat: Seat): Frame {
  const frame = seat.page.frames().find((one) => one.url().includes('/desk/'));
  if (frame === undefined) throw new Error('the page has no desk');
  return frame;
}
