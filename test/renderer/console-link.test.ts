import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { portHere, portWanted, probeAnswerFrame, probeFrame } from '../../core/carrier-frame.ts';
import { type Console, connectConsole, consoleTiming } from '../../renderer/console-link.ts';
import { type ConsoleWireEvents, type OpenConsoleWire, preloadPortWire } from '../../renderer/console-wire.ts';

/** A wire whose other side is the test: nothing happens but what it says. */
function heldWire() {
  const attempts: { readonly events: ConsoleWireEvents; readonly sent: string[]; closes: number }[] = [];
  const open: OpenConsoleWire = (events) => {
    const attempt = { events, sent: [] as string[], closes: 0 };
    attempts.push(attempt);
    let isClosed = false;
    return {
      send: (frame) => void attempt.sent.push(frame),
      close: () => {
        attempt.closes += 1;
        if (!isClosed) {
          isClosed = true;
          events.onClosed();
        }
      },
    };
  };
  return { attempts, open };
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test('a listener hears the present at once, then each change, and nothing after it stopped', () => {
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  const heard: (Console | null)[] = [];
  const stop = link.watch((console) => heard.push(console));
  attempts[0]?.events.onOpen();
  const late: (Console | null)[] = [];
  link.watch((console) => late.push(console));
  stop();
  attempts[0]?.events.onClosed();
  expect(heard.map((console) => console === null)).toEqual([true, false]);
  expect(late.map((console) => console === null)).toEqual([false, true]);
  link.close();
});

test('it tries again after 0.2 s, then twice as long, at most 5 s; a connection that lives begins anew', () => {
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  const waits: number[] = [];
  for (let failure = 0; failure < 8; failure += 1) {
    const before = attempts.length;
    attempts.at(-1)?.events.onClosed();
    let waitedMs = 0;
    while (attempts.length === before) {
      vi.advanceTimersByTime(100);
      waitedMs += 100;
    }
    waits.push(waitedMs);
  }
  expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 5_000, 5_000, 5_000]);
  attempts.at(-1)?.events.onOpen();
  attempts.at(-1)?.events.onFrame(probeAnswerFrame);
  attempts.at(-1)?.events.onClosed();
  const before = attempts.length;
  vi.advanceTimersByTime(200);
  expect(attempts.length).toBe(before + 1);
  link.close();
});

test('back online it tries at once, but makes no second connection beside a living one', () => {
  const page = new EventTarget();
  vi.stubGlobal('window', page);
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  page.dispatchEvent(new Event('online'));
  expect(attempts.length).toBe(1);
  attempts[0]?.events.onClosed();
  page.dispatchEvent(new Event('online'));
  expect(attempts.length).toBe(2);
  vi.advanceTimersByTime(300);
  expect(attempts.length).toBe(2);
  link.close();
  page.dispatchEvent(new Event('online'));
  vi.advanceTimersByTime(60_000);
  expect(attempts.length).toBe(2);
});

test('a page that has to wait its turn connects then, not before, and not after it was closed', async () => {
  const page = new EventTarget();
  vi.stubGlobal('window', page);
  const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const { attempts, open } = heldWire();
  const link = connectConsole({ open, turn: first.promise });
  const closed = connectConsole({ open, turn: second.promise });
  page.dispatchEvent(new Event('online'));
  closed.close();
  second.resolve();
  await second.promise;
  expect(attempts.length).toBe(0);
  first.resolve();
  await first.promise;
  expect(attempts.length).toBe(1);
  link.close();
});

test('a connection that opens and then says nothing is given up', () => {
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  attempts[0]?.events.onOpen();
  expect(attempts[0]?.sent).toEqual([probeFrame]);
  vi.advanceTimersByTime(consoleTiming.probeWaitMs - 1);
  expect(attempts[0]?.closes).toBe(0);
  vi.advanceTimersByTime(1);
  expect(attempts[0]?.closes).toBe(1);
  link.close();
});

test('an attempt that never opens is given up too', () => {
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  vi.advanceTimersByTime(consoleTiming.probeWaitMs + consoleTiming.retryDelayMs);
  expect(attempts.map(({ closes }) => closes)).toEqual([1, 0]);
  link.close();
});

test('a living connection is probed quietly for ever, and answers the probes of the other side', () => {
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  const [attempt] = attempts;
  attempt?.events.onOpen();
  for (let round = 0; round < 1_000; round += 1) {
    attempt?.events.onFrame(probeAnswerFrame);
    vi.advanceTimersByTime(consoleTiming.probeEveryMs);
  }
  expect([attempts.length, attempt?.closes, attempt?.sent.length]).toEqual([1, 0, 1_001]);
  attempt?.events.onFrame(probeFrame);
  expect(attempt?.sent.at(-1)).toBe(probeAnswerFrame);
  link.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a link that was closed connects no more', () => {
  const { attempts, open } = heldWire();
  const link = connectConsole({ open });
  link.close();
  vi.advanceTimersByTime(60_000);
  expect([attempts.length, vi.getTimerCount()]).toEqual([1, 0]);
});

test('a port is taken from this window only, with the agreed word and once', () => {
  const posted: unknown[] = [];
  const page = Object.assign(new EventTarget(), {
    location: { origin: 'app://console' },
    postMessage: (message: unknown, origin: unknown) => posted.push([message, origin]),
  });
  const give = (data: unknown, source: unknown, ports: readonly unknown[]): boolean =>
    page.dispatchEvent(Object.assign(new Event('message'), { data, source, ports }));
  const opened: string[] = [];
  const started: string[] = [];
  const port = (name: string) =>
    Object.assign(new EventTarget(), { start: () => started.push(name), postMessage: () => {}, close: () => {} });
  // @ts-expect-error: the few parts of a window that are used.
  const wire = preloadPortWire(page)({ onOpen: () => opened.push('open'), onFrame: () => {}, onClosed: () => {} });
  expect(posted).toEqual([[portWanted, 'app://console']]);
  give(portHere, new EventTarget(), [port('from a frame')]);
  give('something else', page, [port('with another word')]);
  give(portHere, page, []);
  expect({ opened, started }).toEqual({ opened: [], started: [] });
  give(portHere, page, [port('first')]);
  give(portHere, page, [port('second')]);
  expect({ opened, started }).toEqual({ opened: ['open'], started: ['first'] });
  wire.close();
});
