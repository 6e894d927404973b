import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../core/device-api.ts';
import { forkChild } from '../../native/device-child.ts';
import { startDeviceProcess } from '../../native/device-client.ts';
import { consoleProcesses } from '../bench/process-tree.ts';
import { type MockDevice, startMockHeadset } from '../rig/mock-headset.ts';

const recording = new URL('../recordings/hid/047f-c056-plantronics-blackwire-3220.telephony.json', import.meta.url);
/** Real ones take a second for ten of them on a busy machine; HOOKLINE_REPLUGS=1000 is the long run. */
const replugs = Number(process.env.HOOKLINE_REPLUGS ?? 200);
const atOnce = 10;
/** A handle of hidapi with its thread and buffers is more. What V8 has not yet swept up is less. */
const bytesPerReplugMax = 64 * 1024;

type Held = { readonly files: number; readonly threads: number; readonly bytes: number };

function heldBy(pid: number): Held {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
  return {
    files: readdirSync(`/proc/${pid}/fd`).length,
    threads: readdirSync(`/proc/${pid}/task`).length,
    bytes: kilobytes * 1024,
  };
}

describe.skipIf(!existsSync('/usr/bin/umockdev-wrapper'))('real node-hid', { timeout: 600_000 }, () => {
  it(`holds no file, no thread and no memory of ${replugs} headsets that were plugged in and pulled out`, async () => {
    const mock = await startMockHeadset();
    const devices = startDeviceProcess({
      simulated: false,
      log: () => undefined,
      fork: forkChild({ ...process.env, ...mock.env }),
    });
    const listed = (fits: (list: readonly DeviceInfo[]) => boolean): Promise<void> =>
      new Promise((resolve) => {
        const unwatch = devices.watchDevices((list) => {
          if (!fits(list)) return;
          resolve();
          queueMicrotask(() => unwatch());
        });
      });
    const headset: MockDevice = JSON.parse(readFileSync(recording, 'utf8'));
    const held: Held[] = [];
    try {
      for (let first = 0; first < replugs; first += atOnce) {
        for (let n = 0; n < atOnce; n += 1) await mock.plug({ ...headset, serial: `R${n}` }, first + n);
        await listed((list) => list.filter(({ state }) => state.kind === 'open').length === atOnce);
        const pid = consoleProcesses(process.pid, 'none').find(({ role }) => role === 'devices')?.pid ?? Number.NaN;
        held.push(heldBy(pid));
        for (let n = 0; n < atOnce; n += 1) await mock.unplug(first + n);
        await listed((list) => list.length === 0);
      }
    } finally {
      await devices.close();
      await mock.stop();
    }
    // The first rounds compile code and open what stays open.
    const [from, to] = [held[Math.floor(held.length / 4)], held.at(-1)];
    if (from === undefined || to === undefined) throw new Error('nothing was measured');
    const perReplug = (to.bytes - from.bytes) / (replugs * (3 / 4));
    // Two files may belong to work that is under way in this moment.
    const grown = { files: to.files - from.files > 2, threads: to.threads - from.threads > 2 };
    expect({ ...grown, bytes: perReplug > bytesPerReplugMax }).toEqual({ files: false, threads: false, bytes: false });
  });
});
