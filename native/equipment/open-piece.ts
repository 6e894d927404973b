import { assertNever } from '../../core/assert-never.ts';
import { openCallRecords } from './call-records.ts';
import { equipmentInfo } from './equipment-info.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';
import { openSerialPanel } from './serial-panel.ts';

/** Opens a piece of equipment by what it is for. It answers at once; what becomes of the port comes by the listener. */
export function openPiece(opening: EquipmentOpening): EquipmentPart {
  const { equipment } = opening;
  switch (equipment.use) {
    case 'panel':
      return openSerialPanel({ ...opening, equipment });
    case 'call-records':
      return openCallRecords({ ...opening, equipment });
    case 'message-desk':
    case 'modem':
      return { info: equipmentInfo(equipment, equipment.use), close: async () => undefined };
    default:
      return assertNever(equipment);
  }
}
