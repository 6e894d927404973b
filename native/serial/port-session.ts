import type { Clock } from '../clock.ts';
import type { Bytes, CompiledProfile, CompiledStep } from './compile-profile.ts';
import { type Decoder, earliest } from './decoder.ts';
import type { FrameMatcher } from './frame-matcher.ts';
import type { Frame } from './framing.ts';
import type { LampPanel, LampWrite } from './lamp-panel.ts';
import { createReplyWatch, type Reply } from './reply-watch.ts';
import type { OpenedPort, OutputPins } from './serial-bus.ts';
import type { LinkListener } from './serial-link.ts';

/** What a session is made of. */
export type SessionParts = {
  readonly compiled: CompiledProfile;
  readonly clock: Clock;
  readonly port: OpenedPort;
  readonly decoder: Decoder;
  readonly panel: LampPanel | undefined;
  readonly listener: LinkListener;
  readonly hooks: { onFrame(frame: Frame): void; onBadFrame(): void };
  readonly isFirst: boolean;
};

/** One opening of a port, from init to its end. `ended` says why, in words; it resolves once, whatever ends it. */
export type PortSession = {
  onData(bytes: Uint8Array): void;
  onGone(detail: string): void;
  /** Something may have to be sent. */
  wake(): void;
  /** True once init is done; false if the port ended before. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<string>;
  /** Sends the fail-safe and ends. */
  close(): Promise<void>;
};

/** A device that holds up the flow this long takes no bytes any more; waiting on would keep lamps wrong unnoticed. */
const writeWaitMs = 2000;
/** Commands in a row without an answer before the device is taken for lost. */
const unansweredMax = 3;
/** A line of this speed brings a tenth of its baud rate; four times that is no line but a fault, and is dropped. */
const floodFactor = 4;
const floodBytesMin = 4096;
/** The fail-safe is the last thing sent; nobody waits for it longer when the seat is closed. */
const closeWaitMs = 1000;

