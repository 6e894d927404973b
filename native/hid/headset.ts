import type { DeviceInfo } from '../../core/device-api.ts';
import { type LampName, type Lamps, lampName } from '../../core/key.ts';
import type { KeyLamp } from '../../core/key-face.ts';
import type { Clock } from '../clock.ts';
import type { DeviceListener, DeviceOpening, SeatDevice } from '../device.ts';
import { headsetRow, noQuirks } from '../models/headset-rows.ts';
import { dueAtMs, type HeadsetInput, isShown, restingHeadset, stepHeadset } from './headset-model.ts';
import { type HeadsetEffect, type HeadsetState, openedHeadset } from './headset-state.ts';
import { statusReadEveryMs } from './headset-timing.ts';
import type { HidOpening, HidPort, HidPortListener } from './hid-bus.ts';
import type { TelephonyMap } from './telephony.ts';
import { timedWrite } from './timed-write.ts';

/** A write that takes longer is stuck: Bluetooth needs some 100 ms, a libuv thread must not be held for ever. */
export const writeTimeoutMs = 2_000;
/** Closing waits this long for the lamps to go dark: six reports, 15 ms apart, and a slow device. */
export const closeFlushMs = 400;
/** One failed write is a hiccup of the bus; the next re-assertion repairs it. Three in a row are a dead device. */
export const failedWritesMax = 3;

/** What a headset is made of. `open` opens its port; `lamps` is what it shall show from the start. */
export type HeadsetParts = {
  readonly info: DeviceInfo;
  readonly map: TelephonyMap;
  readonly lamps: Lamps;
  readonly clock: Clock;
  readonly listener: DeviceListener;
  open(listener: HidPortListener): Promise<HidOpening>;
};

/** Opens a headset and keeps it showing what the seat wishes: the shell around headset-model.ts. */
export async function openHeadset(parts: HeadsetParts): Promise<DeviceOpening> {
  const headset = new Headset(parts);
  const opening = await parts.open(headset);
  return opening.kind === 'refused' ? opening : headset.start(opening.port);
}

/** The keys and lamps of a map as DeviceInfo lists them, each name once. */
export function capabilitiesOf(map: TelephonyMap): { readonly keys: string[]; readonly lamps: LampName[] } {
  const lamps = map.lamps.flatMap((lamp) => {
    const known = lampName.safeParse(lamp.role);
    return known.success ? [known.data] : [];
  });
  return { keys: [...new Set(map.keys.map((key) => key.name))], lamps: [...new Set(lamps)] };
}

/** `opening` until it has its port; `closing` while the lamps go dark; in `over` nothing is called any more. */
type Phase = 'opening' | 'open' | 'closing' | 'over';

class Headset implements SeatDevice, HidPortListener {
  readonly #listener: DeviceListener;
  readonly #clock: Clock;
  #info: DeviceInfo;
  #state: HeadsetState;
  #port: HidPort | undefined;
  #phase: Phase = 'opening';
  #failedWrites = 0;
  #endDetail = '';
  #cancelDue = (): void => undefined;
  #cancelRead = (): void => undefined;
  #tellShown = (): void => undefined;

  constructor({ info, map, lamps, clock, listener }: HeadsetParts) {
    this.#info = info;
    this.#clock = clock;
    this.#listener = listener;
    const quirks = headsetRow(info.vendorId, info.productId)?.quirks ?? noQuirks;
    this.#state = openedHeadset(map, quirks, lamps, clock.nowMs());
  }

  get info(): DeviceInfo {
    return this.#info;
  }

