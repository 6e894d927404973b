import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ConsolePage } from '../../core/carrier-frame.ts';
import type { PhoneCommand, PhoneSetup } from '../../core/console-api.ts';
import { signalQueueMax } from '../../main/carriers/feed.ts';
import { type ConsoleServer, requestsUnderWayMax } from '../../main/carriers/serve-console.ts';
import { type Console, type ConsoleLink, ConsoleLost, connectConsole } from '../../renderer/console-link.ts';
import type { OpenConsoleWire } from '../../renderer/console-wire.ts';
import { setupValue, smallSeat } from './console-carrier-seat.ts';

/** One page's side of a carrier under test. */
export interface CarriedPage {
  /** For connectConsole; each attempt is a new connection to the same server. */
  readonly open: OpenConsoleWire;
  /** Cuts the present connection from outside, as a crash would. */
  readonly cut: () => void;
  /** Sends one raw frame past the client: what a hostile page could send. */
  readonly sendRaw: (frame: string | Uint8Array) => void;
}

/** A carrier: joins pages to a server. */
export interface Carrier {
  readonly page: (server: ConsoleServer, page: ConsolePage) => Promise<CarriedPage>;
  readonly close: () => Promise<void>;
}

/** Resolves at the next connection of a link, or with the present one. */
function connected(link: ConsoleLink, unlike: Console | null = null): Promise<Console> {
  return new Promise((resolve) => {
    const stop = link.watch((console) => {
      if (console !== null && console !== unlike) {
        queueMicrotask(() => stop());
        resolve(console);
      }
    });
  });
}

/** Resolves when a link has no connection. */
function disconnected(link: ConsoleLink): Promise<void> {
  return new Promise((resolve) => {
    const stop = link.watch((console) => {
      if (console === null) {
        queueMicrotask(() => stop());
        resolve();
      }
    });
  });
}

/** Waits for a condition that other code brings about; looks after each turn of the event loop, never sleeps. */
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const answerCommand = (callId: string): PhoneCommand => ({ kind: 'answer', callId });
const timing = { retryDelayMs: 5, retryDelayMaxMs: 20, probeEveryMs: 1_000, probeWaitMs: 1_000 };

