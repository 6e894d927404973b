import { assertNever } from '../../core/assert-never.ts';
import { equipmentInfo } from './equipment-info.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';
import { openMessageDesk } from './message-desk.ts';

/** Opens a piece of equipment by what it is for. It answers at once; what becomes of the port comes by the listener. */
export function openPiece(opening: EquipmentOpening): EquipmentPart {
  const { equipment } = opening;
  switch (equipment.use) {
    case 'message-desk':
      return openMessageDesk({ ...opening, equipment });
    case 'panel':
    case 'call-records':
    case 'modem':
      return { info: equipmentInfo(equipment, equipment.use), close: async () => undefined };
    default:
      return assertNever(equipment);
  }
}
