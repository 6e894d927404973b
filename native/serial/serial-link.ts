import type { Clock } from '../clock.ts';
import type { CompiledProfile } from './compile-profile.ts';
import { createDecoder } from './decoder.ts';
import type { Frame } from './framing.ts';
import { createLampPanel } from './lamp-panel.ts';
import type { PortFinder } from './port-finder.ts';
import { type PortSession, startPortSession } from './port-session.ts';
import type { LampState, SerialEvent } from './profile.ts';
import type { PortOpener } from './serial-bus.ts';

/** Where a link stands. `searching`: not plugged in. `ready`: init is done, keys count, lamps are shown. */
export type LinkState = 'searching' | 'opening' | 'cannot-open' | 'ready' | 'lost' | 'closed';

/** What a link calls back with. Nothing after `close` has resolved. */
export type LinkListener = {
  onEvent(event: SerialEvent): void;
  onState(state: LinkState, detail: string): void;
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

/** Starts a link; it looks for its device until `close`. */
export function startSerialLink(parts: SerialLinkParts): SerialLink {
  const { compiled, clock, listener } = parts;
  const { profile } = compiled;
  const panel = createLampPanel(compiled);
  const hooks: { onFrame(frame: Frame): void; onBadFrame(): void } = {
    onFrame: () => undefined,
    onBadFrame: () => undefined,
  };
  const decoder = createDecoder(compiled, {
    onEvent: (event) => {
      if (!isClosed) listener.onEvent(event);
    },
    onFrame: (frame) => hooks.onFrame(frame),
    onBadFrame: () => hooks.onBadFrame(),
  });
  let isClosed = false;
  let session: PortSession | undefined;
  let endWait: () => void = () => undefined;
  let attempt = 0;

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      endWait = () => {
        cancel();
        resolve();
      };
    });
  let told = '';
  /** Tells what is new: a device that stays away is searched and opened in silence. */
  const state = (to: LinkState, detail: string): void => {
    if (`${to} ${detail}` === told || (to === 'opening' && /^(searching|cannot-open)/.test(told))) return;
    told = `${to} ${detail}`;
    listener.onState(to, detail);
  };
  const attemptOnce = async (isFirst: boolean): Promise<boolean> => {
    const path = await parts.find();
    if (isClosed) return isFirst;
    if (path === undefined) {
      state('searching', 'not plugged in');
      return isFirst;
    }
    state('opening', path);
    const events = portEvents();
    const outcome = await parts.open(path, profile.serial, events.listener);
    if (outcome.kind === 'refused') {
      state('cannot-open', outcome.detail);
      return isFirst;
    }
    if (isClosed) {
      await outcome.port.close();
      return isFirst;
    }
    const { port } = outcome;
    session = startPortSession({ compiled, clock, port, decoder, panel, listener, hooks, isFirst });
    events.connect(session.onData, session.onGone);
    void session.ready.then((isReady) => {
      if (!isReady || isClosed) return;
      attempt = 0;
      state('ready', path);
    });
    const reason = await session.ended;
    session = undefined;
    if (!isClosed) state('lost', reason);
    return false;
  };
  const run = async (): Promise<void> => {
    let isFirst = true;
    const { backoffMs } = profile.reconnect;
    while (!isClosed) {
      isFirst = await attemptOnce(isFirst);
      if (isClosed) break;
      const ms = backoffMs[Math.min(attempt, backoffMs.length - 1)] ?? backoffMaxMs;
      attempt += 1;
      await wait(ms);
    }
  };
  const running = run().catch((error: unknown) => {
    // Our own mistake, or a finder that throws: the device is out of use, the others are not.
    listener.onTrouble('running the link', error instanceof Error ? error.message : String(error));
  });
  let closing: Promise<void> | undefined;
  return {
    wish: (lamp, to) => {
      const isThere = panel?.wish(lamp, to, clock.nowMs()) ?? false;
      session?.wake();
      return isThere;
    },
    close: () => {
      closing ??= (async () => {
        isClosed = true;
        endWait();
        await session?.close();
        await running;
        state('closed', '');
      })();
      return closing;
    },
  };
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
