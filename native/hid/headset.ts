import type { DeviceInfo } from '../../core/device-api.ts';
import { type LampName, type Lamps, lampName } from '../../core/key.ts';
import type { Clock } from '../clock.ts';
import type { DeviceListener, SeatDevice } from '../device.ts';
import { headsetQuirks } from '../models/headset-quirks.ts';
import { dueAtMs, type HeadsetInput, isShown, restingHeadset, stepHeadset } from './headset-model.ts';
import { openedHeadset } from './headset-state.ts';
import type { HidOpening, HidPort, HidPortListener } from './hid-bus.ts';
import type { TelephonyMap } from './telephony.ts';

/** A write that takes longer is stuck: Bluetooth needs some 100 ms, a libuv thread must not be held for ever. */
export const writeTimeoutMs = 2_000;
/** Closing waits this long for the lamps to go dark: six reports, 15 ms apart, and a slow device. */
export const closeFlushMs = 400;
/** One failed write is a hiccup of the bus; the next re-assertion repairs it. Three in a row are a dead device. */
export const failedWritesMax = 3;

export type HeadsetOpening =
  | { readonly kind: 'open'; readonly device: SeatDevice }
  | Extract<HidOpening, { readonly kind: 'refused' }>;

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
export async function openHeadset(parts: HeadsetParts): Promise<HeadsetOpening> {
  const shell = headsetShell(parts);
  const opening = await parts.open(shell.portListener);
  if (opening.kind === 'refused') return opening;
  shell.start(opening.port);
  return { kind: 'open', device: shell.device };
}

/** The keys and lamps of a map as DeviceInfo lists them, each name once. */
export function capabilitiesOf(map: TelephonyMap): { readonly keys: string[]; readonly lamps: LampName[] } {
  const lamps = map.lamps.flatMap((lamp) => {
    const known = lampName.safeParse(lamp.role);
    return known.success ? [known.data] : [];
  });
  return { keys: [...new Set(map.keys.map((key) => key.name))], lamps: [...new Set(lamps)] };
}

type HeadsetShell = {
  readonly portListener: HidPortListener;
  readonly device: SeatDevice;
  start(port: HidPort): void;
};

function headsetShell({ info, map, lamps, clock, listener }: HeadsetParts): HeadsetShell {
  let state = openedHeadset(map, headsetQuirks(info.vendorId), lamps, clock.nowMs());
  let currentInfo = info;
  let port: HidPort | undefined;
  let phase: 'open' | 'closing' | 'over' = 'open';
  let failedWrites = 0;
  let cancelDue = (): void => undefined;
  let tellShown = (): void => undefined;

  const take = (input: HeadsetInput): void => {
    if (port === undefined || phase === 'over') return;
    const [next, effects] = stepHeadset(state, input, clock.nowMs());
    state = next;
    for (const effect of effects) {
      if (effect.kind === 'write') void write(port, effect.report);
      else if (phase === 'open' && effect.kind === 'press') listener.onKey(effect.press);
      else if (phase === 'open' && effect.kind === 'busy-elsewhere') {
        currentInfo = { ...currentInfo, isBusyElsewhere: effect.isBusy };
        listener.onInfo(currentInfo);
      }
    }
    cancelDue();
    const due = dueAtMs(state);
    if (due !== undefined) cancelDue = clock.after(Math.max(0, due - clock.nowMs()), () => take({ kind: 'due' }));
    if (isShown(state)) tellShown();
  };

  const end = (reason: 'unplugged' | 'failed', detail: string): void => {
    const wasOpen = phase === 'open';
    phase = 'over';
    cancelDue();
    tellShown();
    if (!wasOpen) return;
    listener.onGone(reason, detail);
    // hidapi keeps the handle of a pulled device until it is closed.
    port?.close().catch((error: unknown) => listener.onTrouble(`closing after ${reason}`, String(error)));
  };

  const write = async (to: HidPort, report: Uint8Array): Promise<void> => {
    const error = await writeError(to, report, clock);
    if (phase === 'over') return;
    failedWrites = error === undefined ? 0 : failedWrites + 1;
    if (error !== undefined) listener.onTrouble('writing a lamp report', error);
    if (failedWrites >= failedWritesMax) end('failed', error ?? '');
    else take({ kind: 'written' });
  };

  const close = async (): Promise<void> => {
    if (phase !== 'open') return;
    phase = 'closing';
    state = restingHeadset(state, clock.nowMs());
    const dark = new Promise<void>((resolve) => {
      const cancel = clock.after(closeFlushMs, resolve);
      tellShown = () => {
        cancel();
        resolve();
      };
    });
    take({ kind: 'due' });
    await dark;
    phase = 'over';
    cancelDue();
    await port?.close().catch((error: unknown) => listener.onTrouble('closing', String(error)));
  };

  return {
    portListener: { onReport: (bytes) => take({ kind: 'report', bytes }), onClosed: end },
    device: {
      get info() {
        return currentInfo;
      },
      show: (wish) => take({ kind: 'show', lamps: wish }),
      close,
    },
    start: (opened) => {
      port = opened;
      if (phase === 'open') take({ kind: 'due' });
      else opened.close().catch((error: unknown) => listener.onTrouble('closing', String(error)));
    },
  };
}

/** What went wrong with a write, in words; undefined when nothing did. */
async function writeError(port: HidPort, report: Uint8Array, clock: Clock): Promise<string | undefined> {
  let cancel = (): void => undefined;
  const timeout = new Promise<string>((resolve) => {
    cancel = clock.after(writeTimeoutMs, () => resolve(`The write did not end within ${writeTimeoutMs} ms.`));
  });
  const written = port.write(report).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const outcome = await Promise.race([written, timeout]);
  cancel();
  return outcome;
}
