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
import { type ModemDriver, type ModemDriverParts, type ModemStanding, startingStanding } from './modem-driver.ts';
import type { ModemCommand, ModemEvent } from './modem-event.ts';

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
  return new Session(parts);
}

/** What there is while the port is open. */
type Opened = {
  readonly port: OpenedPort;
  readonly path: string;
  readonly engine: AtEngine;
  readonly gate: ReturnType<typeof floodGate>;
};

class Session implements ModemSession {
  readonly #clock: Clock;
  readonly #baudRate: number;
  readonly #listener: ModemSessionListener;
  readonly #driver: ModemDriver;
  readonly #kept: KeptPort;
  #reach: ModemReach = { kind: 'looking' };
  #standing: ModemStanding = startingStanding;
  #opened: Opened | undefined;
  /** What was told last, so that nothing is told twice. */
  #told = '';
  #isClosed = false;
  #closing: Promise<void> | undefined;

  constructor(parts: ModemSessionParts) {
    this.#clock = parts.clock;
    this.#baudRate = Math.max(parts.settings.baudRate, usbBaudRate);
    this.#listener = parts.listener;
    this.#driver = this.#driverOf(parts);
    this.#kept = keepPort({
      ...parts,
      listener: {
        onOpen: (port, path) => this.#onOpen(port, path),
        onBytes: (bytes) => this.#onBytes(bytes),
        onAway: (why, detail) => this.#onAway(why, detail),
      },
    });
  }

  command(command: ModemCommand): CommandOutcome {
    return this.#driver.command(command);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #driverOf(parts: ModemSessionParts): ModemDriver {
    const { kind, clock, now, newCallId, listener } = parts;
    const driverParts: ModemDriverParts = {
      clock,
      now,
      newCallId,
      line: {
        ask: (command) => this.#opened?.engine.ask(command) ?? Promise.resolve({ kind: 'dropped' }),
        interrupt: () => this.#opened?.engine.interrupt(),
      },
      tell: (event) => void (this.#isClosed || listener.onEvent(event)),
      onStanding: (standing) => this.#onStanding(standing),
      onTrouble: (doing, detail) => listener.onTrouble(doing, detail),
    };
    return kind === 'analog' ? createAnalogModem(driverParts) : createMobileModem(driverParts);
  }

  #onStanding(standing: ModemStanding): void {
    this.#standing = standing;
    // While it is away it stands nowhere; what it says of itself counts once it answers.
    if (this.#reach.kind === 'open') this.#tell();
  }

  #tell(): void {
    const text = JSON.stringify([this.#reach, this.#standing]);
    if (this.#isClosed || text === this.#told) return;
    this.#told = text;
    this.#listener.onStanding(this.#reach, this.#standing);
  }

  #onOpen(port: OpenedPort, path: string): void {
    const engine = createAtEngine(this.#clock, {
      send: (bytes) => this.#write(opened, bytes),
      onNotice: (notice) => this.#driver.onNotice(notice),
      onEvent: (code) => this.#driver.onEvent(code),
      onDead: (detail) => this.#restart(opened, detail),
    });
    const opened: Opened = { port, path, engine, gate: floodGate(this.#baudRate, this.#clock.nowMs()) };
    this.#opened = opened;
    // A modem that was silent stays so in words until it answers.
    if (this.#reach.kind !== 'silent') this.#reach = { kind: 'open', path };
    void this.#setUp(opened);
    this.#tell();
  }

  async #setUp(opened: Opened): Promise<void> {
    try {
      const isThere = await this.#driver.start();
      if (this.#opened !== opened || this.#isClosed) return;
      if (isThere) this.#onAnswered(opened);
      else this.#restart(opened, 'no answer from the modem');
    } catch (error) {
      this.#listener.onTrouble('setting the modem up', wordsOf(error));
    }
  }

  #onAnswered({ path }: Opened): void {
    this.#reach = { kind: 'open', path };
    this.#kept.settle();
    this.#tell();
  }

  #write(opened: Opened, bytes: Uint8Array): void {
    write(opened.port, bytes, this.#clock).catch((error: unknown) => this.#restart(opened, wordsOf(error)));
  }

  /** The port is open and of no use: it is opened anew. */
  #restart(opened: Opened, detail: string): void {
    // A write of an earlier opening may fail late.
    if (this.#opened !== opened) return;
    this.#endOpening();
    // What ends with it is told before its absence.
    this.#driver.onLost();
    this.#reach = { kind: 'silent', path: opened.path };
    this.#tell();
    this.#kept.restart(detail);
  }

  #onAway(why: 'not-found' | 'refused' | 'lost', detail: string): void {
    this.#endOpening();
    this.#driver.onLost();
    if (why === 'refused' && isHang(detail) && !this.#isClosed) {
      this.#listener.onFailed(detail);
      return;
    }
    if (why === 'refused') this.#reach = { kind: 'refused', detail };
    else if (why === 'not-found' || this.#reach.kind !== 'silent') this.#reach = { kind: 'looking' };
    this.#tell();
  }

  #onBytes(bytes: Uint8Array): void {
    const opened = this.#opened;
    if (opened === undefined) return;
    const verdict = opened.gate(bytes.length, this.#clock.nowMs());
    if (verdict === 'pass') opened.engine.push(bytes);
    if (verdict === 'hopeless' && !this.#isClosed) this.#listener.onFailed('the modem floods the line');
    if (verdict !== 'first-drop') return;
    this.#listener.onTrouble('reading', 'the modem floods the line; what is too much is dropped');
    opened.port.rest(floodRestMs);
  }

  #endOpening(): void {
    this.#opened?.engine.end();
    this.#opened = undefined;
  }

  async #close(): Promise<void> {
    const closed = this.#driver.close();
    await Promise.race([closed, new Promise<void>((resolve) => void this.#clock.after(closeWaitMs, resolve))]);
    this.#isClosed = true;
    this.#opened?.engine.end();
    await this.#kept.close();
  }
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
