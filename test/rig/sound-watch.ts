import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import type { Asterisk } from './asterisk.ts';

/** Watches the sound of the one call of a seat at both ends. */
export type SoundWatch = {
  /**
   * Waits until sound passes in both directions and gives how long that took, in milliseconds. Rejects after `msMax`.
   * At the seat sound that is heard counts (energy of what is played), at the switch packets that arrive.
   */
  bothWays(msMax: number): Promise<number>;
};

/** Two looks this far apart tell whether something came in between: ten packets of 20 ms. */
const lookMs = 200;

/** The phone page's connections are kept by a script that `openSeat` puts in before any page. */
export const keepConnections = `
  globalThis.keptConnections = [];
  globalThis.RTCPeerConnection = new Proxy(RTCPeerConnection, {
    construct: (target, args) => {
      const connection = Reflect.construct(target, args);
      globalThis.keptConnections.push(connection);
      return connection;
    },
  });`;

/** `energy` of what is played, or `packets` of sound that arrive: a page that plays nothing has no energy. */
export type Heard = 'energy' | 'packets';

const heardInPage = (heard: Heard) => `(async () => {
  let sum = 0;
  for (const connection of globalThis.keptConnections) {
    if (connection.signalingState === 'closed') continue;
    for (const report of (await connection.getStats()).values()) {
      if (report.type === 'inbound-rtp' && report.kind === 'audio') sum += report.${heard === 'energy' ? 'totalAudioEnergy' : 'packetsReceived'} ?? 0;
    }
  }
  return sum;
})()`;

/** Starts watching; the channel is the seat's at the switch. */
export async function watchSound(
  page: Page,
  asterisk: Asterisk,
  channel: string,
  heard: Heard = 'energy',
): Promise<SoundWatch> {
  const atSeat = async () => z.number().parse(await page.evaluate(heardInPage(heard)));
  const atSwitch = async () => receivedPackets(await asterisk.command('pjsip show channelstats'), channel);
  const least = heard === 'energy' ? 1e-4 : 3;
  await atSwitch();
  return {
    bothWays: async (msMax) => {
      const begun = performance.now();
      let before = { atSeat: await atSeat(), atSwitch: await atSwitch() };
      for (;;) {
        await pause(lookMs);
        const now = { atSeat: await atSeat(), atSwitch: await atSwitch() };
        const isHeard = now.atSeat - before.atSeat >= least;
        const isSent = now.atSwitch - before.atSwitch >= 3;
        const tookMs = Math.round(performance.now() - begun);
        if (isHeard && isSent) return tookMs;
        if (tookMs > msMax) {
          const gone = [isHeard ? '' : 'the seat hears nothing', isSent ? '' : 'the switch gets nothing'];
          throw new Error(`${gone.filter(Boolean).join(', ')} after ${tookMs} ms`);
        }
        before = now;
      }
    },
  };
}

/** The packets received on a channel, from Asterisk's table: bridge, channel, up time, codec, then the receive count. */
function receivedPackets(table: string, channel: string): number {
  // The table cuts the channel's name: PJSIP/6001-00000001 stands there as 6001-00000001.
  const name = channel.replace('PJSIP/', '');
  const line = table.split('\n').find((each) => each.includes(name));
  const count = line
    ?.slice(line.indexOf(name) + name.length)
    .trim()
    .split(/\s+/)[2];
  if (count === undefined || !/^\d+$/.test(count)) throw new Error(`no count of ${channel} in:\n${table}`);
  return Number(count);
}
