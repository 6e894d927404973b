import type { DeviceInfo } from '../../core/device-api.ts';
import type { SeatSign } from '../../core/seat-sign.ts';
import type { Clock } from '../clock.ts';
import type { DeviceListener, DeviceOpening, SeatDevice } from '../device.ts';
import type { HidOpening, HidPort, HidPortListener } from '../hid/hid-bus.ts';
import { timedWrite, type WriteOutcome } from '../hid/timed-write.ts';
import { type Colour, dark, isDark, type LightModel } from './light-model.ts';
import type { LightLook, LightRules } from './light-rules.ts';

/** How long a flash is on, and then off. Fast is two flashes a second; more than three can bring on a seizure (WCAG 2.3.1). */
export const flashHalfMs = { slow: 1_000, fast: 250 } as const;
/** A light that another program has written to, or that lost itself, is right again after this. */
export const reassertEveryMs = 30_000;
/** Between two colours, so that a seat which changes without end cannot keep the bus busy. */
export const colourGapMs = 20;
/** A write that takes longer is stuck, and holds one of libuv's four threads: the light is given up. */
export const lightWriteTimeoutMs = 2_000;
/** Before what failed is tried again. */
export const retryAfterMs = 200;
/** One failed write is a hiccup of the bus; three in a row are a dead light. */
export const failedWritesMax = 3;
/** Closing waits this long for the light to go dark, and as long again for the port to close. */
export const closeWaitMs = 400;

/** What a light is made of. `open` opens its port; `sign` is what it shall show from the start. */
export type LightParts = {
  readonly info: DeviceInfo;
  readonly model: LightModel;
  readonly rules: LightRules;
  readonly sign: SeatSign;
  readonly clock: Clock;
  readonly listener: DeviceListener;
  open(listener: HidPortListener): Promise<HidOpening>;
};

/** Opens a light and keeps it showing the seat's sign. What the light itself says is not listened to. */
export async function openLight(parts: LightParts): Promise<DeviceOpening> {
  const light = new Light(parts);
  const opening = await parts.open(light);
  return opening.kind === 'refused' ? opening : light.start(opening.port);
}

/** `opening` until it has its port; `closing` while it goes dark; in `over` nothing is called any more. */
type Phase = 'opening' | 'open' | 'closing' | 'over';

const unlit: LightLook = { colour: dark, flash: 'steady' };

/**
 * At most one colour is under way; what comes meanwhile only changes the wish, and the last wish is written next. So the
 * queue of writes is one long, however often the seat changes.
 */
class Light implements SeatDevice, HidPortListener {
  info: DeviceInfo;
  readonly #parts: LightParts;
  #port: HidPort | undefined;
  #phase: Phase = 'opening';
  #endDetail = '';
  #rules: LightRules;
  #sign: SeatSign;
  #look: LightLook;
  #lookSinceMs: number;
  #shown: Colour | undefined;
  /** When the light wants to be written to although nothing changed. */
  #refreshAtMs = 0;
  #notBeforeMs = 0;
  #isWriting = false;
  #failedWrites = 0;
  #cancelNext = (): void => undefined;
  #tellDark = (): void => undefined;

