import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PhoneReport } from '../../../core/console-api.ts';
import { type Hid, settleMs, type WebHidWatch, watchWebHid } from '../../../renderer/phone/webhid.ts';

type Devices = Awaited<ReturnType<Hid['getDevices']>>;

/** A browser's HID with devices that come and go. */
function fakeHid() {
  const listeners = new Set<() => void>();
  const state: { devices: Devices; isBroken: boolean } = { devices: [], isBroken: false };
  const hid: Hid = {
    getDevices: async () => {
      if (state.isBroken) throw new Error('SecurityError');
      return state.devices;
    },
    addEventListener: (_event, listener) => void listeners.add(listener),
    removeEventListener: (_event, listener) => void listeners.delete(listener),
  };
  const change = (devices: Devices): void => {
    state.devices = devices;
    for (const listener of listeners) listener();
  };
  return { hid, state, change, listeners };
}

const headset = {
  vendorId: 0x047f,
  productId: 0xc056,
  productName: 'Blackwire',
  collections: [
    {
      usagePage: 11,
      usage: 5,
      type: 1,
      inputReports: [
        { reportId: 8, items: [{ isAbsolute: false, usages: [0x0b002f], reportSize: 1, reportCount: 1 }] },
      ],
    },
  ],
};

let reports: PhoneReport[];
let troubles: string[];
const watch = (hid: Hid | undefined, platform = 'Win32'): WebHidWatch =>
  watchWebHid({
    hid,
    platform,
    report: (report) => reports.push(report),
    onTrouble: (what) => troubles.push(what),
  });
const named = (): unknown =>
  reports.map((report) => report.kind === 'hid-collections' && report.collections.map((device) => device.productName));

beforeEach(() => {
  vi.useFakeTimers();
  reports = [];
  troubles = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what headsets’ reports mean', () => {
  it('is reported at the start, whole, with what the browser leaves out filled in', async () => {
    const { hid, state } = fakeHid();
    state.devices = [headset];
    watch(hid);
    await vi.advanceTimersByTimeAsync(0);
    const item = {
      isAbsolute: false,
      isArray: false,
      isConstant: false,
      isRange: false,
      hasNull: false,
      usages: [0x0b002f],
      usageMinimum: null,
      usageMaximum: null,
      reportSize: 1,
      reportCount: 1,
      logicalMinimum: 0,
      logicalMaximum: 0,
    };
    const [top] = headset.collections;
    const inputReports = [{ reportId: 8, items: [item] }];
    const collections = [{ ...top, inputReports, outputReports: [], featureReports: [], children: [] }];
    expect(reports).toEqual([{ kind: 'hid-collections', collections: [{ ...headset, collections }] }]);
  });

  it('is reported again once when a device comes in parts, and not when nothing changed', async () => {
    const { hid, change } = fakeHid();
    watch(hid);
    await vi.advanceTimersByTimeAsync(0);
    change([headset]);
    await vi.advanceTimersByTimeAsync(settleMs / 2);
    change([headset, { ...headset, productName: 'Second' }]);
    await vi.advanceTimersByTimeAsync(settleMs);
    change([headset, { ...headset, productName: 'Second' }]);
    await vi.advanceTimersByTimeAsync(settleMs);
    change([]);
    await vi.advanceTimersByTimeAsync(settleMs);
    expect(named()).toEqual([[], ['Blackwire', 'Second'], []]);
  });

  it('is told once more to a seat process that was started anew', async () => {
    const { hid, state } = fakeHid();
    state.devices = [headset];
    const { repeat } = watch(hid);
    await vi.advanceTimersByTimeAsync(0);
    repeat();
    await vi.advanceTimersByTimeAsync(0);
    expect(named()).toEqual([['Blackwire'], ['Blackwire']]);
  });

  it('leaves out a device that describes itself beyond all measure', async () => {
    const { hid, state } = fakeHid();
    const usages = Array.from({ length: 5000 }, () => 1);
    const inputReports = [{ reportId: 1, items: [{ usages, reportSize: 1, reportCount: 1 }] }];
    state.devices = [
      { ...headset, productName: 'Huge', collections: [{ usagePage: 11, usage: 5, inputReports }] },
      headset,
    ];
    watch(hid);
    await vi.advanceTimersByTimeAsync(0);
    expect([named(), troubles.length]).toEqual([[['Blackwire']], 1]);
  });

  it('is not read on Linux, nor where there is no WebHID; a refusal is told and harms nothing', async () => {
    const { hid, state, listeners } = fakeHid();
    state.devices = [headset];
    watch(hid, 'Linux x86_64').stop();
    watch(undefined).repeat();
    state.isBroken = true;
    const seen = watch(hid, 'MacIntel');
    await vi.advanceTimersByTimeAsync(0);
    expect([reports, troubles.length, listeners.size]).toEqual([[], 1, 1]);
    seen.stop();
    expect(listeners.size).toBe(0);
  });
});