/** Starts the session of a port that was just opened. */
export function startPortSession(parts: SessionParts): PortSession {
  const { compiled, clock, port, decoder, panel, listener, hooks } = parts;
  const { profile, ack } = compiled;
  const replies = createReplyWatch();
  const pins: { dtr: boolean; rts: boolean; brk: boolean } = { ...profile.serial.open, brk: false };
  let endedWith: string | undefined;
  let isReady = false;
  let isClosing = false;
  let tellReady: (isReady: boolean) => void = () => undefined;
  let tellEnded: (reason: string) => void = () => undefined;
  const ready = new Promise<boolean>((resolve) => {
    tellReady = resolve;
  });
  const ended = new Promise<string>((resolve) => {
    tellEnded = resolve;
  });
  /** Everything that waits: all of it gives up when the session ends. */
  const waiters = new Set<() => void>();
  let wakeUp: () => void = () => undefined;
  let cancelTimer: () => void = () => undefined;
  let cancelDecoder: () => void = () => undefined;
  let cancelPoll: () => void = () => undefined;
  let frameWaiter: { readonly matcher: FrameMatcher; tell(): void } | undefined;
  let unanswered = 0;
  let missed = 0;
  let beatAtMs = clock.nowMs() + (profile.heartbeat?.everyMs ?? 0);
  let heardMs = clock.nowMs();
  let flood = { sinceMs: clock.nowMs(), bytes: 0, isTold: false };

  const end = (reason: string): void => {
    if (endedWith !== undefined) return;
    endedWith = reason;
    cancelTimer();
    cancelDecoder();
    cancelPoll();
    hooks.onFrame = () => undefined;
    hooks.onBadFrame = () => undefined;
    decoder.reset();
    // Nobody knows what the lamps of a device show that was away.
    if (profile.failSafe.onLinkLost === 'lampsUnknown') panel?.forget();
    wakeUp();
    for (const giveUp of waiters) giveUp();
    tellReady(false);
    void port.close().then(() => tellEnded(reason));
  };
  /** Waits for `doing`, a limit, or the end of the session. */
  const within = <T>(doing: Promise<T>, ms: number): Promise<T | 'late'> =>
    new Promise((resolve, reject) => {
      if (endedWith !== undefined) return resolve('late');
      const over = (): void => {
        cancel();
        waiters.delete(giveUp);
      };
      const giveUp = (): void => {
        over();
        resolve('late');
      };
      const cancel = clock.after(ms, giveUp);
      waiters.add(giveUp);
      doing.then(resolve, reject).finally(over);
    });
  const pause = (ms: number): Promise<unknown> => within(new Promise(() => undefined), ms);
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (endedWith !== undefined) return;
    const pieces = profile.serial.txGapMs === 0 ? [bytes] : [...bytes].map((byte) => Uint8Array.of(byte));
    listener.onTraffic('tx', bytes);
    try {
      for (const [index, piece] of pieces.entries()) {
        if (index > 0) await pause(profile.serial.txGapMs);
        if ((await within(port.write(piece), writeWaitMs)) === 'late') {
          end(`the device took no bytes for ${writeWaitMs} ms`);
          return;
        }
      }
    } catch (error) {
      end(`writing: ${wordsOf(error)}`);
    }
  };
  const setPins = async (change: Partial<OutputPins>): Promise<void> => {
    Object.assign(pins, change);
    try {
      await within(port.setPins({ ...pins }), writeWaitMs);
    } catch (error) {
      listener.onTrouble('setting DTR, RTS and BREAK', wordsOf(error));
    }
  };
  /** Sends a command until it is acknowledged. False: it was not. */
  const command = async (bytes: Bytes): Promise<boolean> => {
    const isEchoed = profile.serial.halfDuplexEcho === 'expect';
    const good = isEchoed ? bytes : ack.expect;
    const tries = good === undefined ? 1 : 1 + (profile.ack?.retries ?? 2);
    for (let attempt = 0; attempt < tries && endedWith === undefined; attempt += 1) {
      if (profile.serial.halfDuplexEcho === 'strip') replies.expectEcho(bytes);
      const answered = new Promise<Reply>((resolve) => {
        if (good !== undefined || ack.nak !== undefined) replies.expectReply(answersOf(good, ack.nak), resolve);
      });
      await write(bytes);
      const reply = good === undefined ? 'good' : await within(answered, profile.ack?.timeoutMs ?? 300);
      if (good !== undefined) replies.forgetReply();
      if (profile.serial.cmdGapMs > 0) await pause(profile.serial.cmdGapMs);
      if (reply === 'good') {
        if (good !== undefined) unanswered = 0;
        return true;
      }
    }
    if (endedWith !== undefined) return false;
    unanswered += 1;
    listener.onTrouble('sending a command', `no acknowledgement, ${unanswered} time(s) in a row`);
    if (unanswered >= unansweredMax) end('the device acknowledges nothing any more');
    return false;
  };
  /** Sends and waits for a frame. */
  const ask = async (send: Bytes | undefined, matcher: FrameMatcher | undefined, ms: number): Promise<boolean> => {
    const came = new Promise<'came'>((resolve) => {
      if (matcher !== undefined) frameWaiter = { matcher, tell: () => resolve('came') };
    });
    if (send !== undefined && !(await command(send))) return false;
    const isThere = matcher === undefined || (await within(came, ms)) === 'came';
    frameWaiter = undefined;
    return isThere;
  };
  const doStep = async (step: CompiledStep): Promise<boolean> => {
    if (step.breakMs !== undefined) {
      await setPins({ brk: true });
      await pause(step.breakMs);
      await setPins({ brk: false });
    }
    const isDone = await ask(step.send, step.expect, step.timeoutMs);
    if (step.waitMs !== undefined) await pause(step.waitMs);
    return isDone;
  };
  const show = async (writes: readonly LampWrite[]): Promise<void> => {
    for (const lamp of writes) {
      if (endedWith !== undefined) return;
      if (lamp.kind === 'pins') await setPins(lamp.pins);
      else await command(lamp.bytes);
    }
  };
  const beat = async (): Promise<void> => {
    const { heartbeat } = profile;
    if (heartbeat === undefined || clock.nowMs() < beatAtMs) return;
    beatAtMs = clock.nowMs() + heartbeat.everyMs;
    const { send, expect } = compiled.heartbeat ?? {};
    missed = (await ask(send, expect, heartbeat.everyMs)) ? 0 : missed + 1;
    if (missed >= heartbeat.missed) end(`no answer to ${missed} heartbeats`);
  };
  const dueMs = (): number | undefined => {
    const silenceMs = profile.heartbeat?.rxSilenceMs ?? 0;
    return earliest([
      panel?.dueMs(clock.nowMs()),
      profile.heartbeat && beatAtMs,
      silenceMs > 0 ? heardMs + silenceMs : undefined,
    ]);
  };
  const sleep = (): Promise<void> =>
    new Promise((resolve) => {
      wakeUp = resolve;
      const due = dueMs();
      cancelTimer();
      cancelTimer = due === undefined ? () => undefined : clock.after(Math.max(1, due - clock.nowMs()), resolve);
    });
  const work = async (): Promise<void> => {
    const isPinned = profile.lamps?.mode === 'modemLine' || !profile.serial.open.dtr || !profile.serial.open.rts;
    if (isPinned) await setPins({});
    for (const [index, step] of (parts.isFirst || profile.reconnect.rerunInit ? compiled.init : []).entries()) {
      if (endedWith === undefined && !(await doStep(step))) end(`no answer to step ${index + 1} of init`);
    }
    if (endedWith !== undefined) return;
    isReady = true;
    tellReady(true);
    if (parts.isFirst || profile.reconnect.replayLamps) panel?.forget();
    poll();
    while (endedWith === undefined && !isClosing) {
      const silenceMs = profile.heartbeat?.rxSilenceMs ?? 0;
      if (silenceMs > 0 && clock.nowMs() - heardMs >= silenceMs) return end(`nothing heard for ${silenceMs} ms`);
      await show(panel?.render(clock.nowMs()) ?? []);
      await beat();
      if (endedWith === undefined && !isClosing) await sleep();
    }
  };
  const poll = (): void => {
    if (compiled.lineRules.length === 0 || endedWith !== undefined) return;
    within(port.readPins(), writeWaitMs).then(
      (lines) => {
        if (lines !== 'late') decoder.lines(lines, clock.nowMs());
        armDecoder();
        if (endedWith === undefined) cancelPoll = clock.after(profile.pollMs, poll);
      },
      (error: unknown) => end(`reading the lines: ${wordsOf(error)}`),
    );
  };
  const armDecoder = (): void => {
    cancelDecoder();
    const due = decoder.dueMs();
    if (due === undefined || endedWith !== undefined) return;
    cancelDecoder = clock.after(Math.max(1, due - clock.nowMs()), () => {
      decoder.tick(clock.nowMs());
      armDecoder();
    });
  };
  const answer = (bytes: Uint8Array | undefined): void => {
    if (bytes !== undefined && isReady) void write(bytes);
  };
  hooks.onFrame = (frame) => {
    answer(ack.reply);
    if (frameWaiter?.matcher.match(frame) !== undefined) frameWaiter.tell();
  };
  hooks.onBadFrame = () => {
    if (profile.checksum.onBad === 'nak') answer(ack.nak);
  };
  decoder.reset();
  const working = work().catch((error: unknown) => end(`the session failed: ${wordsOf(error)}`));
  return {
    ready,
    ended,
    wake: () => wakeUp(),
    onGone: (detail) => end(detail),
    onData: (bytes) => {
      if (endedWith !== undefined) return;
      const nowMs = clock.nowMs();
      heardMs = nowMs;
      if (nowMs - flood.sinceMs >= 1000) flood = { sinceMs: nowMs, bytes: 0, isTold: false };
      flood.bytes += bytes.length;
      if (flood.bytes > Math.max(floodBytesMin, (profile.serial.baudRate / 10) * floodFactor)) {
        if (!flood.isTold) listener.onTrouble('reading', 'the device floods the line; what is too much is dropped');
        flood.isTold = true;
        return;
      }
      listener.onTraffic('rx', bytes);
      replies.filter(bytes, decoder.isBetweenFrames, (own) => decoder.push(own, nowMs));
      armDecoder();
    },
    close: async () => {
      isClosing = true;
      wakeUp();
      await within(working, closeWaitMs);
      panel?.wishSafe(clock.nowMs());
      if (isReady && endedWith === undefined) await within(show(panel?.render(clock.nowMs()) ?? []), closeWaitMs);
      end('closed');
      await ended;
    },
  };
}

function answersOf(good: Uint8Array | undefined, bad: Uint8Array | undefined) {
  return { ...(good && { good }), ...(bad && { bad }) };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
