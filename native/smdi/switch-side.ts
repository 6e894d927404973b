import type { EquipmentEvent } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import { encodeCall, encodeLampFailure } from './smdi-encode.ts';
import type { NumberWidth, SmdiMessage } from './smdi-message.ts';
import { refused, type SmdiSide, stationKey } from './smdi-side.ts';

export type SwitchSideParts = {
  readonly id: string;
  readonly width: NumberWidth;
  /** The number the other side tests the link with: it is refused. Empty: none. */
  readonly keepAliveNumber: string;
  readonly clock: Clock;
  onEvent(event: EquipmentEvent): void;
  onTrouble(doing: string, detail: string): void;
  /** There is something to send. */
  wake(): void;
};

/** A call that is told later than this is over: Asterisk's res_smdi forgets it after the same time. */
export const callExpiryMs = 30_000;
/** At 1200 baud this many calls are told in half a minute. */
const callsMax = 100;
/** Refusals that wait; a desk that sends more has no use for them. */
const refusalsMax = 100;

/**
 * The switch's side: tells calls, and hears which lamps the desk wants. A lamp's number that cannot be a station's is
 * refused with INV: one longer than the link carries, and the number the desk tests the link with.
 */
export function createSwitchSide(parts: SwitchSideParts): SmdiSide {
  const { id, width, clock } = parts;
  const testKey = parts.keepAliveNumber === '' ? undefined : stationKey(parts.keepAliveNumber, width);
  let calls: { readonly bytes: Uint8Array; readonly atMs: number }[] = [];
  let refusals: Uint8Array[] = [];
  let isEchoTold = false;
  const refuse = (number: string): void => {
    const encoded = encodeLampFailure(number, 'INV', width);
    if (encoded.kind === 'bytes') refusals = [...refusals, encoded.bytes].slice(-refusalsMax);
    parts.wake();
  };
  const onMessage = (message: SmdiMessage): void => {
    if (message.kind === 'lamp-asked') {
      const { number, isOn } = message;
      if (number.length > width || stationKey(number, width) === testKey) refuse(number);
      else parts.onEvent({ kind: 'lamp-asked', id, number, isOn });
      return;
    }
    if (!isEchoTold) parts.onTrouble('reading', 'the line sends back what we send, or the other side is a switch too');
    isEchoTold = true;
  };
  return {
    onMessage,
    onOpen: () => {
      isEchoTold = false;
    },
    // A refusal belongs to a command that was just heard; after a break nobody waits for it.
    onAway: () => {
      refusals = [];
    },
    next: () => {
      const due = calls.filter(({ atMs }) => clock.nowMs() - atMs <= callExpiryMs);
      if (due.length < calls.length)
        parts.onTrouble('telling calls', `${calls.length - due.length} waited too long for the link and were not told`);
      const [call, ...later] = due;
      calls = later;
      return call?.bytes ?? refusals.shift();
    },
    command: (command) => {
      if (command.kind === 'message-waiting')
        return refused('Lamps are lit by the desk; this is the side of the switch.');
      if (command.kind !== 'tell-call') return refused('The switch side of a message desk link can only tell calls.');
      const encoded = encodeCall(command.message, width);
      if (encoded.kind === 'refused') return refused(encoded.why);
      if (calls.length >= callsMax) return refused('Too many calls wait for the link.');
      calls = [...calls, { bytes: encoded.bytes, atMs: clock.nowMs() }];
      parts.wake();
      return { kind: 'begun' };
    },
    close: () => undefined,
  };
}
