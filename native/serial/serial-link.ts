import type { Clock } from '../clock.ts';
import type { CompiledProfile } from './compile-profile.ts';
import { createDecoder, type Decoder } from './decoder.ts';
import type { Frame } from './framing.ts';
import { createLampPanel, type LampPanel } from './lamp-panel.ts';
import type { PortFinder } from './port-finder.ts';
import { type PortSession, startPortSession } from './port-session.ts';
import type { LampState, SerialEvent } from './profile.ts';
import type { OpenedPort, PortOpener } from './serial-bus.ts';
import type { SessionEnd } from './session-life.ts';

/** Where a link stands. `searching`: not plugged in. `ready`: init is done, keys count, lamps are shown. */
export type LinkState = 'searching' | 'opening' | 'cannot-open' | 'ready' | 'lost' | 'closed';

/** What a link calls back with. Nothing after `close` has resolved. */
export type LinkListener = {
  onEvent(event: SerialEvent): void;
  /** `detail`: the path of `opening` and `ready`, the system's words of `cannot-open`. `why`: only when it was `lost`. */
  onState(state: LinkState, detail: string, why?: SessionEnd['why']): void;
  /** Every byte on the wire, for a monitor. */
  onTraffic(direction: 'rx' | 'tx', bytes: Uint8Array): void;
  onTrouble(doing: string, detail: string): void;
};

export type SerialLinkParts = {
  readonly compiled: CompiledProfile;
  readonly clock: Clock;
  readonly find: PortFinder;
  /** Answers in bounded time (open-in-time.ts). */
  readonly open: PortOpener;
  readonly listener: LinkListener;
};

/** A device on a serial port, kept alive: it is looked for, opened, started, and found again when it was unplugged. */
export type SerialLink = {
  /** What a lamp shall show, by number or by its name in the profile; kept and replayed. False: there is no such lamp. */
  wish(lamp: number | string, state: LampState): boolean;
  /** Shows the fail-safe if it still can, lets go of the port and resolves. */
  close(): Promise<void>;
};

/** The longest wait where a profile names none. */
const backoffMaxMs = 5000;

/** At closing a port that is just being opened is waited for no longer. */
const closeWaitMs = 1000;

/** Starts a link; it looks for its device until `close`. */
export function startSerialLink(parts: SerialLinkParts): SerialLink {
  return new Link(parts);
}

class Link implements SerialLink {
  readonly #parts: SerialLinkParts;
  readonly #panel: LampPanel | undefined;
  readonly #decoder: Decoder;
  readonly #hooks: { onFrame(frame: Frame): void; onBadFrame(): void };
  readonly #running: Promise<void>;
  #session: PortSession | undefined;
  #isFirst = true;
  #isClosed = false;
  #attempt = 0;
  #told = '';
  #endWait: () => void = () => undefined;
  #closing: Promise<void> | undefined;

  constructor(parts: SerialLinkParts) {
    const { compiled, listener } = parts;
    this.#parts = parts;
    this.#panel = createLampPanel(compiled);
    const hooks = { onFrame: (_frame: Frame): void => undefined, onBadFrame: (): void => undefined };
    this.#hooks = hooks;
    this.#decoder = createDecoder(compiled, {
      onEvent: (event) => {
        if (!this.#isClosed) listener.onEvent(event);
      },
      onFrame: (frame) => hooks.onFrame(frame),
      onBadFrame: () => hooks.onBadFrame(),
    });
    this.#running = this.#run().catch((error: unknown) => {
      // Our own mistake, or a finder that throws: the device is out of use, the others are not.
      const detail = error instanceof Error ? error.message : String(error);
      listener.onTrouble('running the link', detail);
      this.#tell('lost', detail, 'failed');
    });
  }

  wish(lamp: number | string, to: LampState): boolean {
    const isThere = this.#panel?.wish(lamp, to, this.#parts.clock.nowMs()) ?? false;
    this.#session?.wake();
    return isThere;
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      this.#isClosed = true;
      this.#endWait();
      await this.#session?.close();
      // A driver that hangs in open is not waited for; what it opens in the end is closed again.
      await Promise.race([this.#running, after(this.#parts.clock, closeWaitMs)]);
      this.#tell('closed', '');
    })();
    return this.#closing;
  }

  async #run(): Promise<void> {
    const { backoffMs } = this.#parts.compiled.profile.reconnect;
    while (!this.#isClosed) {
      await this.#attemptOnce();
      if (this.#isClosed) break;
      const ms = backoffMs[Math.min(this.#attempt, backoffMs.length - 1)] ?? backoffMaxMs;
      this.#attempt += 1;
      await this.#wait(ms);
    }
  }

  async #attemptOnce(): Promise<void> {
    const { compiled, find, open } = this.#parts;
    const path = await find();
    if (this.#isClosed) return;
    if (path === undefined) return this.#tell('searching', 'not plugged in');
    this.#tell('opening', path);
    const events = portEvents();
    const outcome = await open(path, compiled.profile.serial, events.listener);
    if (outcome.kind === 'refused') return this.#isClosed ? undefined : this.#tell('cannot-open', outcome.detail);
    if (this.#isClosed) return outcome.port.close();
    await this.#live(outcome.port, path, events);
  }

  /** One opening of the port, to its end. */
  async #live(port: OpenedPort, path: string, events: ReturnType<typeof portEvents>): Promise<void> {
    const { compiled, clock, listener } = this.#parts;
    const made = { compiled, clock, listener, decoder: this.#decoder, panel: this.#panel, hooks: this.#hooks };
    const session = startPortSession({ ...made, port, isFirst: this.#isFirst });
    this.#session = session;
    this.#isFirst = false;
    events.connect(
      (bytes) => session.onData(bytes),
      (detail) => session.onGone(detail),
    );
    void session.ready.then((isReady) => {
      if (!isReady || this.#isClosed) return;
      this.#attempt = 0;
      this.#tell('ready', path);
    });
    const { why, detail } = await session.ended;
    this.#session = undefined;
    if (!this.#isClosed) this.#tell('lost', detail, why);
  }

  /** Tells what is new: a device that stays away is searched and opened in silence. */
  #tell(to: LinkState, detail: string, why?: SessionEnd['why']): void {
    const news = `${to} ${detail}`;
    if (news === this.#told || (to === 'opening' && /^(searching|cannot-open)/.test(this.#told))) return;
    this.#told = news;
    this.#parts.listener.onState(to, detail, why);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(ms, resolve);
      this.#endWait = () => {
        cancel();
        resolve();
      };
    });
  }
}

function after(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => void clock.after(ms, resolve));
}

/** What the port says before the session stands is kept for it. */
function portEvents() {
  let early: Uint8Array[] = [];
  let gone: string | undefined;
  let onData: (bytes: Uint8Array) => void = (bytes) => {
    // What comes before init is old; one piece is enough for a device that greets at once.
    early = [bytes];
  };
  let onGone: (detail: string) => void = (detail) => {
    gone = detail;
  };
  return {
    listener: { onData: (bytes: Uint8Array) => onData(bytes), onGone: (detail: string) => onGone(detail) },
    connect: (toData: typeof onData, toGone: typeof onGone): void => {
      onData = toData;
      onGone = toGone;
      for (const bytes of early) toData(bytes);
      if (gone !== undefined) toGone(gone);
    },
  };
}