  start(port: HidPort): DeviceOpening {
    this.#port = port;
    if (this.#phase === 'over') {
      void this.#letGo('closing a device that ended while it was opened');
      return { kind: 'refused', problem: 'cannot-open', detail: this.#endDetail };
    }
    this.#phase = 'open';
    this.#take({ kind: 'due' });
    void this.#readStatuses(port);
    return { kind: 'open', device: this };
  }

  tryLamp(lamp: string, state: KeyLamp): void {
    const known = lampName.safeParse(lamp);
    if (known.success && state !== 'off') this.#take({ kind: 'try', lamp: known.data });
  }

  show(lamps: Lamps): void {
    this.#take({ kind: 'show', lamps });
  }

  onReport(bytes: Uint8Array): void {
    this.#take({ kind: 'report', bytes });
  }

  onClosed(reason: 'unplugged' | 'failed', detail: string): void {
    const wasOpen = this.#phase === 'open';
    this.#phase = 'over';
    this.#endDetail = detail;
    this.#cancelDue();
    this.#cancelRead();
    this.#tellShown();
    if (!wasOpen) return;
    // hidapi keeps the handle of a pulled device until it is closed.
    void this.#letGo(`closing after ${reason}`);
    this.#listener.onGone(reason, detail);
  }

  async close(): Promise<void> {
    if (this.#phase !== 'open') return;
    this.#phase = 'closing';
    this.#cancelRead();
    this.#state = restingHeadset(this.#state, this.#clock.nowMs());
    const dark = new Promise<void>((resolve) => {
      const cancel = this.#clock.after(closeFlushMs, resolve);
      this.#tellShown = () => {
        cancel();
        resolve();
      };
    });
    this.#take({ kind: 'due' });
    await dark;
    this.#phase = 'over';
    this.#cancelDue();
    await this.#letGo('closing');
  }

  /** One step of the model and what follows from it. A key press is told before this returns. */
  #take(input: HeadsetInput): void {
    const port = this.#port;
    if (port === undefined || this.#phase === 'over') return;
    const [next, effects] = stepHeadset(this.#state, input, this.#clock.nowMs());
    this.#state = next;
    for (const effect of effects) this.#perform(port, effect);
    this.#cancelDue();
    const due = dueAtMs(this.#state);
    if (due !== undefined) {
      const waitMs = Math.max(0, due - this.#clock.nowMs());
      this.#cancelDue = this.#clock.after(waitMs, () => this.#take({ kind: 'due' }));
    }
    if (isShown(this.#state)) this.#tellShown();
  }

  #perform(port: HidPort, effect: HeadsetEffect): void {
    if (effect.kind === 'write') {
      void this.#write(port, effect.report);
      return;
    }
    if (this.#phase !== 'open') return; // While closing nothing is called back.
    if (effect.kind === 'press') {
      this.#listener.onKey(effect.press);
      return;
    }
    const { info } = this;
    this.#info = effect.kind === 'told' ? { ...info, ...effect.told } : { ...info, isBusyElsewhere: effect.isBusy };
    this.#listener.onInfo(this.#info);
  }

  /** Asks for what the device tells only when asked: its battery, as a rule. */
  async #readStatuses(port: HidPort): Promise<void> {
    const { map } = this.#state;
    const wanted = map.statuses.filter(({ direction }) => direction === 'feature').map(({ reportId }) => reportId);
    if (wanted.length === 0 || port.readFeature === undefined) return;
    for (const reportId of new Set(wanted)) {
      const length = map.reports.find((report) => report.direction === 'feature' && report.reportId === reportId);
      try {
        const bytes = await port.readFeature(reportId, 1 + Math.ceil((length?.bits ?? 0) / 8));
        this.#take({ kind: 'feature', bytes });
      } catch (error) {
        if (this.#phase !== 'open') return;
        // It has no answer now (off, out of reach): asked again later.
        this.#listener.onTrouble('asking for the battery', error instanceof Error ? error.message : String(error));
      }
    }
    if (this.#phase !== 'open') return;
    this.#cancelRead = this.#clock.after(statusReadEveryMs, () => void this.#readStatuses(port));
  }

  async #write(port: HidPort, report: Uint8Array): Promise<void> {
    const outcome = await timedWrite(port.write(report), this.#clock, writeTimeoutMs);
    if (this.#phase === 'over') return;
    this.#failedWrites = outcome.kind === 'written' ? 0 : this.#failedWrites + 1;
    const detail = outcome.kind === 'written' ? '' : outcome.detail;
    if (outcome.kind !== 'written') this.#listener.onTrouble('writing a lamp report', detail);
    if (this.#failedWrites >= failedWritesMax) this.onClosed('failed', detail);
    else this.#take({ kind: 'written' });
  }

  async #letGo(doing: string): Promise<void> {
    try {
      await this.#port?.close();
    } catch (error) {
      this.#listener.onTrouble(doing, error instanceof Error ? error.message : String(error));
    }
  }
}
