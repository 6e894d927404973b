import type { EquipmentEvent } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import { createKeepAlive } from './keep-alive.ts';
import { createLampWishes, lampWishesMax } from './lamp-wishes.ts';
import { encodeLamp } from './smdi-encode.ts';
import type { NumberWidth, SmdiMessage } from './smdi-message.ts';
import { refused, type SmdiSide, stationKey } from './smdi-side.ts';

export type DeskSideParts = {
  readonly id: string;
  readonly width: NumberWidth;
  /** Empty: the link is not tested. */
  readonly keepAliveNumber: string;
  readonly clock: Clock;
  onEvent(event: EquipmentEvent): void;
  onTrouble(doing: string, detail: string): void;
  /** Whether the test number is refused, as it must be; told at each change. */
  onProof(isAlive: boolean): void;
  /** There is something to send. */
  wake(): void;
};

/** Refusals are told with the number as somebody typed it; of more stations than this the oldest are forgotten. */
const askedMax = lampWishesMax;

/**
 * The message desk's side, as a voicemail system has it: takes calls, lights lamps, tests the link. Lamps that are asked
 * for while the link is away wait for it.
 */
export function createDeskSide(parts: DeskSideParts): SmdiSide {
  const { id, width, clock } = parts;
  const wishes = createLampWishes();
  const asked = new Map<string, string>();
  const testKey = parts.keepAliveNumber === '' ? undefined : stationKey(parts.keepAliveNumber, width);
  const keepAlive = createKeepAlive({ clock, onDue: () => parts.wake(), onProof: (isAlive) => parts.onProof(isAlive) });
  let isEchoTold = false;
  const failed = (number: string, cause: string): void => {
    const key = stationKey(number, width);
    if (key === testKey) keepAlive.answered();
    // Somebody may have asked for the test number on purpose; a test itself is nobody's error.
    if (key !== testKey || asked.has(key))
      parts.onEvent({ kind: 'lamp-failed', id, number: asked.get(key) ?? number, cause });
    asked.delete(key);
  };
  const onMessage = (message: SmdiMessage): void => {
    if (message.kind === 'call') parts.onEvent({ kind: 'desk-message', id, message: message.message });
    else if (message.kind === 'lamp-failed') failed(message.number, message.cause);
    else if (!isEchoTold) {
      isEchoTold = true;
      parts.onTrouble('reading', 'the line sends back what we send, or the other side is a desk too');
    }
  };
  return {
    onMessage,
    onOpen: () => {
      isEchoTold = false;
      if (testKey !== undefined) keepAlive.start();
    },
    onAway: () => {
      keepAlive.stop();
      wishes.lost(clock.nowMs());
    },
    next: () => {
      // RMV: should the number exist after all, nobody's lamp is lit.
      const wish = keepAlive.takeDue() ? { number: parts.keepAliveNumber, isOn: false } : wishes.take(clock.nowMs());
      if (wish === undefined) return undefined;
      const encoded = encodeLamp(wish.number, wish.isOn, width);
      return encoded.kind === 'bytes' ? encoded.bytes : undefined;
    },
    command: (command) => {
      if (command.kind === 'tell-call') return refused('Calls are told by the switch; this is the side of the desk.');
      if (command.kind !== 'message-waiting') return refused('A message desk link can only light message lamps.');
      const { number, isOn } = command;
      const encoded = encodeLamp(number, isOn, width);
      if (encoded.kind === 'refused') return refused(encoded.why);
      const key = stationKey(number, width);
      if (!wishes.ask(key, { number, isOn })) return refused('Too many lamps wait for the link.');
      asked.delete(key);
      asked.set(key, number);
      const [oldest] = asked.keys();
      if (asked.size > askedMax && oldest !== undefined) asked.delete(oldest);
      parts.wake();
      return { kind: 'begun' };
    },
    close: () => keepAlive.stop(),
  };
}
