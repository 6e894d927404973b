import { randomUUID } from 'node:crypto';
import type { DeviceInfo } from '../../core/device-api.ts';
import type { CommandOutcome, EquipmentCommand, EquipmentEvent } from '../../core/equipment-event.ts';
import type { ModemStanding } from '../modem/modem-driver.ts';
import type { ModemCommand } from '../modem/modem-event.ts';
import { type ModemReach, startModemSession } from '../modem/modem-session.ts';
import { equipmentInfo, openingProblem, withOpen, withProblem } from './equipment-info.ts';
import type { EquipmentOpening, EquipmentPart } from './equipment-part.ts';

/** What was read in manuals and never tried on a modem of ours (facts/serial.md section 3). */
const unproven = {
  analog: [
    'Tried on a scripted modem after the manuals of Rockwell, ZyXEL, MultiTech and AirLink; on no real one.',
    'DLE R for a ring and AT+VLS=1 for answering where ATA is refused: from single manuals.',
    'The voice of a call stays at the modem: it is heard in the telephone or headset plugged into it.',
  ],
  mobile: [
    'Tried on a scripted modem after 3GPP 27.005, 27.007 and the manuals of SIMCom, Telit and Quectel; on no real one.',
    'The voice of a call stays at the modem: it is heard in the headset plugged into it, or in its own sound device.',
  ],
} as const;

/** A modem as equipment: its state as `modem`, calls as `modem-call-offered` and on, texts as `text-received` and `text-outcome`. */
export function openModem({ equipment, clock, ports, listener }: EquipmentOpening<'modem'>): EquipmentPart {
  const { id, kind } = equipment;
  const modelName = kind === 'analog' ? 'Modem' : 'Mobile modem';
  let info = equipmentInfo(equipment, modelName, { unproven: [...unproven[kind]] });
  let isClosed = false;
  let calls = 0;
  let told = '';
  const onStanding = (reach: ModemReach, standing: ModemStanding): void => {
    if (isClosed) return;
    const { model, firmware } = standing;
    const name = equipment.name || model || modelName;
    info = { ...withReach({ ...info, name }, reach, standing), firmware: firmware || null };
    listener.onInfo(info);
    const event = eventOf(id, reach, standing);
    // A model that was told is no news of the state.
    if (JSON.stringify(event) === told) return;
    told = JSON.stringify(event);
    listener.onEvent(event);
  };
  const session = startModemSession({
    ...{ kind, clock },
    now: () => Date.now(),
    newCallId: () => {
      calls += 1;
      return `modem-${calls}-${randomUUID()}`;
    },
    find: ports.portOf(equipment.port),
    open: ports.open,
    settings: { ...equipment.line, lock: true },
    listener: {
      onStanding,
      onEvent: (event) => listener.onEvent({ ...event, id }),
      onTrouble: listener.onTrouble,
      onFailed: listener.onFailed,
    },
  });
  return {
    get info() {
      return info;
    },
    command: (command) => {
      const own = modemCommand(command);
      return own === undefined ? notForModems : session.command(own);
    },
    close: async () => {
      await session.close();
      isClosed = true;
    },
  };
}

const notForModems: CommandOutcome = { kind: 'refused', why: 'A modem cannot do this.' };

function modemCommand(command: EquipmentCommand): ModemCommand | undefined {
  switch (command.kind) {
    case 'message-waiting':
    case 'tell-call':
      return undefined;
    default:
      return command;
  }
}

function withReach(info: DeviceInfo, reach: ModemReach, { state, detail }: ModemStanding): DeviceInfo {
  switch (reach.kind) {
    case 'looking':
      return withProblem(info, 'not-plugged-in', '');
    case 'refused':
      return withProblem(info, openingProblem(reach.detail), reach.detail);
    case 'silent':
      return withProblem({ ...info, path: reach.path }, 'no-answer', '');
    default: {
      const open = withOpen(info, reach.path);
      if (state === 'needs-pin') return withProblem(open, 'needs-pin', detail);
      // It answers, and cannot be used: no SIM, a locked one.
      return state === 'failed' ? withProblem(open, 'cannot-open', detail) : open;
    }
  }
}

function eventOf(id: string, reach: ModemReach, standing: ModemStanding): EquipmentEvent {
  const away = { kind: 'modem', id, operator: '', signal: null } as const;
  switch (reach.kind) {
    case 'looking':
      return { ...away, state: 'absent', detail: '' };
    case 'refused':
      return { ...away, state: 'failed', detail: reach.detail.slice(0, 300) };
    case 'silent':
      return { ...away, state: 'failed', detail: 'the modem does not answer' };
    default: {
      const { state, operator, signal, detail } = standing;
      return { kind: 'modem', id, state, operator, signal, detail: detail.slice(0, 300) };
    }
  }
}
