import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { idleLamps, type KeyEvent } from '../../core/key.ts';
import { stepSeat } from '../../core/seat.ts';
import { newSeat } from '../../core/seat-state.ts';
import { forkChild } from '../../native/device-child.ts';
import { type DeviceProcess, startDeviceProcess } from '../../native/device-client.ts';
import { parseReportDescriptor } from '../../native/hid/report-descriptor.ts';
import { RecordDecoder } from '../../native/smdr/record-decoder.ts';
import { shippedLayouts } from '../../native/smdr/shipped-layouts.ts';
import { type MockDevice, type MockHeadset, startMockHeadset } from '../rig/mock-headset.ts';
import type { Bench, BenchResult } from './bench.ts';
import { consoleProcesses, processorSeconds } from './process-tree.ts';

const recordings = new URL('../recordings/', import.meta.url);
const headsetFile = 'hid/047f-c056-plantronics-blackwire-3220.telephony.json';

/** Lines of each layout; a large site prints so many in a day. */
const smdrLines = 40_000;
/** What a serial port or a socket gives at a time. */
const chunkBytes = 4_096;
/** Presses of the mute key, after some that let the engine compile. */
const presses = 200;
const warmPresses = 30;
const pressGapMs = 80;
/** Devices of no use to a call, which the device process leaves to the probe (hid-probe.ts). */
const probeFile = 'hid/047f-c056-plantronics-blackwire-3220.consumer.json';
const probeNumbers = { nodeHid: 100, pty: 101 };
/** A flood, and how long it is measured once the device process has found out. */
const floodPerSecond = 4_000;
const floodSeconds = 8;
/** Report 8 of the recorded headset: bit 1 the hook switch, bit 0 the mute key. */
const hookUp = '0802';
const muteDown = '0803';
/** How long a press may take before the bench is broken, not slow. */
const pressWaitMs = 5_000;
const idleDevices = 10;
/** Opening and showing idle are starting, not idling. */
const settleMs = 3_000;
/** Processor time is counted in hundredths of a second: one of them is then 0.05 %. */
const idleMs = 20_000;

/** What may be plugged in: reading it, hearing it, leaving it alone. Devices are umockdev's, through the real node-hid. */
export const bench: Bench = async (say) => {
  const smdr = measureSmdr();
  say(`call records: ${JSON.stringify(smdr)}`);
  const descriptorParse = measureDescriptorParse();
  say(`descriptors: p50 ${descriptorParse.p50} ms`);
  const { peers, ...devices } = existsSync('/usr/bin/umockdev-wrapper') ? await measureDevices(say) : { peers: {} };
  return {
    figures: {
      smdrRecordsPerSecond: Math.min(...Object.values(smdr)),
      smdrRecordsPerSecondByLayout: smdr,
      descriptorParse,
      ...devices,
    },
    peers,
  };
};

/** Lines told a second (a leg of a joined call is one), by layout; the figure is the slowest. */
function measureSmdr(): Readonly<Record<string, number>> {
  const layouts = shippedLayouts();
  const speeds: Record<string, number> = {};
  for (const name of readdirSync(new URL('smdr/', recordings))) {
    const recorded: { readonly layout: string; readonly lines: readonly string[] } = readJson(`smdr/${name}`);
    const layout = layouts.get(recorded.layout);
    if (layout === undefined) throw new Error(`no layout ${recorded.layout}`);
    const times = Math.ceil(smdrLines / recorded.lines.length);
    const bytes = Buffer.from(`${recorded.lines.join('\r\n')}\r\n`.repeat(times), 'latin1');
    const decoder = new RecordDecoder(layout, { today: { year: 2026, month: 11, day: 21 } });
    const startedAt = performance.now();
    let given = 0;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      for (const one of decoder.push(bytes.subarray(at, at + chunkBytes))) given += one.kind === 'record' ? 1 : 0;
    }
    for (const one of decoder.end()) given += one.kind === 'record' ? 1 : 0;
    const seconds = (performance.now() - startedAt) / 1000;
    if (given !== decoder.counts.records) throw new Error('records were lost');
    speeds[recorded.layout] = Math.round(decoder.counts.fitted / seconds);
  }
  return speeds;
}

/** Milliseconds for one report descriptor, over all that were recorded from real devices. */
function measureDescriptorParse(): Fine {
  const descriptors = readdirSync(new URL('hid/', recordings)).flatMap((name) => {
    const recorded: { readonly descriptor_hex?: unknown } = readJson(`hid/${name}`);
    const { descriptor_hex: hex } = recorded;
    return typeof hex === 'string' ? [Uint8Array.from(Buffer.from(hex, 'hex'))] : [];
  });
  const times: number[] = [];
  for (let round = 0; round < 2_000; round += 1) {
    for (const descriptor of descriptors) {
      const startedAt = performance.now();
      const outcome = parseReportDescriptor(descriptor);
      const took = performance.now() - startedAt;
      if (outcome.kind === 'error') throw new Error(outcome.message);
      times.push(took);
    }
  }
  return fine(times);
}

