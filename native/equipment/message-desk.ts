import type { DeviceInfo } from '../../core/device-api.ts';
import { isHang } from '../serial/open-in-time.ts';
import { createDeskSide } from '../smdi/desk-side.ts';
import { startSmdiLink } from '../smdi/smdi-link.ts';
import type { SmdiRead } from '../smdi/smdi-reader.ts';
import type { SmdiSide } from '../smdi/smdi-side.ts';
import { createSwitchSide } from '../smdi/switch-side.ts';
import { equipmentInfo, openingProblem, withOpen, withProblem } from './equipment-info.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';

/** What public text leaves open (facts/serial.md section 1). */
const unproven = [
  'Refused lamps (MWI … INV, MWI … BLK): written as Asterisk’s res_smdi reads them; no recording of a real switch is public.',
  'iPECS letters C, E, H, I and R: from its manual alone.',
];

/** How often unreadable bytes are told, at most. */
const unreadableEveryMs = 10_000;

/**
 * A message desk link (SMDI). `role: desk`: tells calls as `desk-message`, lights lamps by `message-waiting`, tells refused
 * ones as `lamp-failed`; with a keepAliveNumber, `no-answer` when the switch does not refuse it any more. `role: switch`:
 * tells calls by `tell-call`, and hears `lamp-asked`. What is asked while the port is away waits for it.
 */
export function openMessageDesk(opening: EquipmentOpening<'message-desk'>): EquipmentPart {
  const { equipment, clock, ports, listener } = opening;
  const { digits: width, keepAliveNumber, role } = equipment;
  let info = equipmentInfo(equipment, role === 'desk' ? 'Message desk (SMDI)' : 'Message desk, switch side (SMDI)', {
    unproven,
  });
  if (keepAliveNumber.length > width) {
    const detail = `keepAliveNumber has more than the ${width} digits of the link`;
    return { info: withProblem(info, 'bad-profile', detail), close: async () => undefined };
  }
  let isClosed = false;
  const tell = (to: DeviceInfo): void => {
    info = to;
    if (!isClosed) listener.onInfo(info);
  };
  const side = sideOf(opening, {
    onProof: (isAlive) => {
      const detail = `the switch does not refuse the test number ${keepAliveNumber}`;
      tell(isAlive ? withOpen(info, info.path) : withProblem(info, 'no-answer', detail));
    },
    wake: () => link.wake(),
  });
  const unreadable = unreadableTeller(opening);
  const link = startSmdiLink({
    ...{ clock, width },
    find: ports.portOf(equipment.port),
    open: ports.open,
    settings: { ...equipment.line, lock: true },
    listener: {
      onOpen: (path) => {
        tell(withOpen(info, path));
        side.onOpen();
      },
      onAway: (why, detail) => {
        side.onAway();
        if (why === 'refused' && isHang(detail)) listener.onFailed(detail);
        else tell(withProblem(info, why === 'refused' ? openingProblem(detail) : 'not-plugged-in', detail));
      },
      onRead: (read) => {
        if (read.kind === 'unreadable') unreadable(read);
        else side.onMessage(read);
      },
      next: () => side.next(),
      onTrouble: listener.onTrouble,
      onFailed: listener.onFailed,
    },
  });
  return {
    get info() {
      return info;
    },
    command: (command) => side.command(command),
    close: async () => {
      isClosed = true;
      side.close();
      await link.close();
    },
  };
}

type SideCalls = { onProof(isAlive: boolean): void; wake(): void };

function sideOf({ equipment, clock, listener }: EquipmentOpening<'message-desk'>, calls: SideCalls): SmdiSide {
  const { id, digits: width, keepAliveNumber, role } = equipment;
  const { onEvent, onTrouble } = listener;
  const parts = { id, width, keepAliveNumber, clock, onEvent, onTrouble, ...calls };
  return role === 'switch' ? createSwitchSide(parts) : createDeskSide(parts);
}

/** Tells unreadable bytes now and then; how many there were since, too. */
function unreadableTeller({ clock, listener }: EquipmentOpening<'message-desk'>) {
  let toldAtMs = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return ({ text }: Extract<SmdiRead, { readonly kind: 'unreadable' }>): void => {
    untold += 1;
    if (clock.nowMs() - toldAtMs < unreadableEveryMs) return;
    listener.onTrouble('reading', `${untold} unreadable, the last: ${text}`);
    toldAtMs = clock.nowMs();
    untold = 0;
  };
}
