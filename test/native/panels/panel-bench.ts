import { plainDevice } from '../../../core/device-api.ts';
import type { KeyFace } from '../../../core/key-face.ts';
import type { DeviceOpening, SeatDevice } from '../../../native/device.ts';
import type { HidPortListener } from '../../../native/hid/hid-bus.ts';
import { openPanel } from '../../../native/panels/panel.ts';
import type { PanelMake } from '../../../native/panels/panel-make.ts';
import { type HandClock, handClock } from '../hand-clock.ts';

/** A face in full; what a test is about stands in `part`. */
export const face = (part: Partial<KeyFace> & Pick<KeyFace, 'keyId'>): KeyFace => ({
  ...{ caption: 'Hold', icon: 'hold', lamp: 'off', tone: 'neutral', isEnabled: true, sinceAt: null },
  ...part,
});

/** How the port of the bench takes a transfer: at once, never, or with a refusal. */
export type PortMood = 'well' | 'hangs' | 'fails';

/** A panel on a port that is not there, with a clock moved by hand. `seen` has everything in order. */
export type PanelBench = {
  readonly clock: HandClock;
  readonly seen: string[];
  readonly device: SeatDevice | undefined;
  readonly refusal: string | undefined;
  /** What stands on each key, by the signature last written. */
  setMood(mood: PortMood): void;
  says(report: Uint8Array): void;
  ends(reason: 'unplugged' | 'failed'): void;
};

/** `whileStarting`: what the device does as soon as the panel has begun to speak with it. */
export async function panelBench(
  make: PanelMake,
  firstMood: PortMood = 'well',
  whileStarting: (listener: HidPortListener) => void = () => undefined,
): Promise<PanelBench> {
  const clock = handClock();
  const seen: string[] = [];
  let mood = firstMood;
  let owner: HidPortListener | undefined;
  const taken = async (what: string): Promise<void> => {
    if (mood === 'hangs') return new Promise(() => undefined);
    if (mood === 'fails') throw new Error('no answer');
    seen.push(what);
  };
  const hex = (report: Uint8Array): string =>
    Buffer.from(report)
      .toString('hex')
      .replace(/(00)+$/, '');
  const opening = openPanel({
    info: {
      ...plainDevice,
      ...{ deviceId: 'panel', name: make.name, kind: make.kind, vendorId: 1, productId: 1, path: '/dev/hidraw0' },
      ...{ keys: [], lamps: [], state: { kind: 'open' }, isBusyElsewhere: false, layout: make.layout },
    },
    make,
    clock,
    wallMs: () => clock.nowMs(),
    listener: {
      onKey: (press) =>
        seen.push(press.key === 'panel' ? `key ${press.keyId} ${press.isDown ? 'down' : 'up'}` : press.key),
      onInfo: () => seen.push('info'),
      onGone: (reason) => seen.push(`gone: ${reason}`),
      onTrouble: (doing) => seen.push(`trouble: ${doing}`),
    },
    open: async (listener) => {
      owner = listener;
      return {
        kind: 'open',
        port: {
          write: (report) => taken(`write ${hex(report)}`),
          writeFeature: (report) => taken(`feature ${hex(report)}`),
          readFeature: async (reportId) => {
            await taken(`read ${reportId}`);
            return new Uint8Array(32);
          },
          close: async () => void seen.push('closed'),
        },
      };
    },
  });
  let outcome: DeviceOpening | undefined;
  void opening.then((ended) => {
    outcome = ended;
  });
  // Time passes only for a panel that waits for it; loading what draws takes turns of the real event loop.
  for (let turn = 0; turn < 200 && outcome === undefined; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, turn < 5 ? 0 : 5));
    await clock.pass(turn < 190 ? 0 : 1_000);
    if (turn === 0 && owner !== undefined) whileStarting(owner);
  }
  if (outcome === undefined) throw new Error('The panel neither opened nor refused.');
  return {
    clock,
    seen,
    device: outcome.kind === 'open' ? outcome.device : undefined,
    refusal: outcome.kind === 'refused' ? outcome.detail : undefined,
    setMood: (next) => {
      mood = next;
    },
    says: (report) => owner?.onReport(report),
    ends: (reason) => owner?.onClosed(reason, reason),
  };
}
