import type { Clock } from '../clock.ts';

/**
 * Twelve presses a second: a person stays below it, a broken contact does not. Two such seconds together stay below what
 * press-guard.ts lets through, which drops presses and would leave a hold-to-talk key down.
 */
export const keyMomentsPerSecondMax = 24;

/** The keys of one device: what they are, and what has been told of them. */
export type KeyMoments = {
  /** A key is down or up now. Repeats are swallowed. */
  note(keyId: string, isDown: boolean): void;
  /** Lets go of every key that is down: the device is gone. */
  release(): void;
  stop(): void;
};

/**
 * Tells each change of a key once, in order, at most keyMomentsPerSecondMax of them a second. Beyond that changes are held
 * back, and at the end of the second each key that stands otherwise than was told is told as it stands: a hold-to-talk key
 * is never left down.
 */
export function keyMoments(
  clock: Clock,
  tell: (keyId: string, isDown: boolean) => void,
  onFlood: (detail: string) => void,
): KeyMoments {
  const isDownNow = new Map<string, boolean>();
  const told = new Map<string, boolean>();
  let secondEndsMs = 0;
  let toldThisSecond = 0;
  let isFloodNoted = false;
  let cancel = (): void => undefined;
  let isWaiting = false;

  const settle = (): void => {
    isWaiting = false;
    for (const [keyId, isDown] of isDownNow) say(keyId, isDown);
  };
  const say = (keyId: string, isDown: boolean): void => {
    if ((told.get(keyId) ?? false) === isDown) return;
    const nowMs = clock.nowMs();
    if (nowMs >= secondEndsMs) {
      secondEndsMs = nowMs + 1_000;
      toldThisSecond = 0;
    }
    if (toldThisSecond < keyMomentsPerSecondMax) {
      toldThisSecond += 1;
      told.set(keyId, isDown);
      tell(keyId, isDown);
      return;
    }
    if (!isFloodNoted) onFlood(`More than ${keyMomentsPerSecondMax} key changes a second.`);
    isFloodNoted = true;
    if (isWaiting) return;
    isWaiting = true;
    cancel = clock.after(secondEndsMs - nowMs, settle);
  };
  return {
    note: (keyId, isDown) => {
      isDownNow.set(keyId, isDown);
      say(keyId, isDown);
    },
    release: () => {
      cancel();
      for (const [keyId, isDown] of told) if (isDown) tell(keyId, false);
      told.clear();
      isDownNow.clear();
    },
    stop: () => cancel(),
  };
}
