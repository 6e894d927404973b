import type { CallRecord } from '../../core/call-record.ts';
import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import type { PanelLayout } from '../../core/key-face.ts';

/** A piece of equipment that is open, as the device process lists it. */
export function equipmentInfo(deviceId: string, kind: DeviceInfo['kind']): DeviceInfo {
  return {
    deviceId,
    name: `the ${kind}`,
    kind,
    vendorId: 0,
    productId: 0,
    path: '/dev/ttyUSB0',
    keys: [],
    lamps: [],
    state: { kind: 'open' },
    isBusyElsewhere: false,
    ...plainDevice,
  };
}

/** A panel with one row of keys, k1 k2 k3 ... */
export function panelInfo(deviceId: string, keys: number): DeviceInfo {
  const layout: PanelLayout = {
    columns: keys,
    rows: 1,
    keys: Array.from({ length: keys }, (_, column) => ({
      ...{ keyId: `k${column + 1}`, column, row: 0, width: 1, height: 1, shows: 'picture' },
    })),
  };
  return { ...equipmentInfo(deviceId, 'panel'), layout };
}

/** A line of a switch's log as a layout reads it. */
export const someRecord: CallRecord = {
  ...{ kind: 'call', shape: 'call', isUnproven: false, direction: 'inbound', startedAt: null, endedAt: null },
  ...{ durationSeconds: 12, ringSeconds: null, holdSeconds: null, isAnswered: true, isTransferred: false },
  ...{ extension: '8001', trunk: 'T01', number: '138-0013-8000', name: null, account: null, authorization: null },
  ...{ cost: null, condition: null, callId: null, details: {}, line: 1, text: 'T01 8001 138-0013-8000 00:12' },
  ...{ layout: 'mitel-5000', legs: [], isComplete: true },
};
