import type { CommandOutcome, EquipmentCommand } from '../../core/equipment-event.ts';
import type { NumberWidth, SmdiMessage } from './smdi-message.ts';
import { withoutPadding } from './smdi-message.ts';

/** One side of a message desk link: what it does with messages and commands, and what it wants sent. */
export type SmdiSide = {
  onOpen(): void;
  onAway(): void;
  onMessage(message: SmdiMessage): void;
  next(): Uint8Array | undefined;
  command(command: EquipmentCommand): CommandOutcome;
  /** Ends what runs by the clock. */
  close(): void;
};

/** What tells one station from another, whatever zeros somebody typed: the number as the link carries it, without padding. */
export function stationKey(number: string, width: NumberWidth): string {
  return withoutPadding(number.padStart(width, '0'), width);
}

export function refused(why: string): CommandOutcome {
  return { kind: 'refused', why };
}
