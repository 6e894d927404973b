import { arrangeCall, type CallScene, hasEnded, lacksRig } from '../call-scene.ts';
import { type Fault, fault } from '../fault.ts';

/** The switch itself. */
export const switches: Readonly<Record<string, Fault>> = {
  'switch-killed': fault<CallScene>({
    promise: 'When the switch dies, the call is closed as lost with its line, and the seat is back at the new switch.',
    lacks: lacksRig,
    secondsMax: 120,
    arrange: () => arrangeCall(),
    inject: (scene) => scene.restartSwitch(),
    check: async ({ seat }) => {
      await seat.desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
      await seat.desk.locator('#card[data-state=after-call-work]').waitFor();
      await hasEnded(seat.profile, 'line-lost');
      return '';
    },
  }),
};
