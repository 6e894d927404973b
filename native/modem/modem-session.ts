import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import { floodGate, floodRestMs } from '../serial/flood-gate.ts';
import { type KeptPort, keepPort } from '../serial/kept-port.ts';
import { isHang } from '../serial/open-in-time.ts';
import type { PortFinder } from '../serial/port-finder.ts';
import type { OpenedPort, PortOpener, PortSettings } from '../serial/serial-bus.ts';
import { createAnalogModem } from './analog-modem.ts';
import { type AtEngine, createAtEngine } from './at-engine.ts';
import { createMobileModem } from './mobile-modem.ts';
import { type ModemStanding, startingStanding } from './modem-driver.ts';
import type { ModemCommand, ModemEvent } from './modem-event.ts';
import type { ModemLine } from './modem-line.ts';

/** Whether the modem can be spoken to. `silent`: its port is open and it does not answer; it is opened anew. */
export type ModemReach =
  | { readonly kind: 'looking' }
  | { readonly kind: 'refused'; readonly detail: string }
  | { readonly kind: 'open'; readonly path: string }
  | { readonly kind: 'silent'; readonly path: string };

/** What a session calls back with. */
export type ModemSessionListener = {
  /** Told on every change. */
  onStanding(reach: ModemReach, standing: ModemStanding): void;
  onEvent(event: ModemEvent): void;
  onTrouble(doing: string, detail: string): void;
  /** It cannot go on: a driver that hangs in open, a modem that floods. */
  onFailed(detail: string): void;
};

export type ModemSessionParts = {
  readonly kind: 'analog' | 'mobile';
  readonly clock: Clock;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  readonly newCallId: () => string;
  readonly find: PortFinder;
  readonly open: PortOpener;
  readonly settings: PortSettings;
  readonly listener: ModemSessionListener;
};

/** A modem kept alive: looked for, opened, set up, and set up again whenever it was away or hung. */
export type ModemSession = {
  command(command: ModemCommand): CommandOutcome;
  /** Ends a call that is up and lets go of the port. */
  close(): Promise<void>;
};

/** A modem that takes no bytes for so long has lost its driver or waits for a flow that never comes. */
const writeWaitMs = 5_000;
/** A modem on USB minds no line speed: a full memory of texts comes as fast as USB brings it. */
const usbBaudRate = 921_600;
/** The last call is ended if that is quick; nobody waits longer when the seat is closed. */
const closeWaitMs = 2_000;

/** Starts a session; it looks for its modem until `close`. */
export function startModemSession(parts: ModemSessionParts): ModemSession {
  const { clock, listener } = parts;
  let reach: ModemReach = { kind: 'looking' };
  let standing: ModemStanding = startingStanding;
  let engine: AtEngine | undefined;
  let isClosed = false;
  let told = '';
  let opened: OpenedPort | undefined;
  const newGate = () => floodGate(Math.max(parts.settings.baudRate, usbBaudRate), clock.nowMs());
  let gate = newGate();

  const tell = (): void => {
    const text = JSON.stringify([reach, standing]);
    if (isClosed || text === told) return;
    told = text;
    listener.onStanding(reach, standing);
  };
  const line: ModemLine = {
    ask: (command) => engine?.ask(command) ?? Promise.resolve({ kind: 'dropped' }),
    interrupt: () => engine?.interrupt(),
  };
  const driverParts = {
    ...parts,
    line,
    tell: (event: ModemEvent) => void (isClosed || listener.onEvent(event)),
    onStanding: (next: ModemStanding) => {
      standing = next;
      // While it is away it stands nowhere; what it says of itself counts once it answers.
      if (reach.kind === 'open') tell();
    },
    onTrouble: (doing: string, detail: string) => listener.onTrouble(doing, detail),
  };
  const driver = parts.kind === 'analog' ? createAnalogModem(driverParts) : createMobileModem(driverParts);

  const onOpen = (port: OpenedPort, path: string): void => {
    const restart = (detail: string): void => {
      // A write of an earlier opening may fail late.
      if (engine !== own) return;
      own.end();
      engine = undefined;
      // What ends with it is told before its absence.
      driver.onLost();
      reach = { kind: 'silent', path };
      tell();
      kept.restart(detail);
    };
    const own = createAtEngine(clock, {
      send: (bytes) => void write(port, bytes, clock).catch((error: unknown) => restart(wordsOf(error))),
      onNotice: (notice) => driver.onNotice(notice),
      onEvent: (code) => driver.onEvent(code),
      onDead: restart,
    });
    engine = own;
    opened = port;
    gate = newGate();
    // A modem that was silent stays so in words until it answers.
    if (reach.kind !== 'silent') reach = { kind: 'open', path };
    driver.start().then(
      (isThere) => {
        if (engine !== own || isClosed) return;
        if (!isThere) return restart('no answer from the modem');
        reach = { kind: 'open', path };
        kept.settle();
        tell();
      },
      (error: unknown) => listener.onTrouble('setting the modem up', wordsOf(error)),
    );
    tell();
  };
  const onAway = (why: 'not-found' | 'refused' | 'lost', detail: string): void => {
    engine?.end();
    engine = undefined;
    opened = undefined;
    driver.onLost();
    if (why === 'refused' && isHang(detail) && !isClosed) {
      listener.onFailed(detail);
      return;
    }
    if (why === 'refused') reach = { kind: 'refused', detail };
    else if (why === 'not-found' || reach.kind !== 'silent') reach = { kind: 'looking' };
    tell();
  };
  const onBytes = (bytes: Uint8Array): void => {
    const verdict = gate(bytes.length, clock.nowMs());
    if (verdict === 'pass') engine?.push(bytes);
    if (verdict === 'hopeless' && !isClosed) listener.onFailed('the modem floods the line');
    if (verdict !== 'first-drop') return;
    listener.onTrouble('reading', 'the modem floods the line; what is too much is dropped');
    opened?.rest(floodRestMs);
  };
  const kept: KeptPort = keepPort({ ...parts, listener: { onOpen, onBytes, onAway } });
  let closing: Promise<void> | undefined;
  return {
    command: (command) => driver.command(command),
    close: () => {
      closing ??= (async () => {
        await Promise.race([driver.close(), new Promise<void>((resolve) => void clock.after(closeWaitMs, resolve))]);
        isClosed = true;
        engine?.end();
        await kept.close();
      })();
      return closing;
    },
  };
}

/** Rejects when the port will not, or takes the bytes in no useful time. */
function write(port: OpenedPort, bytes: Uint8Array, clock: Clock): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(writeWaitMs, () => reject(new Error(`the modem took no bytes for ${writeWaitMs} ms`)));
    port.write(bytes).then(resolve, reject).finally(cancel);
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
