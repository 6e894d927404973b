import type { Clock } from '../clock.ts';

/**
 * The proof that a message desk link lives: a lamp command to a number that does not exist, whose refusal must come back.
 * Voicemail systems do so on purpose (Cisco, UC_CMI-5-SMDIMessageError), and no message of the link is answered otherwise.
 */
export type KeepAlive = {
  /** The link is open: it is tried at once. */
  start(): void;
  /** The link is away: nothing is awaited. */
  stop(): void;
  /** Whether a test must be sent now. Taking it begins the wait for its answer. */
  takeDue(): boolean;
  /** The refusal of the test number came. */
  answered(): void;
};

export type KeepAliveParts = {
  readonly clock: Clock;
  /** A test is due. */
  onDue(): void;
  /** Told at each change, and at the first answer after `start`. */
  onProof(isAlive: boolean): void;
};

/** How often a link that answers is tried. At 1200 baud a test and its answer take half a second of the line. */
export const keepAliveEveryMs = 60_000;
/** How often one that does not. */
export const keepAliveRetryMs = 15_000;
/** A switch answers when it has told the calls that came before: 30 of them in this time at 1200 baud. */
export const keepAliveAnswerMs = 10_000;
/** One answer may be torn by noise; two in a row are not. */
const missedMax = 2;

/** Makes a keep-alive that is not started. */
export function createKeepAlive({ clock, onDue, onProof }: KeepAliveParts): KeepAlive {
  let isDue = false;
  let isRunning = false;
  let missed = 0;
  let told: boolean | undefined;
  let cancel = (): void => undefined;
  const tell = (isAlive: boolean): void => {
    if (told === isAlive) return;
    told = isAlive;
    onProof(isAlive);
  };
  const due = (): void => {
    isDue = true;
    onDue();
  };
  const miss = (): void => {
    missed += 1;
    if (missed < missedMax) {
      due();
      return;
    }
    tell(false);
    cancel = clock.after(keepAliveRetryMs, due);
  };
  return {
    start: () => {
      cancel();
      isRunning = true;
      missed = 0;
      told = undefined;
      due();
    },
    stop: () => {
      cancel();
      isRunning = false;
      isDue = false;
    },
    takeDue: () => {
      if (!isDue) return false;
      isDue = false;
      cancel();
      cancel = clock.after(keepAliveAnswerMs, miss);
      return true;
    },
    answered: () => {
      if (!isRunning) return;
      missed = 0;
      isDue = false;
      cancel();
      cancel = clock.after(keepAliveEveryMs, due);
      tell(true);
    },
  };
}
