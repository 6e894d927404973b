import { SerialPort } from 'serialport';

/** A serial port as a technician should read it. Empty text where the system says nothing. */
export type SerialPortSeen = {
  /** `/dev/ttyUSB0`, `COM3`. May change at the next plugging in; `serialNumber` does not. */
  readonly path: string;
  readonly manufacturer: string;
  readonly serialNumber: string;
  /** USB ids, four hex digits, lower case; empty for a port on the board. */
  readonly vendorId: string;
  readonly productId: string;
};

/** The ports, or why they can't be listed: Linux without `udevadm`, say. */
export type SerialPortsOutcome =
  | { readonly kind: 'listed'; readonly ports: readonly SerialPortSeen[] }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** One port as the serialport package lists it (its `PortInfo`). */
export type ListedPort = {
  readonly path: string;
  readonly manufacturer: string | undefined;
  readonly serialNumber: string | undefined;
  readonly vendorId: string | undefined;
  readonly productId: string | undefined;
};

/**
 * Lists what is plugged in, without opening anything: opening a port raises its lines, and a relay would click. Linux
 * names ports on the board that no socket leads to; a port nobody knows anything about is left out there. `list` is
 * only another one in tests.
 */
export async function listSerialPorts(
  list: () => Promise<readonly ListedPort[]> = () => SerialPort.list(),
  platform: string = process.platform,
): Promise<SerialPortsOutcome> {
  let listed: readonly ListedPort[];
  try {
    listed = await list();
  } catch (error) {
    return { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
  }
  const isPhantom = ({ path, vendorId, manufacturer }: ListedPort): boolean =>
    platform === 'linux' && /\/ttyS\d+$/.test(path) && vendorId === undefined && manufacturer === undefined;
  const ports = listed
    .filter((port) => !isPhantom(port))
    .map((port) => ({
      path: port.path,
      manufacturer: port.manufacturer ?? '',
      serialNumber: port.serialNumber ?? '',
      vendorId: (port.vendorId ?? '').toLowerCase(),
      productId: (port.productId ?? '').toLowerCase(),
    }));
  return { kind: 'listed', ports };
}

/** How a port is opened. */
export type PortSettings = {
  readonly baudRate: number;
  readonly dataBits: 5 | 6 | 7 | 8;
  readonly parity: 'none' | 'even' | 'odd';
  readonly stopBits: 1 | 1.5 | 2;
  readonly flow: 'none' | 'rtscts' | 'xonxoff';
  /** Keeps other programs out that ask (flock on Unix). */
  readonly lock: boolean;
};

/** What an open port calls back with. `onGone` once, and never after `close`: unplugged or broken; the port is closed. */
export type PortListener = { onData(bytes: Uint8Array): void; onGone(detail: string): void };

/** Every output line; serialport resets those that are not named (facts/serial.md section 5.2), so all are. */
export type OutputPins = { readonly dtr: boolean; readonly rts: boolean; readonly brk: boolean };

/** An open port. Everything but `close` rejects with the system's words when the device will not. */
export type OpenedPort = {
  /** Resolves when the system has taken the bytes; may wait for ever on a device that holds up the flow. */
  write(bytes: Uint8Array): Promise<void>;
  setPins(pins: OutputPins): Promise<void>;
  readPins(): Promise<{ readonly cts: boolean; readonly dsr: boolean; readonly dcd: boolean }>;
  /** Leaves the port unread for so long, then throws away what came meanwhile: for a device that floods. */
  rest(ms: number): void;
  /** May be called again, and after `onGone`. */
  close(): Promise<void>;
};

export type OpenOutcome =
  | { readonly kind: 'open'; readonly port: OpenedPort }
  | { readonly kind: 'refused'; readonly detail: string };

/** Opens a port as openSerialPort does; another one in tests, or one with a limit (open-in-time.ts). Never rejects. */
export type PortOpener = (path: string, settings: PortSettings, listener: PortListener) => Promise<OpenOutcome>;

/**
 * Opens a port. It is read from the first moment, for a port without a reader never notices that it was unplugged
 * (facts/serial.md section 5.2). Opening raises DTR and RTS.
 */
export function openSerialPort(path: string, settings: PortSettings, listener: PortListener): Promise<OpenOutcome> {
  return new Promise((resolve) => {
    let isOver = false;
    const { baudRate, dataBits, parity, stopBits, lock, flow } = settings;
    const isXonXoff = flow === 'xonxoff';
    const port = new SerialPort({
      ...{ path, baudRate, dataBits, parity, stopBits, lock },
      rtscts: flow === 'rtscts',
      xon: isXonXoff,
      xoff: isXonXoff,
      autoOpen: false,
    });
    const gone = (detail: string): void => {
      if (isOver) return;
      isOver = true;
      closePort(port).then(() => listener.onGone(detail));
    };
    const checkLater = hangUpCheck(port, gone);
    const rest = resting(port);
    port.on('data', (bytes: Buffer) => {
      if (isOver || rest.isResting) return;
      checkLater();
      listener.onData(bytes);
    });
    // May come twice for one unplugging: once bare, once as disconnected.
    port.on('close', (error: Error | null) => gone(error?.message ?? 'the port was closed'));
    port.on('error', (error) => gone(error.message));
    port.on('end', () => gone('the port has ended'));
    port.open((error) => {
      if (error !== null) {
        isOver = true;
        resolve({ kind: 'refused', detail: error.message });
        return;
      }
      resolve({
        kind: 'open',
        port: {
          write: (bytes) => settled((done) => port.write(bytes, done)),
          setPins: (pins) => settled((done) => port.set(pins, done)),
          readPins: () => readPins(port),
          rest: rest.begin,
          close: () => {
            isOver = true;
            return closePort(port);
          },
        },
      });
    });
  });
}

/** How long after data a hang-up that serialport overlooked is found. */
const hangUpCheckMs = 100;
/** How long after the hang-up at most, when it swallowed the data. */
const hangUpCheckEveryMs = 1_000;

/**
 * serialport (bindings-cpp 13.0.0, unix-read.js) reads again at once when a read gives no bytes, and a terminal that was
 * hung up between two reads, or between being told of bytes and reading them, gives none for ever: the unplugging is never
 * told and a thread spins. So the terminal is asked a moment after each time data came, and now and then without: hung up,
 * it refuses.
 */
function hangUpCheck(port: SerialPort, gone: (detail: string) => void): () => void {
  // Windows cancels the read of a port that is gone.
  if (process.platform === 'win32') return () => undefined;
  let isArmed = false;
  let isAsking = false;
  let hasMore = false;
  const check = async (): Promise<void> => {
    isArmed = false;
    // A driver that hangs is asked once; each question holds a thread.
    if (!port.isOpen || isAsking) return;
    isAsking = true;
    try {
      await (process.platform === 'linux' ? port.port?.getBaudRate() : port.port?.get());
    } catch (error) {
      gone(error instanceof Error ? error.message : String(error));
      return;
    } finally {
      isAsking = false;
    }
    if (hasMore) later();
  };
  const later = (): void => {
    hasMore = isArmed;
    if (isArmed) return;
    isArmed = true;
    setTimeout(() => void check(), hangUpCheckMs).unref();
  };
  port.once('open', () => {
    const always = setInterval(() => void check(), hangUpCheckEveryMs).unref();
    port.once('close', () => clearInterval(always));
  });
  return later;
}

/** What waits in a port is read in so many milliseconds. */
const stalePassMs = 20;

/** Stops reading for a while; the port notices that it was unplugged when it is read again. */
function resting(port: SerialPort): { readonly isResting: boolean; begin(ms: number): void } {
  let isResting = false;
  const end = (): void => {
    if (!port.isOpen) return;
    port.resume();
    // Read and dropped, not flushed: serialport flushes what is to be sent as well.
    setTimeout(() => {
      isResting = false;
    }, stalePassMs).unref();
  };
  return {
    get isResting() {
      return isResting;
    },
    begin: (ms) => {
      if (isResting) return;
      isResting = true;
      port.pause();
      setTimeout(end, ms).unref();
    },
  };
}

function settled(start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    start((error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

function readPins(port: SerialPort): Promise<{ cts: boolean; dsr: boolean; dcd: boolean }> {
  return new Promise((resolve, reject) => {
    port.get((error, pins) => {
      if (pins === undefined) reject(error ?? new Error('the port tells no lines'));
      else resolve({ cts: pins.cts, dsr: pins.dsr, dcd: pins.dcd });
    });
  });
}

function closePort(port: SerialPort): Promise<void> {
  if (!port.isOpen) return Promise.resolve();
  // A port that cannot be closed is gone all the same: there is nothing left to do with it.
  return new Promise((resolve) => port.close(() => resolve()));
}