/** What every carrier of console-api has to do, from the page's end to the seat's. */
export function consoleCarrierSuite(name: string, openCarrier: () => Promise<Carrier>): void {
  describe(`console-api over ${name}`, () => {
    let carrier: Carrier;
    let seat: ReturnType<typeof smallSeat>;
    let page: CarriedPage;
    let link: ConsoleLink;
    let console: Console;

    beforeEach(async () => {
      carrier = await openCarrier();
      seat = smallSeat();
      page = await carrier.page(seat.server, 'phone');
      link = connectConsole({ open: page.open, timing });
      console = await connected(link);
    });
    afterEach(async () => {
      link.close();
      seat.server.close();
      await carrier.close();
    });

    test('a request is answered; a void one too', async () => {
      const desk = connectConsole({ open: (await carrier.page(seat.server, 'desk')).open, timing });
      const deskConsole = await connected(desk);
      expect(await deskConsole.desk.calls({ search: '', before: null, limit: 10 })).toEqual({ rows: [], total: 7 });
      expect(await console.phone.report({ kind: 'started', at: 1 })).toBeUndefined();
      expect(seat.reports).toEqual([{ kind: 'started', at: 1 }]);
      desk.close();
    });

    test('zod refuses bad input before any handler sees it', async () => {
      // @ts-expect-error: what a page with a mistake, or somebody else's page, would send.
      const outcome = console.phone.report({ kind: 'started', at: 'yesterday' });
      await expect(outcome).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      const tooLong = console.recordings.append({
        recordingId: 'r',
        segment: 0,
        atMs: 0,
        durationMs: 1,
        soundBase64: 'A'.repeat(350_004),
      });
      await expect(tooLong).rejects.toMatchObject({ code: 'BAD_REQUEST' });
      expect({ reports: seat.reports, problems: seat.problems }).toEqual({ reports: [], problems: [] });
    });

    test('a handler that throws is a problem here and says nothing of it to the page', async () => {
      await expect(console.recordings.begin({ callId: 'c' })).rejects.toMatchObject({
        code: 'INTERNAL_SERVER_ERROR',
        message: expect.not.stringContaining('secret-place'),
      });
      expect(seat.problems).toEqual(['console-api /recordings/begin']);
    });

    test('each page gets its own procedures only', async () => {
      const desk = connectConsole({ open: (await carrier.page(seat.server, 'desk')).open, timing });
      const deskConsole = await connected(desk);
      const forbidden = { code: 'FORBIDDEN' };
      await expect(deskConsole.phone.setup()).rejects.toMatchObject(forbidden);
      await expect(deskConsole.phone.commands()).rejects.toMatchObject(forbidden);
      await expect(deskConsole.phone.report({ kind: 'started', at: 1 })).rejects.toMatchObject(forbidden);
      await expect(deskConsole.recordings.end({ recordingId: 'r' })).rejects.toMatchObject(forbidden);
      await expect(console.desk.calls({ search: '', before: null, limit: 1 })).rejects.toMatchObject(forbidden);
      await expect(console.recordings.read({ recordingId: 'r', offset: 0, length: 1 })).rejects.toMatchObject(
        forbidden,
      );
      await expect(deskConsole.recordings.open({ recordingId: 'r' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
      expect(seat.reports).toEqual([]);
      desk.close();
    });

    test('a feed gives the present value first, then changes; a late watcher misses nothing', async () => {
      const early = await console.phone.setup();
      expect(await nameOf(early)).toBe('first');
      seat.setup.set(setupValue('second'));
      expect(await nameOf(early)).toBe('second');
      const late = await console.phone.setup();
      expect(await nameOf(late)).toBe('second');
      seat.setup.set(setupValue('third'));
      expect([await nameOf(early), await nameOf(late)]).toEqual(['third', 'third']);
      await early.return();
      await late.return();
    });

    test('a returned iterator stops the watching at the seat, though nothing changes there', async () => {
      const setup = await console.phone.setup();
      const commands = await console.phone.commands();
      await setup.next();
      expect([seat.setup.watcherCount, seat.commands.watcherCount]).toEqual([1, 1]);
      await setup.return();
      await commands.return();
      await until(() => seat.setup.watcherCount + seat.commands.watcherCount === 0);
      expect(seat.problems).toEqual([]);
    });

    test('a signal is told once, in order, and never replayed to a late watcher', async () => {
      seat.commands.send(answerCommand('before anybody watched'));
      const first = await console.phone.commands();
      seat.commands.send(answerCommand('a'));
      seat.commands.send(answerCommand('b'));
      expect((await first.next()).value).toEqual(answerCommand('a'));
      expect((await first.next()).value).toEqual(answerCommand('b'));
      const late = await console.phone.commands();
      seat.commands.send(answerCommand('c'));
      expect((await late.next()).value).toEqual(answerCommand('c'));
      expect((await first.next()).value).toEqual(answerCommand('c'));
      await first.return();
      await late.return();
    });

    test('512 KB come and a whole chunk of sound goes in one piece', async () => {
      const desk = connectConsole({ open: (await carrier.page(seat.server, 'desk')).open, timing });
      const deskConsole = await connected(desk);
      const length = 512 * 1024;
      const { webmBase64 } = await deskConsole.recordings.read({ recordingId: 'r', offset: 7, length });
      expect(Buffer.from(webmBase64, 'base64').equals(Buffer.alloc(length, 7))).toBe(true);
      const soundBase64 = Buffer.alloc(256 * 1024, 3).toString('base64');
      const chunk = { recordingId: 'r', segment: 0, atMs: 0, durationMs: 1000, soundBase64 };
      expect(await console.recordings.append(chunk)).toEqual({ kind: 'kept' });
      desk.close();
    });

    test('requests sent without waiting are handled in the order they were sent', async () => {
      const sent = Array.from({ length: 200 }, (_, at) => ({ kind: 'started', at }) as const);
      await Promise.all(sent.map((report) => console.phone.report(report)));
      expect(seat.reports).toEqual(sent);
    });

    test('a connection cut in mid-feed frees everything, fails what waited, and is made anew', async () => {
      const setup = await console.phone.setup();
      const commands = await console.phone.commands();
      await setup.next();
      const waiting = [setup.next(), commands.next(), console.recordings.gap(gap)].map((outcome) =>
        outcome.then(
          () => 'answered',
          (error: unknown) => error instanceof ConsoleLost,
        ),
      );
      await console.phone.report({ kind: 'started', at: 1 });
      page.cut();
      expect(await Promise.all(waiting)).toEqual([true, true, true]);
      const again = await connected(link, console);
      expect(await again.phone.report({ kind: 'started', at: 2 })).toBeUndefined();
      await until(() => seat.server.pageCount() === 1 && seat.hangs.abortedCount === 1);
      expect([seat.setup.watcherCount, seat.commands.watcherCount, seat.problems]).toEqual([0, 0, []]);
      const fresh = await again.phone.setup();
      expect(await nameOf(fresh)).toBe('first');
      await fresh.return();
    });

    test('a request on a lost connection fails at once and is not sent on the next one', async () => {
      page.cut();
      await disconnected(link);
      const outcome = console.phone.report({ kind: 'started', at: 99 }).catch((error: unknown) => error);
      await connected(link, console);
      expect(await Promise.race([outcome, turn('still waiting')])).toBeInstanceOf(ConsoleLost);
      expect(seat.reports).toEqual([]);
    });

    test('a watcher of a feed that takes nothing gets the newest, and the seat sends no more than the window', async () => {
      const setup = await console.phone.setup();
      expect(await nameOf(setup)).toBe('first');
      for (let change = 0; change < 5_000; change += 1) {
        seat.setup.set(setupValue(`${change}`));
      }
      const seen: string[] = [];
      while (seen.at(-1) !== '4999') {
        seen.push(await nameOf(setup));
      }
      expect(seen.length).toBeLessThan(10);
      await setup.return();
    });

    test('a watcher of a signal that falls too far behind is told so instead of losing some in silence', async () => {
      const commands = await console.phone.commands();
      for (let sent = 0; sent <= signalQueueMax + 1; sent += 1) {
        seat.commands.send(answerCommand(`${sent}`));
      }
      const drain = async (): Promise<void> => {
        while (!(await commands.next()).done);
      };
      await expect(drain()).rejects.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
      expect(seat.commands.watcherCount).toBe(0);
    });

    test.each([
      ['not JSON', 'hello'],
      ['an empty frame', ''],
      ['null', 'null'],
      ['a stream from the page', '{"i":"1","t":3,"p":{"e":"message","d":{"json":1}}}'],
      ['an address of its own', '{"i":"1","p":{"u":"http://elsewhere/phone/setup"}}'],
      ['another method', '{"i":"1","p":{"u":"/phone/setup","m":"GET"}}'],
      ['an id of another type', '{"i":1,"p":{"u":"/phone/setup"}}'],
      ['bytes', new Uint8Array([1, 2, 3])],
      ['a frame over the limit', `{"i":"1","p":{"u":"/phone/report","b":"${'A'.repeat(1024 * 1024)}"}}`],
    ])('%s closes the connection and harms nobody', async (_, frame) => {
      const commands = await console.phone.commands();
      const ended = commands.next().catch((error: unknown) => error);
      page.sendRaw(frame);
      expect(await ended).toBeInstanceOf(ConsoleLost);
      const again = await connected(link, console);
      expect(await again.phone.report({ kind: 'started', at: 3 })).toBeUndefined();
      await until(() => seat.commands.watcherCount === 0);
    });

    test('a procedure that is not there, and names of objects, are answered as not found', async () => {
      const paths = ['/nothing', '/phone/constructor', '/phone/setup/toString', '/desk/hasOwnProperty'];
      const frames = paths.map((u, index) => JSON.stringify({ i: `x${index}`, p: { u } }));
      frames.forEach((frame) => {
        page.sendRaw(frame);
      });
      expect(await console.phone.report({ kind: 'started', at: 4 })).toBeUndefined();
      expect(seat.problems).toEqual([]);
    });

    test('too many requests under way close the connection', async () => {
      const waiting = Array.from({ length: requestsUnderWayMax + 1 }, () =>
        console.recordings.gap(gap).catch((error: unknown) => error instanceof ConsoleLost),
      );
      expect(new Set(await Promise.all(waiting))).toEqual(new Set([true]));
      await until(() => seat.hangs.abortedCount === requestsUnderWayMax);
    });

    test('closing the server ends every page', async () => {
      const commands = await console.phone.commands();
      const ended = commands.next().catch((error: unknown) => error);
      seat.server.close();
      expect(await ended).toBeInstanceOf(ConsoleLost);
      await until(() => seat.commands.watcherCount === 0);
    });

    test('a signal crosses in under a millisecond (median of 300)', async () => {
      const commands = await console.phone.commands();
      const times: number[] = [];
      for (let sent = 0; sent < 300; sent += 1) {
        const next = commands.next();
        const startedAt = performance.now();
        seat.commands.send(answerCommand(`${sent}`));
        await next;
        times.push(performance.now() - startedAt);
      }
      const median = times.toSorted((a, b) => a - b)[150] ?? Number.POSITIVE_INFINITY;
      expect(median).toBeLessThan(1);
      await commands.return();
    });
  });
}

const gap = { recordingId: 'r', atMs: 0, durationMs: 0, reason: 'waits until its request ends' };

async function nameOf(feed: AsyncIterator<PhoneSetup, unknown>): Promise<string> {
  const { value, done } = await feed.next();
  if (done === true || value === undefined) {
    return 'ended';
  }
  const { account } = value as PhoneSetup;
  return account.kind === 'sip' ? account.displayName : 'practice';
}

function turn<T>(value: T): Promise<T> {
  return new Promise((resolve) => setImmediate(() => resolve(value)));
}
