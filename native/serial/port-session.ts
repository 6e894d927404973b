import type { Clock } from '../clock.ts';
import { type CommandSender, commandSender } from './command-sender.ts';
import type { CompiledProfile, CompiledStep } from './compile-profile.ts';
import { type Decoder, earliest } from './decoder.ts';
import { floodGate, floodRestMs } from './flood-gate.ts';
import type { Frame } from './framing.ts';
import type { LampPanel, LampWrite } from './lamp-panel.ts';
import type { LineStates } from './modem-lines.ts';
import { createReplyWatch, type ReplyWatch } from './reply-watch.ts';
import type { OpenedPort } from './serial-bus.ts';
import type { LinkListener } from './serial-link.ts';
import { beginSession, type SessionEnd, type SessionLife } from './session-life.ts';

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

/** One opening of a port, from init to its end. `ended` says why; it resolves once, whatever ends it. */
export type PortSession = {
  onData(bytes: Uint8Array): void;
  onGone(detail: string): void;
  /** Something may have to be sent. */
  wake(): void;
  /** True once init is done; false if the port ended before. */
  readonly ready: Promise<boolean>;
  readonly ended: Promise<SessionEnd>;
  /** Sends the fail-safe and ends. */
  close(): Promise<void>;
};

/** The fail-safe is the last thing sent; what is under way and the fail-safe are each waited for no longer at closing. */
const closeWaitMs = 600;

/** Lines that have stood so long are read more rarely: reading costs a thread's turn each time, all day long. */
const calmAfterMs = 5_000;
/** Still sooner than a hand lets go of what it has pressed. */
const calmPollMs = 50;

/** Starts the session of a port that was just opened. */
export function startPortSession(parts: SessionParts): PortSession {
  return new Session(parts);
}

class Session implements PortSession {
  readonly #parts: SessionParts;
  readonly #life: SessionLife;
  readonly #sender: CommandSender;
  readonly #replies: ReplyWatch = createReplyWatch();
  readonly #takes: ReturnType<typeof floodGate>;
  readonly #working: Promise<void>;
  readonly ready: Promise<boolean>;
  #tellReady: (isReady: boolean) => void = () => undefined;
  #isReady = false;
  #isClosing = false;
  #wakeUp: () => void = () => undefined;
  #cancelTimer: () => void = () => undefined;
  #cancelDecoder: () => void = () => undefined;
  #cancelPoll: () => void = () => undefined;
  /** How the input lines stood when they were last read, and when they last moved. */
  #lines = '';
  #movedMs = 0;
  #missed = 0;
  #beatAtMs: number;
  #heardMs: number;

  constructor(parts: SessionParts) {
    const { compiled, clock, port, decoder, listener } = parts;
    const { profile, ack } = compiled;
    this.#parts = parts;
    this.ready = new Promise((resolve) => {
      this.#tellReady = resolve;
    });
    const life = beginSession(clock, () => this.#onEnd());
    this.#life = life;
    this.#sender = commandSender({ compiled, port, life, replies: this.#replies, listener });
    this.#beatAtMs = clock.nowMs() + (profile.heartbeat?.everyMs ?? 0);
    this.#heardMs = clock.nowMs();
    this.#takes = floodGate(profile.serial.baudRate, clock.nowMs());
    parts.hooks.onFrame = (frame) => {
      this.#answer(ack.reply);
      this.#sender.onFrame(frame);
    };
    parts.hooks.onBadFrame = () => {
      if (profile.checksum.onBad === 'nak') this.#answer(ack.nak);
    };
    decoder.reset();
    this.#working = this.#work().catch((error: unknown) => life.end('failed', `the session failed: ${wordsOf(error)}`));
  }

  get ended(): Promise<SessionEnd> {
    return this.#life.ended;
  }

  wake(): void {
    this.#wakeUp();
  }

  onGone(detail: string): void {
    this.#life.end('gone', detail);
  }

  onData(bytes: Uint8Array): void {
    if (this.#life.isOver) return;
    const { clock, port, decoder, listener } = this.#parts;
    const nowMs = clock.nowMs();
    this.#heardMs = nowMs;
    const verdict = this.#takes(bytes.length, nowMs);
    if (verdict === 'hopeless') this.#life.end('flooded', 'the device floods the line and does not stop');
    if (verdict === 'first-drop') {
      listener.onTrouble('reading', 'the device floods the line; what is too much is dropped');
      // Reading it only to drop it would cost a core.
      port.rest(floodRestMs);
    }
    if (verdict !== 'pass') return;
    listener.onTraffic('rx', bytes);
    // Echoes and acknowledgements carry a parity bit as everything else.
    const { mask7 } = this.#parts.compiled.profile.serial;
    this.#replies.filter(
      mask7 ? bytes.map((byte) => byte & 0x7f) : bytes,
      () => decoder.isBetweenFrames(),
      (own) => decoder.push(own, nowMs),
    );
    this.#armDecoder();
  }

  async close(): Promise<void> {
    const { clock, panel } = this.#parts;
    this.#isClosing = true;
    this.#wakeUp();
    await this.#life.within(this.#working, closeWaitMs);
    panel?.wishSafe(clock.nowMs());
    if (this.#isReady && !this.#life.isOver) {
      await this.#life.within(this.#show(panel?.render(clock.nowMs()) ?? []), closeWaitMs);
    }
    this.#life.end('closed', 'closed');
    await this.#life.ended;
  }

  #onEnd(): Promise<void> {
    const { compiled, hooks, decoder, panel, port } = this.#parts;
    this.#cancelTimer();
    this.#cancelDecoder();
    this.#cancelPoll();
    hooks.onFrame = () => undefined;
    hooks.onBadFrame = () => undefined;
    decoder.reset();
    // Nobody knows what the lamps of a device show that was away.
    if (compiled.profile.failSafe.onLinkLost === 'lampsUnknown') panel?.forget();
    this.#wakeUp();
    this.#tellReady(false);
    return port.close();
  }