  constructor(parts: LightParts) {
    this.#parts = parts;
    this.#rules = parts.rules;
    this.#sign = parts.sign;
    this.#look = parts.rules[parts.sign];
    this.info = { ...parts.info, glow: glowOf(this.#look) };
    this.#lookSinceMs = parts.clock.nowMs();
  }

  start(port: HidPort): DeviceOpening {
    this.#port = port;
    if (this.#phase === 'over') {
      void this.#letGo('closing a light that ended while it was opened');
      return { kind: 'refused', problem: 'cannot-open', detail: this.#endDetail };
    }
    this.#phase = 'open';
    void this.#write();
    return { kind: 'open', device: this };
  }

  /** A light shows the sign, which has all that the lamps say. */
  show(): void {
    return;
  }

  showSign(sign: SeatSign): void {
    if (sign === this.#sign) return;
    this.#sign = sign;
    if (this.#phase === 'open') this.#change(this.#rules[sign]);
  }

  setLightRules(rules: LightRules): void {
    this.#rules = rules;
    if (this.#phase === 'open') this.#change(rules[this.#sign]);
  }

  onReport(): void {
    return;
  }

  onClosed(reason: 'unplugged' | 'failed', detail: string): void {
    if (this.#phase === 'over') return;
    const wasOpen = this.#phase === 'open';
    this.#phase = 'over';
    this.#endDetail = detail;
    this.#cancelNext();
    this.#tellDark();
    if (!wasOpen) return;
    // hidapi keeps the handle of a pulled device until it is closed.
    void this.#letGo(`closing after ${reason}`);
    this.#parts.listener.onGone(reason, detail);
  }

  async close(): Promise<void> {
    if (this.#phase !== 'open') return;
    this.#phase = 'closing';
    const wentDark = new Promise<void>((resolve) => {
      const cancel = this.#parts.clock.after(closeWaitMs, resolve);
      this.#tellDark = () => {
        cancel();
        resolve();
      };
    });
    this.#shown = undefined; // Dark is written even if it was: after this nobody repairs it.
    this.#notBeforeMs = 0;
    this.#wish(unlit);
    await wentDark;
    this.#phase = 'over';
    this.#cancelNext();
    await this.#letGo('closing');
  }

  /** Another look for the seat's sign: the light's picture on the screen follows. */
  #change(look: LightLook): void {
    this.#wish(look);
    this.info = { ...this.info, glow: glowOf(look) };
    this.#parts.listener.onInfo(this.info);
  }

  #wish(look: LightLook): void {
    this.#look = look;
    this.#lookSinceMs = this.#parts.clock.nowMs();
    void this.#write();
  }

  /** The colour of this moment. */
  #colourNow(): Colour {
    const { colour, flash } = this.#look;
    if (flash === 'steady') return colour;
    const halves = Math.floor((this.#parts.clock.nowMs() - this.#lookSinceMs) / flashHalfMs[flash]);
    return halves % 2 === 0 ? colour : dark;
  }

  /** Writes what is due, if anything, and comes back when the next thing is. */
  async #write(): Promise<void> {
    const port = this.#port;
    const { clock } = this.#parts;
    if (port === undefined || this.#phase === 'over' || this.#isWriting) return;
    const colour = this.#colourNow();
    const isDue = !isSame(this.#shown, colour) || clock.nowMs() >= this.#refreshAtMs;
    if (isDue && clock.nowMs() >= this.#notBeforeMs) {
      this.#isWriting = true;
      const outcome = await this.#send(port, colour);
      this.#isWriting = false;
      if (this.#isOver()) return;
      this.#ended(outcome, colour);
      if (this.#isOver()) return;
    }
    this.#comeBack();
  }

  /** Asked after an await, when more than the compiler knows of may have happened. */
  #isOver(): boolean {
    return this.#phase === 'over';
  }

  async #send(port: HidPort, colour: Colour): Promise<WriteOutcome> {
    const { model, clock } = this.#parts;
    for (const report of model.encode(colour)) {
      const write = model.transfer === 'feature' ? port.writeFeature(report) : port.write(report);
      const outcome = await timedWrite(write, clock, lightWriteTimeoutMs);
      if (outcome.kind !== 'written') return outcome;
    }
    return { kind: 'written' };
  }

  #ended(outcome: WriteOutcome, colour: Colour): void {
    const { model, clock, listener } = this.#parts;
    const nowMs = clock.nowMs();
    if (outcome.kind === 'written') {
      this.#failedWrites = 0;
      this.#shown = colour;
      const keepAliveMs = isDark(colour) ? null : model.keepAliveEveryMs;
      this.#refreshAtMs = nowMs + Math.min(reassertEveryMs, keepAliveMs ?? reassertEveryMs);
      this.#notBeforeMs = nowMs + colourGapMs;
      if (this.#phase === 'closing' && isDark(colour)) this.#tellDark();
      return;
    }
    this.#failedWrites += 1;
    this.#notBeforeMs = nowMs + retryAfterMs;
    this.#shown = undefined;
    if (this.#phase === 'open') listener.onTrouble('writing a colour', outcome.detail);
    if (outcome.kind === 'stuck' || this.#failedWrites >= failedWritesMax) this.onClosed('failed', outcome.detail);
  }

  #comeBack(): void {
    const { clock } = this.#parts;
    this.#cancelNext();
    const nowMs = clock.nowMs();
    const dueMs = isSame(this.#shown, this.#colourNow()) ? Math.min(this.#refreshAtMs, this.#nextFlashMs()) : nowMs;
    this.#cancelNext = clock.after(Math.max(0, dueMs - nowMs, this.#notBeforeMs - nowMs), () => void this.#write());
  }

  #nextFlashMs(): number {
    const { flash } = this.#look;
    if (flash === 'steady') return Number.POSITIVE_INFINITY;
    const half = flashHalfMs[flash];
    const elapsed = this.#parts.clock.nowMs() - this.#lookSinceMs;
    return this.#lookSinceMs + (Math.floor(elapsed / half) + 1) * half;
  }

  /** Closes the port. One that hangs in a stuck write must not hold up the end of the process. */
  async #letGo(doing: string): Promise<void> {
    const port = this.#port;
    if (port === undefined) return;
    const outcome = await timedWrite(port.close(), this.#parts.clock, closeWaitMs);
    if (outcome.kind !== 'written') this.#parts.listener.onTrouble(doing, outcome.detail);
  }
}

function isSame(one: Colour | undefined, other: Colour): boolean {
  return one?.red === other.red && one.green === other.green && one.blue === other.blue;
}

function glowOf({ colour: { red, green, blue }, flash }: LightLook): DeviceInfo['glow'] {
  const hex = [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('');
  return { colour: `#${hex}`, flash };
}
