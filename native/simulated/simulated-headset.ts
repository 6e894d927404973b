import { idleLamps, type KeyPress, type Lamps } from '../../core/key.ts';
import type { HidOpening, HidPort, HidPortListener } from '../hid/hid-bus.ts';
import { readBits, writeBit } from '../hid/report-bits.ts';
import { practiceKeyBits, practiceKeyPadRest, practiceLampBits, practiceReportId } from '../models/practice-headset.ts';

/**
 * A headset made of nothing, below the same HID port as a real one: keys become reports, lamp reports become lamps, and
 * it behaves as headsets do. It acknowledges off-hook with its hook switch (`doesEcho`), and a press is a report like any
 * other: pressing off-hook twice changes nothing the second time.
 */
export type SimulatedHeadset = {
  /** Plugs it in: the port that openHeadset opens. A second opening takes the place of the first. */
  open(listener: HidPortListener): Promise<HidOpening>;
  /** Does what a hand would do. False: not plugged in, or pulled out. */
  press(press: KeyPress): boolean;
  /** Says a report as it is, for tests of what devices do wrong. */
  say(report: Uint8Array): void;
  /** What its lamps show now. */
  lamps(): Lamps;
  /** Every report written to it since it was made, oldest first, up to `writtenMax`. */
  written(): readonly Uint8Array[];
  /** Pulls the cable, or breaks. */
  end(reason: 'unplugged' | 'failed'): void;
};

/** Tests look at the last few dozen; a demo that runs for days must not grow. */
export const writtenMax = 1_000;

/** Makes a simulated headset. */
export function simulatedHeadset(behaviour: { readonly doesEcho: boolean } = { doesEcho: true }): SimulatedHeadset {
  let listener: HidPortListener | undefined;
  const input = new Uint8Array([practiceReportId, 0, practiceKeyPadRest]);
  let lampBits: Uint8Array = new Uint8Array(1);
  const written: Uint8Array[] = [];

  const say = (report: Uint8Array): void => listener?.onReport(report.slice());
  const setKey = (bit: number, isSet: boolean): void => writeBit(input.subarray(1), bit, isSet);
  const isLit = (bit: number): boolean => readBits(lampBits, bit, 1) === 1;
  const isHookUp = (): boolean => readBits(input.subarray(1), practiceKeyBits.hook, 1) === 1;
  const setHook = (isUp: boolean): void => {
    if (isUp === isHookUp()) return;
    setKey(practiceKeyBits.hook, isUp);
    say(input);
  };
  const tap = (bit: number): void => {
    setKey(bit, true);
    say(input);
    setKey(bit, false);
    say(input);
  };

  const port = (owner: HidPortListener): HidPort => ({
    write: async (report) => {
      if (listener !== owner) throw new Error('The simulated headset is not plugged in.');
      if (written.push(report.slice()) > writtenMax) written.shift();
      lampBits = report.slice(1);
      if (behaviour.doesEcho) setHook(isLit(practiceLampBits.offHook));
    },
    writeFeature: () => Promise.reject(new Error('The simulated headset has no feature reports.')),
    readFeature: () => Promise.reject(new Error('The simulated headset has no feature reports.')),
    close: async () => {
      if (listener === owner) listener = undefined;
    },
  });

  return {
    open: async (next) => {
      listener = next;
      return { kind: 'open', port: port(next) };
    },
    press: (press) => {
      if (listener === undefined) return false;
      pressKey(press, {
        setHook,
        isHookUp,
        tap,
        isMuteLit: () => isLit(practiceLampBits.mute),
        setKey,
        say: () => say(input),
        input,
      });
      return true;
    },
    say,
    lamps: () =>
      listener === undefined
        ? idleLamps
        : {
            isOffHook: isLit(practiceLampBits.offHook),
            isRinging: isLit(practiceLampBits.ring),
            isMuted: isLit(practiceLampBits.mute),
            isHeld: isLit(practiceLampBits.hold),
          },
    written: () => written,
    end: (reason) => {
      const gone = listener;
      listener = undefined;
      gone?.onClosed(reason, reason === 'unplugged' ? 'pulled out (device disconnected)' : 'broken');
    },
  };
}

type Hand = {
  readonly setHook: (isUp: boolean) => void;
  readonly isHookUp: () => boolean;
  readonly tap: (bit: number) => void;
  readonly isMuteLit: () => boolean;
  readonly setKey: (bit: number, isSet: boolean) => void;
  readonly say: () => void;
  readonly input: Uint8Array;
};

const keyPadOrder = '0123456789*#';

function pressKey(press: KeyPress, hand: Hand): void {
  switch (press.key) {
    case 'hook':
      hand.setHook(press.to === 'toggle' ? !hand.isHookUp() : press.to === 'off-hook');
      return;
    case 'mute':
      // Its mute key is a toggle, as nearly all are: "muted" on a muted headset needs no press.
      if (press.to === 'toggle' || (press.to === 'muted') !== hand.isMuteLit()) hand.tap(practiceKeyBits.mute);
      return;
    case 'flash':
    case 'redial':
      hand.tap(practiceKeyBits[press.key]);
      return;
    case 'reject':
      hand.tap(practiceKeyBits.reject);
      return;
    case 'volume':
      hand.tap(press.to === 'up' ? practiceKeyBits.volumeUp : practiceKeyBits.volumeDown);
      return;
    case 'line-busy':
      hand.setKey(practiceKeyBits.lineBusy, press.isBusy);
      hand.say();
      return;
    case 'digit':
      hand.input[2] = keyPadOrder.indexOf(press.digit);
      hand.say();
      hand.input[2] = practiceKeyPadRest;
      hand.say();
      return;
  }
}
