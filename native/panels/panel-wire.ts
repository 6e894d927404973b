import type { Clock } from '../clock.ts';
import type { HidPort } from '../hid/hid-bus.ts';
import { timedWrite } from '../hid/timed-write.ts';
import type { PanelWire } from './panel-make.ts';

/** A transfer that takes longer is stuck, and holds one of libuv's four threads: the panel is given up. */
export const transferTimeoutMs = 2_000;

/** A port as a make of panel uses it: every transfer ends in time. `onStuck` is called when one does not. */
export function panelWire(port: HidPort, clock: Clock, isOver: () => boolean, onStuck: () => void): PanelWire {
  const timed = async (transfer: () => Promise<void>): Promise<void> => {
    if (isOver()) throw new Error('The panel is gone.');
    const outcome = await timedWrite(transfer(), clock, transferTimeoutMs);
    if (outcome.kind === 'stuck') onStuck();
    if (outcome.kind !== 'written') throw new Error(outcome.detail);
  };
  return {
    clock,
    write: (report) => timed(() => port.write(report)),
    writeFeature: (report) => timed(() => port.writeFeature(report)),
    readFeature: async (reportId, length) => {
      let answer: Uint8Array = new Uint8Array();
      await timed(async () => {
        answer = await port.readFeature(reportId, length);
      });
      return answer;
    },
  };
}
