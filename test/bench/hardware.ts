import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { forkChild } from '../../native/device-child.ts';
import { type DeviceProcess, startDeviceProcess } from '../../native/device-client.ts';
import { parseReportDescriptor } from '../../native/hid/report-descriptor.ts';
import { RecordDecoder } from '../../native/smdr/record-decoder.ts';
import { shippedLayouts } from '../../native/smdr/shipped-layouts.ts';
import { type MockDevice, type MockHeadset, startMockHeadset } from '../rig/mock-headset.ts';
import type { Bench, BenchResult } from './bench.ts';
import { type Spread, spread } from './percentile.ts';
import { hookUp, measurePresses } from './presses.ts';
import { type ConsoleProcess, consoleProcesses, processorSeconds } from './process-tree.ts';

const recordings = new URL('../recordings/', import.meta.url);
const headsetFile = 'hid/047f-c056-plantronics-blackwire-3220.telephony.json';

/** Lines of each layout; a large site prints so many in a day. */
const smdrLines = 40_000;
/** What a serial port or a socket gives at a time. */
const chunkBytes = 4_096;
/** A flood, and how long it is measured once the device process has found out. */
const floodPerSecond = 4_000;
const floodSeconds = 8;
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
function measureDescriptorParse(): Spread {
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
  return spread(times, 3);
}

async function measureDevices(
  say: (line: string) => void,
): Promise<BenchResult['figures'] & Pick<BenchResult, 'peers'>> {
  const mock = await startMockHeadset({ isDirect: true });
  const devices = startDeviceProcess({
    simulated: false,
    log: (_level, message) => say(message),
    fork: forkChild({ ...process.env, ...mock.env }),
  });
  try {
    const headset: MockDevice = readJson(headsetFile);
    await mock.plug(headset, 0);
    await opened(devices, 1);
    const { ours: reportToCommand, ...presses } = await measurePresses(mock, devices);
    const loadAverage = loadavg()[0];
    for (const [who, { p50, p99 }] of Object.entries({ 'report to command': reportToCommand, ...presses })) {
      say(`${who}: p50 ${p50} ms, p99 ${p99} ms`);
    }
    for (let n = 1; n < idleDevices; n += 1) await mock.plug({ ...headset, serial: `BENCH${n}` }, n);
    await opened(devices, idleDevices);
    const deviceProcess = consoleProcesses(process.pid, 'no profile').find(({ role }) => role === 'devices');
    if (deviceProcess === undefined) throw new Error('the device process is not there');
    const idleCpuPercent = await measureIdle(deviceProcess);
    const nodeHidIdleCpuPercent = await measureNodeHidIdle(mock);
    say(`${idleDevices} idle devices: ${idleCpuPercent} % of a core, node-hid alone ${nodeHidIdleCpuPercent} %`);
    const floodCpuPercent = await measureFlood(mock, deviceProcess);
    say(`device process while one of them says ${floodPerSecond} reports a second: ${floodCpuPercent} % of a core`);
    return {
      reportToCommand,
      loadAverage,
      idleCpuPercent,
      idleDevices,
      floodCpuPercent,
      peers: { ...presses, nodeHidIdleCpuPercent },
    };
  } finally {
    await devices.close();
    await mock.stop();
  }
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

/** Share of one core a process takes while nothing happens. */
async function measureIdle(one: ConsoleProcess): Promise<number> {
  await setTimeout(settleMs);
  return cpuPercent(one, idleMs);
}

/** The same of a program that has the same devices open through node-hid and does nothing else. */
async function measureNodeHidIdle(mock: MockHeadset): Promise<number> {
  const program = fileURLToPath(new URL('hid-idle.ts', import.meta.url));
  const paths = Array.from({ length: idleDevices }, (_, n) => `/dev/hidraw${n}`);
  const child = fork(program, paths, { env: { ...process.env, ...mock.env } });
  try {
    await once(child, 'message');
    return await measureIdle({ pid: child.pid ?? 0, role: 'other', command: program });
  } finally {
    const ended = once(child, 'exit');
    child.disconnect();
    await ended;
  }
}

/** The same of the device process while a device says one report again and again. */
async function measureFlood(mock: MockHeadset, deviceProcess: ConsoleProcess): Promise<number> {
  const over = mock.flood(0, { reports: [hookUp], perSecond: floodPerSecond, seconds: floodSeconds });
  const percent = await cpuPercent(deviceProcess, (floodSeconds - 1) * 1000);
  await over;
  return percent;
}

async function cpuPercent(one: ConsoleProcess, ms: number): Promise<number> {
  const before = processorSeconds(one);
  const startedAt = performance.now();
  // Not a wait for something to happen: the time itself is what is measured.
  await setTimeout(ms);
  const seconds = (performance.now() - startedAt) / 1000;
  return Math.round(((processorSeconds(one) - before) / seconds) * 10_000) / 100;
}

function readJson(path: string) {
  return JSON.parse(readFileSync(new URL(path, recordings), 'utf8'));
}
