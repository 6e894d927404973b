import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import type { Lamps } from '../../core/key.ts';
import type { Clock } from '../clock.ts';
import type { DeviceListener, SeatDevice } from '../device.ts';
import { capabilitiesOf, openHeadset } from '../hid/headset.ts';
import { parseReportDescriptor } from '../hid/report-descriptor.ts';
import { type TelephonyMap, telephonyMap } from '../hid/telephony.ts';
import { practiceHeadsetDescriptor } from '../models/practice-headset.ts';
import type { SimulatedHeadset } from './simulated-headset.ts';

/** The id of the simulated headset in the device list. */
export const simulatedDeviceId = 'simulated-headset';

/** Opens a simulated headset as any other is opened: through its descriptor and the headset model. */
export async function plugSimulated(
  headset: SimulatedHeadset,
  parts: { readonly lamps: Lamps; readonly clock: Clock; readonly listener: DeviceListener },
): Promise<SeatDevice> {
  const map = practiceMap();
  const opening = await openHeadset({ ...parts, info: simulatedInfo(map), map, open: headset.open });
  if (opening.kind === 'refused') throw new Error(`The simulated headset refused to open: ${opening.detail}`);
  return opening.device;
}

/** The map of its descriptor, which is ours: if it does not parse, that is our mistake. */
function practiceMap(): TelephonyMap {
  const descriptor = parseReportDescriptor(practiceHeadsetDescriptor);
  if (descriptor.kind === 'error') throw new Error(`practice-headset.ts: ${descriptor.message}`);
  return telephonyMap(descriptor);
}

function simulatedInfo(map: TelephonyMap): DeviceInfo {
  return {
    deviceId: simulatedDeviceId,
    name: 'Hookline practice headset',
    kind: 'simulated',
    vendorId: 0,
    productId: 0,
    path: 'simulated',
    ...capabilitiesOf(map),
    state: { kind: 'open' },
    isBusyElsewhere: false,
    ...plainDevice,
  };
}
