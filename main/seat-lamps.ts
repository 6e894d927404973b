import type { PanelView } from '../core/equipment-api.ts';
import type { Lamps } from '../core/key.ts';
import type { SeatSign } from '../core/seat-sign.ts';
import type { SeatDevices } from './seat-ports.ts';

/** Everything the devices show of the seat. */
export type Shown = { readonly lamps: Lamps; readonly sign: SeatSign; readonly panels: readonly PanelView[] };

/** Tells the devices what to show, each part only when it has changed: a wish goes through another process to a wire. */
export function seatLamps(devices: Pick<SeatDevices, 'show' | 'showSign' | 'showFaces'>): (shown: Shown) => void {
  const told = { lamps: '', sign: '', faces: '[]' };
  const isNew = (part: keyof typeof told, value: unknown): boolean => {
    const text = JSON.stringify(value);
    if (text === told[part]) return false;
    told[part] = text;
    return true;
  };
  return ({ lamps, sign, panels }) => {
    if (isNew('lamps', lamps)) devices.show(lamps);
    if (isNew('sign', sign)) devices.showSign(sign);
    const faces = panels.map(({ deviceId, faces: shown }) => ({ deviceId, faces: shown }));
    if (isNew('faces', faces)) devices.showFaces(faces);
  };
}