async function measureDevices(
  say: (line: string) => void,
): Promise<BenchResult['figures'] & Pick<BenchResult, 'peers'>> {
  const mock = await startMockHeadset();
  const devices = startDeviceProcess({
    simulated: false,
    log: (_level, message) => say(message),
    fork: forkChild({ ...process.env, ...mock.env }),
  });
  try {
    const headset: MockDevice = readJson(headsetFile);
    await mock.plug(headset, 0);
    await opened(devices, 1);
    const { ours: reportToCommand, ...peers } = await measurePresses(mock, devices);
    const loadAverage = loadavg()[0];
    for (const [who, { p50, p99 }] of Object.entries({ 'report to command': reportToCommand, ...peers })) {
      say(`${who}: p50 ${p50} ms, p99 ${p99} ms`);
    }
    for (let n = 1; n < idleDevices; n += 1) await mock.plug({ ...headset, serial: `BENCH${n}` }, n);
    await opened(devices, idleDevices);
    const idleCpuPercent = await measureIdle();
    say(`device process with ${idleDevices} idle devices: ${idleCpuPercent} % of a core`);
    const floodCpuPercent = await measureFlood(mock);
    say(`device process while one of them says ${floodPerSecond} reports a second: ${floodCpuPercent} % of a core`);
    return { reportToCommand, loadAverage, idleCpuPercent, idleDevices, floodCpuPercent, peers };
  } finally {
    await devices.close();
    await mock.stop();
  }
}

/** Who is measured in each round; see measurePresses. */
const pressWays = ['ours', 'nodeHid', 'nodeHidInProcess', 'pty'] as const;
type PressWay = (typeof pressWays)[number];

/**
 * From the report being written by the device to its key having been stepped through a seat, in the seat's process; one
 * clock for all. The mute key of a headset in a call: it may be pressed again and again without anything else having to
 * change. In the same rounds, so under the same load: a report through node-hid alone, to a program that does nothing
 * else (`nodeHid`), until its parent has heard of it too (`nodeHidInProcess`: the least that a device process of its own
 * costs), and one through the bare pseudo-terminal.
 */
async function measurePresses(mock: MockHeadset, devices: DeviceProcess): Promise<Readonly<Record<PressWay, Fine>>> {
  const times: Record<PressWay, number[]> = { ours: [], nodeHid: [], nodeHidInProcess: [], pty: [] };
  const probe = await startProbe(mock);
  const shown = mock.waitForOutput(({ report }) => report === '1701', pressWaitMs);
  devices.show({ ...idleLamps, isOffHook: true });
  await shown;
  await mock.send(0, hookUp);
  await setTimeout(settleMs);
  for (let press = 0; press < presses + warmPresses; press += 1) {
    const arrived = nextKey(devices);
    const sentNs = await mock.send(0, muteDown);
    const round = { ours: Number((await arrived) - sentNs) / 1e6, ...(await probe.measure()) };
    for (const who of pressWays) if (press >= warmPresses) times[who].push(round[who]);
    await mock.send(0, hookUp);
    // No person presses faster, and what follows sooner is taken for a bouncing key.
    await setTimeout(pressGapMs);
  }
  devices.show(idleLamps);
  probe.stop();
  const { ours, nodeHid, nodeHidInProcess, pty } = times;
  return { ours: fine(ours), nodeHid: fine(nodeHid), nodeHidInProcess: fine(nodeHidInProcess), pty: fine(pty) };
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
  for (const n of Object.values(probeNumbers)) await mock.plug(readJson(probeFile), n);
  const pty = readlinkSync(`${mock.root}/dev/hidraw${probeNumbers.pty}`);
  const child = fork(
    fileURLToPath(new URL('hid-probe.ts', import.meta.url)),
    [`/dev/hidraw${probeNumbers.nodeHid}`, pty],
    { env: { ...process.env, ...mock.env }, serialization: 'advanced' },
  );
  await heard(child, 'ready');
  const one = async (via: ProbeVia): Promise<{ readonly readMs: number; readonly toldMs: number }> => {
    const arrived = heard(child, via);
    const sentNs = await mock.send(probeNumbers[via], '0101');
    const { readNs, toldNs } = await arrived;
    return { readMs: Number(readNs - sentNs) / 1e6, toldMs: Number(toldNs - sentNs) / 1e6 };
  };
  return {
    measure: async () => {
      const nodeHid = await one('nodeHid');
      return { nodeHid: nodeHid.readMs, nodeHidInProcess: nodeHid.toldMs, pty: (await one('pty')).readMs };
    },
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

function opened(devices: DeviceProcess, count: number): Promise<void> {
  return new Promise((resolve) => {
    const unwatch = devices.watchDevices((list) => {
      if (list.filter(({ state }) => state.kind === 'open').length < count) return;
      queueMicrotask(() => unwatch());
      resolve();
    });
  });
}

/** Share of one core the device process takes while nothing happens. */
async function measureIdle(): Promise<number> {
  await setTimeout(settleMs);
  return cpuPercent(idleMs);
}

/** The same while a device says one report again and again. */
async function measureFlood(mock: MockHeadset): Promise<number> {
  const over = mock.flood(0, { reports: [hookUp], perSecond: floodPerSecond, seconds: floodSeconds });
  const percent = await cpuPercent((floodSeconds - 1) * 1000);
  await over;
  return percent;
}

async function cpuPercent(ms: number): Promise<number> {
  const found = consoleProcesses(process.pid, 'no profile').find(({ role }) => role === 'devices');
  if (found === undefined) throw new Error('the device process is not there');
  const before = processorSeconds(found);
  const startedAt = performance.now();
  // Not a wait for something to happen: the time itself is what is measured.
  await setTimeout(ms);
  const seconds = (performance.now() - startedAt) / 1000;
  return Math.round(((processorSeconds(found) - before) / seconds) * 10_000) / 100;
}

type Fine = { readonly p50: number; readonly p95: number; readonly p99: number; readonly count: number };

/** Median and tail in milliseconds, to the microsecond: these times are smaller than those of the other benches. */
function fine(times: readonly number[]): Fine {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (percent: number): number =>
    Math.round((sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN) * 1000) / 1000;
  return { p50: at(50), p95: at(95), p99: at(99), count: times.length };
}

function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(path, recordings), 'utf8'));
}
