import type { EquipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import type { PortListener, PortSettings } from '../../../native/serial/serial-bus.ts';

/** A serial port in memory, as a piece of equipment finds and opens it. */
export type FakePort = {
  readonly ports: EquipmentPorts;
  /** How it was opened, each time. */
  readonly opened: PortSettings[];
  /** What was written since the last `takeWritten`. */
  takeWritten(): string;
  plug(): void;
  /** The next writes: taken, refused with words, or never answered. */
  writes(how: 'taken' | 'refused' | 'hang'): void;
  unplug(): void;
  say(text: string): void;
  readonly rests: number[];
};

export function fakePort(): FakePort {
  const opened: PortSettings[] = [];
  const rests: number[] = [];
  let isPlugged = false;
  let how: 'taken' | 'refused' | 'hang' = 'taken';
  let written = '';
  let listener: PortListener | undefined;
  return {
    ports: {
      portOf: () => async () => (isPlugged ? '/dev/ttyUSB0' : undefined),
      open: async (_, settings, to) => {
        opened.push(settings);
        listener = to;
        return {
          kind: 'open',
          port: {
            write: async (bytes) => {
              if (how === 'refused' || !isPlugged) throw new Error('EIO: i/o error');
              if (how === 'hang') return new Promise(() => undefined);
              written += Buffer.from(bytes).toString('latin1');
            },
            setPins: async () => undefined,
            readPins: async () => ({ cts: false, dsr: false, dcd: false }),
            rest: (ms) => void rests.push(ms),
            close: async () => {
              listener = undefined;
            },
          },
        };
      },
    },
    opened,
    rests,
    takeWritten: () => {
      const text = written;
      written = '';
      return text;
    },
    plug: () => {
      isPlugged = true;
    },
    writes: (to) => {
      how = to;
    },
    unplug: () => {
      isPlugged = false;
      listener?.onGone('unplugged');
    },
    say: (text) => listener?.onData(Buffer.from(text, 'latin1')),
  };
}
