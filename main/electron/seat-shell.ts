import type { ConsolePage } from '../../core/carrier-frame.ts';
import { type RunningProcess, type SuperviseOptions, superviseProcess } from './process-supervisor.ts';
import { type FromSeat, fromSeat, type ToSeat } from './seat-message.ts';

/** The part of Electron's `UtilityProcess` that is used. */
export type Utility<Port> = {
  readonly pid?: number | undefined;
  postMessage(message: unknown, transfer?: Port[]): void;
  kill(): boolean;
  on(event: 'exit', listener: (code: number) => void): unknown;
  on(event: 'message', listener: (message: unknown) => void): unknown;
};

/** For darkening the lamps and letting go of every device. */
const devicesEndWaitMs = 2_000;

/** The part of Electron's `MessagePortMain` that is used. */
export type RelayPort = {
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
};

/** What running the two processes behind the pages needs. Electron's own parts come as arguments. */
export type SeatShellOptions<Port> = Pick<SuperviseOptions<RunningProcess>, 'now' | 'after' | 'log'> & {
  readonly forkSeat: () => Utility<Port>;
  readonly forkDevices: () => Utility<Port>;
  readonly makeChannel: () => { readonly port1: Port; readonly port2: Port };
  readonly start: Extract<ToSeat, { kind: 'start' }>;
  readonly onState: (state: Extract<FromSeat, { kind: 'state' }>) => void;
  /** The seat can't run here: the person has to read why. */
  readonly onRefused: (message: string, detail: string) => void;
};

/** The processes behind the pages. */
export type SeatShell<Port> = {
  /** Hands a page's port to the seat process; `false` while there is none. */
  givePage(page: ConsolePage, port: Port): boolean;
  /** Ends the seat, which darkens the lamps and ends the device process. */
  stop(): Promise<void>;
};

/**
 * Runs the seat process, and a device process whenever the seat asks for one (it restarts its own,
 * native/device-client.ts). Each crashes by itself: neither takes a window with it, nor the other.
 */
export function runSeatShell<Port extends RelayPort>(options: SeatShellOptions<Port>): SeatShell<Port> {
  const { now, after, log } = options;
  const supervision = superviseProcess({
    name: 'seat process',
    start: (onExit) => {
      const utility = options.forkSeat();
      utility.on('exit', onExit);
      utility.on('message', (message) => hear(options, utility, message));
      const askToEnd = (): void => utility.postMessage({ kind: 'stop' } satisfies ToSeat);
      return { utility, askToEnd, kill: () => utility.kill() };
    },
    onStarted: ({ utility }) => utility.postMessage(options.start),
    onGivenUp: () => options.onRefused('Hookline cannot keep running here.', 'the seat process ended again and again'),
    now,
    after,
    log,
  });
  return {
    givePage: (page, port) => {
      const present = supervision.present();
      present?.utility.postMessage({ kind: 'page', page } satisfies ToSeat, [port]);
      return present !== null;
    },
    stop: () => supervision.stop(),
  };
}

function hear<Port extends RelayPort>(options: SeatShellOptions<Port>, seat: Utility<Port>, message: unknown): void {
  const heard = fromSeat.safeParse(message);
  if (!heard.success) {
    options.log('error', `the seat process said what nobody knows: ${heard.error.message}`);
    return;
  }
  switch (heard.data.kind) {
    case 'fork-devices':
      joinDevices(options, seat);
      return;
    case 'state':
      options.onState(heard.data);
      return;
    case 'refused':
      options.onRefused(heard.data.message, heard.data.detail);
  }
}

/**
 * Starts a device process for the seat. It speaks to its parent, as it does under plain Node; here the parent hands
 * every frame on. The port ends with the process, and the process with the port or with the seat behind it.
 */
function joinDevices<Port extends RelayPort>(options: SeatShellOptions<Port>, seat: Utility<Port>): void {
  const devices = options.forkDevices();
  const { port1, port2 } = options.makeChannel();
  let isGone = false;
  devices.on('message', (frame) => port2.postMessage(frame));
  devices.on('exit', () => {
    isGone = true;
    port2.close();
  });
  port2.on('message', ({ data }) => devices.postMessage(data));
  port2.on('close', () => {
    if (isGone) return;
    devices.kill();
    // That asks (SIGTERM), and one that hangs does not hear it.
    options.after(devicesEndWaitMs, () => {
      if (!isGone && devices.pid !== undefined) process.kill(devices.pid, 'SIGKILL');
    });
  });
  port2.start();
  seat.postMessage({ kind: 'devices' } satisfies ToSeat, [port1]);
}
