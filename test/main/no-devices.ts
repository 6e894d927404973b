import { idleLamps } from '../../core/key.ts';
import type { SeatDevices } from '../../main/seat-ports.ts';

/** A seat with nothing plugged in: for tests that are about something else. */
export const noDevices: SeatDevices = {
  watchDevices: () => () => {},
  watchKeys: () => () => {},
  show: () => {},
  showSign: () => {},
  showFaces: () => {},
  tryLamp: () => {},
  setEquipment: () => {},
  watchEquipment: () => () => {},
  command: () => Promise.resolve({ kind: 'refused', why: 'nothing is plugged in' }),
  ports: () => Promise.resolve([]),
  setCollections: () => {},
  pressSimulated: () => Promise.reject(new Error('nothing is plugged in')),
  simulatedLamps: () => Promise.resolve(idleLamps),
  close: () => Promise.resolve(),
};
