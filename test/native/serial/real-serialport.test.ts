import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SerialLine, startSerialLine } from '../../rig/serial-line.ts';
import { compiledProfile, type LinkBench, startLinkBench } from './link-bench.ts';

let line: SerialLine;
let bench: LinkBench | undefined;

beforeEach(async () => {
  line = await startSerialLine();
});
afterEach(async () => {
  await bench?.link.close();
  bench = undefined;
  await line.stop();
});

async function start(profile: string): Promise<LinkBench> {
  bench = startLinkBench(await compiledProfile(profile), line.path);
  return bench;
}

/** Profile, what the device sends, what that means, a lamp, and what the host writes for it. */
const bothWays: readonly (readonly [string, string, string, string, string])[] = [
  ['generic-ascii-keypad', '35', '{"key":"5","edge":"press"', '', ''],
  ['eao-panel', '02 00 01 00 00 03 00', '{"key":"1","edge":"press"', 'ringing', '01 4C 01 00 03 00'],
  ['saber-panel', '24 30 37 0D 0A', '{"key":"07","edge":"press"}', '', ''],
  ['viking-vx', '3F 05', '{"key":"5","edge":"press"}', '3', '06 03 01'],
  ['lcus-relay', '', '', '1', 'A0 01 01 A2'],
];

describe('the real serialport on a pty', { timeout: 60_000 }, () => {
  for (const [id, rx, event, lamp, tx] of bothWays) {
    it(`${id} both ways`, async () => {
      await line.plug();
      const { link, waitFor } = await start(id);
      await waitFor('state ready');
      if (rx !== '') line.send(rx);
      await waitFor(event);
      if (lamp !== '') {
        expect(link.wish(lamp, 'on')).toBe(true);
        await line.waitForHost(tx);
      }
      expect(link.wish('no-such-lamp', 'on')).toBe(false);
    });
  }

  it('init, acknowledgements both ways, a repeated command, heartbeat frames', async () => {
    await line.plug();
    const { link, said, waitFor } = await start('generic-key-lamp-panel');
    await line.waitForHost('02 56 00 00 56');
    line.send('06 02 56 02 09 5D');
    await waitFor('state ready');
    // Every lamp is told at the start, each waits for its acknowledgement: refused once, then taken.
    await line.waitForHost('02 4C 01 00 4D');
    line.clear();
    line.send('15');
    await line.waitForHost('02 4C 01 00 4D');
    line.clear();
    line.send('06');
    await line.waitForHost('02 4C 02 00 4E');
    line.clear();
    line.send('02 4B 03 01 49');
    await waitFor('{"key":"3","edge":"press","action":"hold"}');
    await line.waitForHost('06');
    expect(link.wish('ringing', 'fast')).toBe(true);
    expect(said.slice(0, 3)).toEqual(['state opening', '{"status":"firmware 2.9"}', 'state ready']);
  });

  it('a device that acknowledges nothing is given up in words', async () => {
    await line.plug();
    const { waitFor } = await start('generic-key-lamp-panel');
    await line.waitForHost('02 56 00 00 56');
    line.send('06 02 56 02 09 5D');
    await waitFor('state ready');
    await waitFor('trouble sending a command: no acknowledgement, 3 time(s) in a row');
    await waitFor('state lost');
  });

  it('unplugged without traffic: noticed, found again as another pty, lamps replayed', async () => {
    await line.plug();
    const { link, said, waitFor } = await start('viking-vx');
    await waitFor('state ready');
    link.wish(2, 'on');
    await line.waitForHost('06 02 01');
    await line.unplug();
    await waitFor('state lost');
    line.clear();
    const since = said.length;
    await line.plug();
    await waitFor('state ready', since);
    await line.waitForHost('06 01 00 06 02 01 06 03 00');
    line.send('3F 09');
    await waitFor('{"key":"9","edge":"press"}', since);
    expect(said.filter((one) => one === 'state lost')).toHaveLength(1);
  });

  it('unplugged in the middle of a frame and of writing: the half frame and the held key are void', async () => {
    await line.plug();
    const { link, said, waitFor } = await start('saber-panel');
    await waitFor('state ready');
    line.send('24 30 31 0D 0A 24 30'.replaceAll("'", ''));
    await waitFor('{"key":"01","edge":"press"');
    await line.unplug();
    await waitFor('state lost');
    await waitFor('{"key":"01","edge":"release"');
    const since = said.length;
    await line.plug();
    await waitFor('state ready', since);
    line.send('32 0D 0A 24 30 33 0D 0A');
    await waitFor('{"key":"03","edge":"press"', since);
    expect(said.slice(since).filter((one) => one.includes('"02"'))).toEqual([]);
    expect(link.wish(1, 'on')).toBe(false);
  });

  it('unplugged while lamps flash: written to and lost once', async () => {
    await line.plug();
    const { link, said, waitFor } = await start('eao-panel');
    await waitFor('state ready');
    for (const lamp of [1, 2, 3, 4]) link.wish(lamp, 'fast');
    await line.waitForHost('01 4C 0F 00 03 00');
    await line.unplug();
    await waitFor('state lost');
    const since = said.length;
    await line.plug();
    await waitFor('state ready', since);
    expect(said.filter((one) => one === 'state lost')).toHaveLength(1);
  });

  it('at close the relay falls off', async () => {
    await line.plug();
    const { link, waitFor } = await start('lcus-relay');
    await waitFor('state ready');
    link.wish('ringing', 'on');
    await line.waitForHost('A0 01 01 A2');
    line.clear();
    await link.close();
    await line.waitForHost('A0 01 00 A1');
  });

  it('a port that is not there is waited for', async () => {
    const { waitFor } = await start('viking-vx');
    await waitFor('state cannot-open');
    await line.plug();
    await waitFor('state ready');
  });

  it('a flood is dropped and told of, and the line lives on', async () => {
    await line.plug();
    const { waitFor, said } = await start('viking-vx');
    await waitFor('state ready');
    line.send('FF'.repeat(60_000));
    await waitFor('trouble reading: the device floods the line');
    expect(said.length).toBeLessThan(20);
  });
});
