import { assertNever } from '../core/assert-never.ts';
import type { Call } from '../core/call.ts';
import type { PhoneCommand, SeatView } from '../core/console-api.ts';
import type { DeviceInfo } from '../core/device-api.ts';
import type { Equipment } from '../core/equipment.ts';
import type { CommandOutcome, EquipmentEvent } from '../core/equipment-event.ts';
import type { JournalFact } from '../core/journal.ts';
import type { EquipmentHost } from './equipment-host.ts';
import { modemLine } from './modem-line.ts';
import { type SeatMessageDesk, seatMessageDesk } from './seat-message-desk.ts';
import type { SeatStore } from './seat-ports.ts';
import { seatSwitchLog } from './seat-switch-log.ts';
import { seatTexts } from './seat-texts.ts';

/** Everything on ports and sockets beside the seat, as far as it is not a key: modems, texts, the message desk, call logs. */
export type SeatEquipment = {
  /** What is set up from now on. */
  setUp(list: readonly Equipment[]): void;
  hear(event: EquipmentEvent): void;
  devices(list: readonly DeviceInfo[]): void;
  /** The calls of the seat after a move. */
  calls(now: readonly Call[]): void;
  /** A command about a call on the line `modem`. */
  performOnModem(command: PhoneCommand): void;
  isFallbackReady(): boolean;
  readonly messageDesk: Pick<SeatMessageDesk, 'light' | 'lightByKey' | 'lit' | 'deskId'>;
  sendText(to: string, text: string): Promise<CommandOutcome>;
  unlock(id: string, pin: string): Promise<CommandOutcome>;
  view(): Pick<SeatView, 'arrivals' | 'modems' | 'messageWaiting' | 'linesWritten'>;
  /** Writes down what waits to be written together. */
  close(): void;
};

export function seatEquipment(seat: EquipmentHost, store: SeatStore): SeatEquipment {
  const written = { texts: 0, switchLog: 0 };
  const host: EquipmentHost = {
    ...seat,
    write(...facts) {
      seat.write(...facts);
      for (const { fact } of facts) {
        const list = listOf[fact.kind];
        if (list !== undefined) written[list]++;
      }
    },
  };
  const texts = seatTexts(host, store);
  const modems = modemLine(host, (id) => texts.gone(id));
  const desk = seatMessageDesk(host, store.litStations());
  const switchLog = seatSwitchLog({
    now: host.now,
    write(...facts) {
      host.write(...facts);
      host.changed();
    },
  });
  return {
    setUp(list) {
      modems.setUp(list);
      desk.setUp(list);
    },
    hear(event) {
      switch (event.kind) {
        case 'call-record':
        case 'unread-record':
          switchLog.hear(event);
          return;
        case 'desk-message':
        case 'lamp-failed':
        case 'lamp-asked':
          desk.hear(event);
          return;
        case 'modem':
        case 'modem-call-offered':
        case 'modem-caller':
        case 'modem-call':
        case 'modem-digit':
          modems.hear(event);
          return;
        case 'text-received':
        case 'text-outcome':
          texts.hear(event);
          return;
        default:
          assertNever(event);
      }
    },
    devices: (list) => modems.present(new Set(list.map(({ deviceId }) => deviceId))),
    calls: (now) => desk.calls(now),
    performOnModem: (command) => modems.perform(command),
    isFallbackReady: () => modems.isFallbackReady(),
    messageDesk: desk,
    sendText: (to, text) => texts.send(modems.textModem(), to, text),
    unlock: (id, pin) => host.command({ kind: 'unlock', id, pin }),
    view: () => ({
      arrivals: desk.arrivals(),
      modems: modems.views(),
      messageWaiting: desk.lit(),
      linesWritten: { ...written },
    }),
    close: () => switchLog.flush(),
  };
}

/** Which list a line stands in. */
const listOf: { readonly [kind in JournalFact['kind']]?: 'texts' | 'switchLog' } = {
  'text-received': 'texts',
  'text-sent': 'texts',
  'text-outcome': 'texts',
  'switch-record': 'switchLog',
  'switch-record-unread': 'switchLog',
};
