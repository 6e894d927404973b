import type { BrokenRequest } from './jssip-mends.ts';

/** Whether requests may be sent on calls now: one that is interrupted would end its call (facts/phone.md section 1.1). */
export type CallGate = {
  isOpen(): boolean;
  /** Something about the sound says that the path may have changed. */
  suspect(): void;
};

/** Why a wish is refused while the gate is closed. */
export const lineIsAway =
  'the switch cannot be reached; the call goes on, and this is possible again when the line is back';

/** Why a change of a call came to nothing, in words for a technician. */
export const brokenWords: Record<BrokenRequest, string> = {
  refused: 'the far side refused the change',
  'timed-out': 'the switch did not answer in time',
  'line-lost': 'the line was lost in between',
  'dialog-unknown': 'the switch does not know the call',
};
