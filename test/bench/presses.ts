import { type ChildProcess, fork } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { idleLamps, type KeyEvent } from '../../core/key.ts';
import { stepSeat } from '../../core/seat.ts';
import { newSeat } from '../../core/seat-state.ts';
import type { DeviceProcess } from '../../native/device-client.ts';
import type { MockHeadset } from '../rig/mock-headset.ts';
import { type Spread, spread } from './percentile.ts';

/** Presses of the mute key, after some that let the engine compile: so many that the hundredth part is told by four. */
const presses = 400;
const warmPresses = 30;
const pressGapMs = 80;
/** A real device takes no time of the machine it is plugged into: the rig lets a press pass before it tells of it. */
const stillMs = 20;
/** Devices of no use to a call, which the device process leaves to the probe (hid-probe.ts). */
const probeFile = '047f-c056-plantronics-blackwire-3220.consumer.json';
const probeNumbers = { nodeHid: 100, pty: 101 };
/** Report 8 of the recorded headset: bit 1 the hook switch, bit 0 the mute key. */
export const hookUp = '0802';
const muteDown = '0803';
/** How long a press may take before the bench is broken, not slow. */
const pressWaitMs = 5_000;
/** Showing a call on the headset is not pressing it. */
const settleMs = 3_000;

/** Who is measured in each round; see measurePresses. */
export type PressWay = 'ours' | 'nodeHid' | 'nodeHidInProcess' | 'pty';
/** Milliseconds of one press, by each way it was measured. */
type PressTimes = readonly (readonly [PressWay, number])[];

/**
 * From the report being written by the device to its key having been stepped through a seat, in the seat's process; one
 * clock for all. The mute key of a headset in a call: it may be pressed again and again without anything else having to
 * change. In the same rounds, so under the same load: a report through node-hid alone, to a program that does nothing
 * else (`nodeHid`), until its parent has heard of it too (`nodeHidInProcess`: the least that a device process of its own
 * costs), and one through the bare pseudo-terminal. Who comes first in a round wakes the machine for the others, so the
 * rounds take turns at that.
 */
export async function measurePresses(
  mock: MockHeadset,
  devices: DeviceProcess,
): Promise<Readonly<Record<PressWay, Spread>>> {
  const times: Record<PressWay, number[]> = { ours: [], nodeHid: [], nodeHidInProcess: [], pty: [] };
  const probe = await startProbe(mock);
  const shown = mock.waitForOutput(({ report }) => report === '1701', pressWaitMs);
  devices.show({ ...idleLamps, isOffHook: true });
  await shown;
  await mock.send(0, hookUp);
  await setTimeout(settleMs);
  for (let press = 0; press < presses + warmPresses; press += 1) {
    const measures = [() => pressOurs(mock, devices), probe.measureNodeHid, probe.measurePty];
    const first = press % measures.length;
    const round = new Map<PressWay, number>();
    for (const measure of [...measures.slice(first), ...measures.slice(0, first)]) {
      for (const [who, ms] of await measure()) round.set(who, ms);
    }
    if (press >= warmPresses) for (const [who, ms] of round) times[who].push(ms);
    await mock.send(0, hookUp);
    // No person presses faster, and what follows sooner is taken for a bouncing key.
    await setTimeout(pressGapMs);
  }
  devices.show(idleLamps);
  probe.stop();
  const inMicroseconds = (who: PressWay): Spread => spread(times[who], 3);
  return {
    ours: inMicroseconds('ours'),
    nodeHid: inMicroseconds('nodeHid'),
    nodeHidInProcess: inMicroseconds('nodeHidInProcess'),
    pty: inMicroseconds('pty'),
  };
}

async function pressOurs(mock: MockHeadset, devices: DeviceProcess): Promise<PressTimes> {
  const arrived = nextKey(devices);
  const sentNs = await mock.send(0, muteDown, stillMs);
  return [['ours', Number((await arrived) - sentNs) / 1e6]];
}

function nextKey(devices: DeviceProcess): Promise<bigint> {
  const seat = newSeat(0, 'practice');
  return new Promise((resolve, reject) => {
    const limit = globalThis.setTimeout(() => reject(new Error('the press did not arrive')), pressWaitMs);
    const unwatch = devices.watchKeys(({ press }: KeyEvent) => {
      stepSeat(seat, { kind: 'key', press, at: 0, newCallId: 'bench' });
      const atNs = process.hrtime.bigint();
      clearTimeout(limit);
      unwatch();
      resolve(atNs);
    });
  });
}

type ProbeVia = keyof typeof probeNumbers;
type ProbeMessage = { readonly via: ProbeVia | 'ready'; readonly atNs: bigint };

async function startProbe(mock: MockHeadset) {
  for (const n of Object.values(probeNumbers)) await mock.plug(probeFile, n);
  const pty = readlinkSync(`${mock.root}/dev/hidraw${probeNumbers.pty}`);
  const child = fork(
    fileURLToPath(new URL('hid-probe.ts', import.meta.url)),
    [`/dev/hidraw${probeNumbers.nodeHid}`, pty],
    { env: { ...process.env, ...mock.env }, serialization: 'advanced' },
  );
  await heard(child, 'ready');
  const one = async (via: ProbeVia): Promise<{ readonly readMs: number; readonly toldMs: number }> => {
    const arrived = heard(child, via);
    const sentNs = await mock.send(probeNumbers[via], '0101', stillMs);
    const { readNs, toldNs } = await arrived;
    return { readMs: Number(readNs - sentNs) / 1e6, toldMs: Number(toldNs - sentNs) / 1e6 };
  };
  return {
    measureNodeHid: async (): Promise<PressTimes> => {
      const { readMs, toldMs } = await one('nodeHid');
      return [
        ['nodeHid', readMs],
        ['nodeHidInProcess', toldMs],
      ];
    },
    measurePty: async (): Promise<PressTimes> => [['pty', (await one('pty')).readMs]],
    stop: () => child.disconnect(),
  };
}

/** When the probe read it, and when its word of that was here. */
type Heard = { readonly readNs: bigint; readonly toldNs: bigint };

function heard(child: ChildProcess, wanted: ProbeMessage['via']): Promise<Heard> {
  return new Promise((resolve, reject) => {
    const limit = globalThis.setTimeout(() => reject(new Error(`the probe does not tell ${wanted}`)), pressWaitMs);
    const take = ({ via, atNs }: ProbeMessage): void => {
      if (via !== wanted) return;
      const toldNs = process.hrtime.bigint();
      clearTimeout(limit);
      child.off('message', take);
      resolve({ readNs: atNs, toldNs });
    };
    child.on('message', take);
  });
}
