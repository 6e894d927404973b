import type { PhoneReport, SeatView } from '../core/console-api.ts';
import { changedLight, lightsAtStart, mediaLight, signallingLight } from './seat-lights.ts';

/** What the phone page has told of itself, apart from calls. */
export type PhoneState = {
  /** Takes a report in; those about calls are none of its business. `at` is wall-clock milliseconds. */
  heard(report: PhoneReport, at: number): void;
  /** The switch was lost and has not taken us back since: `connecting` alone brings nobody back. */
  isSwitchAway(): boolean;
  lights(): Pick<SeatView['lights'], 'signalling' | 'media'>;
  view(): Pick<SeatView, 'soundDevices' | 'lineTest'>;
};

/** Before the phone page has said anything. */
export function phoneStateAtStart(at: number): PhoneState {
  let lights = lightsAtStart(at);
  let isSwitchAway = false;
  let soundDevices: SeatView['soundDevices'] = { inputs: [], outputs: [] };
  let lineTest: SeatView['lineTest'] = { kind: 'idle' };
  return {
    heard(report, now) {
      switch (report.kind) {
        case 'signalling':
          lights = { ...lights, signalling: changedLight(lights.signalling, signallingLight(report), now) };
          if (report.state !== 'connecting') isSwitchAway = report.state === 'offline' || report.state === 'refused';
          break;
        case 'media':
          lights = { ...lights, media: changedLight(lights.media, mediaLight(report), now) };
          break;
        case 'sound-devices':
          soundDevices = { inputs: report.inputs, outputs: report.outputs };
          break;
        case 'line-test':
          lineTest = report.result;
          break;
        default:
          break;
      }
    },
    isSwitchAway: () => isSwitchAway,
    lights: () => lights,
    view: () => ({ soundDevices, lineTest }),
  };
}