  async #work(): Promise<void> {
    const { compiled, clock, panel, isFirst } = this.#parts;
    const { profile } = compiled;
    const life = this.#life;
    const isPinned = profile.lamps?.mode === 'modemLine' || !profile.serial.open.dtr || !profile.serial.open.rts;
    if (isPinned) await this.#sender.setPins({});
    for (const [index, step] of (isFirst || profile.reconnect.rerunInit ? compiled.init : []).entries()) {
      if (!life.isOver && !(await this.#doStep(step))) life.end('no-answer', `no answer to step ${index + 1} of init`);
    }
    if (life.isOver) return;
    this.#isReady = true;
    this.#tellReady(true);
    if (isFirst || profile.reconnect.replayLamps) panel?.forget();
    this.#poll();
    while (!life.isOver && !this.#isClosing) {
      const silenceMs = profile.heartbeat?.rxSilenceMs ?? 0;
      if (silenceMs > 0 && clock.nowMs() - this.#heardMs >= silenceMs) {
        return life.end('no-answer', `nothing heard for ${silenceMs} ms`);
      }
      await this.#show(panel?.render(clock.nowMs()) ?? []);
      await this.#beat();
      if (!life.isOver && !this.#isClosing) await this.#sleep();
    }
  }

  async #doStep(step: CompiledStep): Promise<boolean> {
    if (step.breakMs !== undefined) {
      await this.#sender.setPins({ brk: true });
      await this.#life.pause(step.breakMs);
      await this.#sender.setPins({ brk: false });
    }
    const isDone = await this.#sender.ask(step.send, step.expect, step.timeoutMs);
    if (step.waitMs !== undefined) await this.#life.pause(step.waitMs);
    return isDone;
  }

  async #show(writes: readonly LampWrite[]): Promise<void> {
    for (const lamp of writes) {
      if (this.#life.isOver) return;
      if (lamp.kind === 'pins') await this.#sender.setPins(lamp.pins);
      else await this.#sender.command(lamp.bytes);
    }
  }

  async #beat(): Promise<void> {
    const { compiled, clock } = this.#parts;
    const { heartbeat } = compiled.profile;
    if (heartbeat === undefined || clock.nowMs() < this.#beatAtMs) return;
    this.#beatAtMs = clock.nowMs() + heartbeat.everyMs;
    const { send, expect } = compiled.heartbeat ?? {};
    this.#missed = (await this.#sender.ask(send, expect, heartbeat.everyMs)) ? 0 : this.#missed + 1;
    if (this.#missed >= heartbeat.missed) this.#life.end('no-answer', `no answer to ${this.#missed} heartbeats`);
  }

  /** Until something has to be sent, or somebody wakes it. */
  #sleep(): Promise<void> {
    const { compiled, clock, panel } = this.#parts;
    const { heartbeat } = compiled.profile;
    const silenceMs = heartbeat?.rxSilenceMs ?? 0;
    return new Promise((resolve) => {
      this.#wakeUp = resolve;
      const due = earliest([
        panel?.dueMs(clock.nowMs()),
        heartbeat && this.#beatAtMs,
        silenceMs > 0 ? this.#heardMs + silenceMs : undefined,
      ]);
      this.#cancelTimer();
      this.#cancelTimer = due === undefined ? () => undefined : clock.after(Math.max(1, due - clock.nowMs()), resolve);
    });
  }

  #poll(): void {
    const { compiled, clock, port, decoder } = this.#parts;
    const life = this.#life;
    if (compiled.lineRules.length === 0 || life.isOver) return;
    // One timer a reading, no more: fifty a second have to cost nothing. A driver that never answers is asked no more.
    port.readPins().then(
      (lines) => {
        if (life.isOver) return;
        decoder.lines(lines, clock.nowMs());
        this.#armDecoder();
        this.#cancelPoll = clock.after(this.#pollDelayMs(lines), () => this.#poll());
      },
      (error: unknown) => life.end('gone', `reading the lines: ${wordsOf(error)}`),
    );
  }

  #pollDelayMs({ cts, dsr, dcd }: LineStates): number {
    const { compiled, clock } = this.#parts;
    const lines = `${cts} ${dsr} ${dcd}`;
    if (lines !== this.#lines) this.#movedMs = clock.nowMs();
    this.#lines = lines;
    const isCalm = clock.nowMs() - this.#movedMs >= calmAfterMs;
    return isCalm ? Math.max(compiled.profile.pollMs, calmPollMs) : compiled.profile.pollMs;
  }

  #armDecoder(): void {
    const { clock, decoder } = this.#parts;
    this.#cancelDecoder();
    const due = this.#life.isOver ? undefined : decoder.dueMs();
    if (due === undefined) return;
    this.#cancelDecoder = clock.after(Math.max(1, due - clock.nowMs()), () => {
      decoder.tick(clock.nowMs());
      this.#armDecoder();
    });
  }

  #answer(bytes: Uint8Array | undefined): void {
    if (bytes !== undefined && this.#isReady) void this.#sender.write(bytes);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
