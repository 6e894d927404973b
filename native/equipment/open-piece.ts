import { assertNever } from '../../core/assert-never.ts';
import { openCallRecords } from './call-records.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';
import { openMessageDesk } from './message-desk.ts';
import { openModem } from './modem.ts';
import { openSerialPanel } from './serial-panel.ts';

/** Opens a piece of equipment by what it is for. It answers at once; what becomes of the port comes by the listener. */
export function openPiece(opening: EquipmentOpening): EquipmentPart {
  const { equipment } = opening;
  switch (equipment.use) {
    case 'panel':
      return openSerialPanel({ ...opening, equipment });
    case 'message-desk':
      return openMessageDesk({ ...opening, equipment });
    case 'call-records':
      return openCallRecords({ ...opening, equipment });
    case 'modem':
      return openModem({ ...opening, equipment });
    default:
      return assertNever(equipment);
  }
}
