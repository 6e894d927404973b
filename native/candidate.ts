import type { DeviceInfo } from '../core/device-api.ts';
import type { Lamps } from '../core/key.ts';
import type { KeyFace } from '../core/key-face.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import type { Clock } from './clock.ts';
import type { DeviceListener, DeviceOpening, SeatDevice } from './device.ts';
import { infoOf, lightInfoOf } from './found-device.ts';
import type { DescriptorSource } from './hid/descriptor-source.ts';
import { type Crowd, type GuardParts, guardedOpen } from './hid/guarded-open.ts';
import { openHeadset } from './hid/headset.ts';
import type { FoundHid, HidBus, HidOpening, HidPortListener } from './hid/hid-bus.ts';
import { readMap } from './hid/read-map.ts';
import { knownReports, wholeReports } from './hid/report-guard.ts';
import { lightModelOf } from './lights/known-lights.ts';
import { openLight } from './lights/light.ts';
import type { LightRules } from './lights/light-rules.ts';
import { panelInfoOf, panelMakeOf } from './panels/known-panels.ts';
import { openPanel } from './panels/panel.ts';
import type { PanelMake } from './panels/panel-make.ts';

/** What every device shall show; each takes from it what it can. */
export type DeviceWish = {
  readonly lamps: Lamps;
  readonly sign: SeatSign;
  readonly lightRules: LightRules;
  /** Of this device's keys. */
  readonly faces: readonly KeyFace[];
};

/** Opens a candidate; while it is opened the wish may change, so it is shown again after. */
type OpenCandidate = (listener: DeviceListener, wish: DeviceWish) => Promise<DeviceOpening>;

/** What a path turned out to be. */
export type Candidate = {
  readonly info: DeviceInfo;
  /** What keeps it from use may pass: on Linux the descriptor of a node may come a moment after the node. */
  readonly shouldRetry: boolean;
  /** Undefined: of no use to a seat, or not to be used; `info.state` says which. */
  readonly open: OpenCandidate | undefined;
};

export type CandidateParts = {
  readonly bus: HidBus;
  readonly descriptors: DescriptorSource;
  readonly clock: Clock;
  /** Of all devices of this process; by itself where nothing is opened. */
  readonly crowd?: Crowd;
};

/** Finds out what stands at a path. A new kind of HID device is one more branch here. Never rejects. */
export async function candidateOf(found: FoundHid, deviceId: string, parts: CandidateParts): Promise<Candidate> {
  const { bus, descriptors, clock, crowd = { resting: 0 } } = parts;
  const openPort =
    (rules: ReportRules, listener: DeviceListener) =>
    (port: HidPortListener): Promise<HidOpening> => {
      const guard = { clock, crowd, ...rules, onTrouble: listener.onTrouble };
      return guardedOpen((guarded) => bus.open(found.path, guarded), guard, port);
    };
  const light = lightModelOf(found);
  if (light !== undefined) {
    const info = lightInfoOf(found, deviceId, light);
    return {
      info,
      shouldRetry: false,
      open: (listener, { lightRules: rules, sign }) =>
        openLight({ info, model: light, rules, sign, clock, listener, open: openPort(anyReports, listener) }),
    };
  }
  const reading = await readMap(descriptors, found.path, found);
  const info = infoOf(found, deviceId, reading);
  if (reading.kind !== 'ok' || !reading.map.isTelephony) {
    const make = await panelMakeOf(found, descriptors);
    if (make !== undefined) return panelCandidate(found, deviceId, make, parts, openPort);
    const shouldRetry = reading.kind === 'unavailable' && process.platform === 'linux';
    return { info, shouldRetry, open: undefined };
  }
  const { map } = reading;
  return {
    info,
    shouldRetry: false,
    open: (listener, { lamps }) => {
      const rules = { isKnown: knownReports(map), split: wholeReports(map) };
      return openHeadset({ info, map, lamps, clock, listener, open: openPort(rules, listener) });
    },
  };
}

type ReportRules = Pick<GuardParts, 'isKnown' | 'split'>;
/** Of a device whose reports are read by its model's own rules. */
const anyReports: ReportRules = { isKnown: () => true };

type OpenPort = (rules: ReportRules, listener: DeviceListener) => (port: HidPortListener) => Promise<HidOpening>;

function panelCandidate(
  found: FoundHid,
  deviceId: string,
  make: PanelMake,
  { clock }: CandidateParts,
  openPort: OpenPort,
): Candidate {
  const info = panelInfoOf(found, deviceId, make);
  const wallMs = (): number => Date.now();
  return {
    info,
    shouldRetry: false,
    open: (listener) => openPanel({ info, make, clock, wallMs, listener, open: openPort(anyReports, listener) }),
  };
}

/** Shows all of a wish. */
export function showWish(device: SeatDevice, { lamps, sign, lightRules, faces }: DeviceWish): void {
  device.show(lamps);
  device.setLightRules?.(lightRules);
  device.showSign?.(sign);
  device.showFaces?.(faces);
}
