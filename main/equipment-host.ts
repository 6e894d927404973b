import type { CommandOutcome, EquipmentCommand } from '../core/equipment-event.ts';
import type { Notice } from '../core/notice.ts';
import type { SeatInput } from '../core/seat.ts';
import type { DatedFact } from './seat-log.ts';

/** What the parts of the seat that speak with equipment need of the seat. */
export type EquipmentHost = {
  /** On disk when it returns, or waiting in order for a full disk. */
  readonly write: (...facts: readonly DatedFact[]) => void;
  /** Something happened to the seat. */
  readonly input: (input: SeatInput) => void;
  readonly tell: (notice: Notice) => void;
  /** What the desk shows of equipment has changed. */
  readonly changed: () => void;
  readonly command: (command: EquipmentCommand) => Promise<CommandOutcome>;
  /** Wall-clock milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
};
