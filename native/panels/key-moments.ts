import type { Clock } from '../clock.ts';

/**
 * Twelve presses a second: a person stays below it, a broken contact does not. Two such seconds together stay below what
 * press-guard.ts lets through, which drops presses and would leave a hold-to-talk key down.
 */
export const keyMomentsPerSecondMax = 24;

/**
 * A contact that bounces opens and closes for some milliseconds (the worst of common switches for 20): told as it was, one
 * press of a mute key would be two, and the person heard who believes to be muted. No finger or foot lets go and presses
 * again so soon.
 */
export const bounceMs = 20;

/** The keys of one device: what they are, and what has been told of them. */
export type KeyMoments = {
  /** A key is down or up now. Repeats are swallowed. */
  note(keyId: string, isDown: boolean): void;
  /** A wheel went one click, or a key says only that it was pressed: down and up at once, and no contact that could bounce. */
  click(keyId: string): void;
  /** Lets go of every key that is down: the device is gone. */
  release(): void;
  stop(): void;
};

/**
 * Tells each change of a key once, in order, the first of a bounce at once and then what it comes to, at most
 * keyMomentsPerSecondMax of them a second. Beyond that changes are held back, and at the end of the second each key that
 * stands otherwise than was told is told as it stands: a hold-to-talk key is never left down.
 */
export function keyMoments(
  clock: Clock,
  tell: (keyId: string, isDown: boolean) => void,
  onFlood: (detail: string) => void,
): KeyMoments {
  return new Moments(clock, tell, onFlood);
}

class Moments implements KeyMoments {
  readonly #clock: Clock;
  readonly #tell: (keyId: string, isDown: boolean) => void;
  readonly #onFlood: (detail: string) => void;
  readonly #isDownNow = new Map<string, boolean>();
  readonly #told = new Map<string, boolean>();
  /** keyId -> until when a change of it may be a bounce. */
  readonly #bouncingUntilMs = new Map<string, number>();
  #secondEndsMs = 0;
  #toldThisSecond = 0;
  #isFloodNoted = false;
  #wakesAtMs = Number.POSITIVE_INFINITY;
  #cancel = (): void => undefined;

  constructor(clock: Clock, tell: (keyId: string, isDown: boolean) => void, onFlood: (detail: string) => void) {
    this.#clock = clock;
    this.#tell = tell;
    this.#onFlood = onFlood;
  }

  note(keyId: string, isDown: boolean): void {
    this.#isDownNow.set(keyId, isDown);
    this.#sayUnlessBouncing(keyId, isDown);
  }

  click(keyId: string): void {
    this.#say(keyId, true);
    this.#say(keyId, false);
    this.#isDownNow.set(keyId, false);
  }

  release(): void {
    this.stop();
    for (const [keyId, isDown] of this.#told) if (isDown) this.#tell(keyId, false);
    this.#told.clear();
    this.#isDownNow.clear();
    this.#bouncingUntilMs.clear();
  }

  stop(): void {
    this.#cancel();
    this.#wakesAtMs = Number.POSITIVE_INFINITY;
  }

  #sayUnlessBouncing(keyId: string, isDown: boolean): void {
    if ((this.#told.get(keyId) ?? false) === isDown) return;
    const untilMs = this.#bouncingUntilMs.get(keyId) ?? 0;
    const nowMs = this.#clock.nowMs();
    if (nowMs < untilMs) this.#wakeAt(untilMs);
    else if (this.#say(keyId, isDown)) this.#bouncingUntilMs.set(keyId, nowMs + bounceMs);
  }

  /** False: held back until the second is over. */
  #say(keyId: string, isDown: boolean): boolean {
    if ((this.#told.get(keyId) ?? false) === isDown) return true;
    const nowMs = this.#clock.nowMs();
    if (nowMs >= this.#secondEndsMs) {
      this.#secondEndsMs = nowMs + 1_000;
      this.#toldThisSecond = 0;
    }
    if (this.#toldThisSecond < keyMomentsPerSecondMax) {
      this.#toldThisSecond += 1;
      this.#told.set(keyId, isDown);
      this.#tell(keyId, isDown);
      return true;
    }
    if (!this.#isFloodNoted) this.#onFlood(`More than ${keyMomentsPerSecondMax} key changes a second.`);
    this.#isFloodNoted = true;
    this.#wakeAt(this.#secondEndsMs);
    return false;
  }

  #wakeAt(atMs: number): void {
    if (this.#wakesAtMs <= atMs) return;
    this.#cancel();
    this.#wakesAtMs = atMs;
    this.#cancel = this.#clock.after(Math.ceil(atMs - this.#clock.nowMs()), () => {
      this.#wakesAtMs = Number.POSITIVE_INFINITY;
      for (const [keyId, isDown] of this.#isDownNow) this.#sayUnlessBouncing(keyId, isDown);
    });
  }
}
