import type { PhoneCommand } from '../core/console-api.ts';
import type { Equipment } from '../core/equipment.ts';
import type { ModemView } from '../core/equipment-api.ts';
import type { EquipmentCommand, EquipmentEvent } from '../core/equipment-event.ts';
import type { EquipmentHost } from './equipment-host.ts';

type ModemEvent = Extract<
  EquipmentEvent,
  { kind: 'modem' | 'modem-call-offered' | 'modem-caller' | 'modem-call' | 'modem-digit' }
>;
type ModemEquipment = Extract<Equipment, { use: 'modem' }>;

/** More modems than these are not told of: nobody plugs in more, and ids come from another process. */
const modemsMax = 32;

/**
 * The line of the seat's modems: what they say becomes reports about calls, what the seat wants of such a call becomes
 * commands to its modem. The calls themselves live in the device process, so a new phone page does not end them; a modem
 * that is gone, or a device process that died, does.
 */
export type ModemLine = {
  setUp(list: readonly Equipment[]): void;
  hear(event: ModemEvent): void;
  /** The ids of all devices there are now: a modem that was among them and is not any more is gone. */
  present(deviceIds: ReadonlySet<string>): void;
  /** Carries out a command about a call on the line `modem`. */
  perform(command: PhoneCommand): void;
  /** Whether a call could go out by a modem now, when the switch cannot be reached. */
  isFallbackReady(): boolean;
  /** The modem a text goes out by; null: none is there. */
  textModem(): string | null;
  views(): ModemView[];
};

/** `onGone` is called with the id of a modem that has gone away. */
export function modemLine(host: EquipmentHost, onGone: (id: string) => void): ModemLine {
  let setUp: readonly ModemEquipment[] = [];
  const modems = new Map<string, ModemView>();
  const seen = new Set<string>();
  /** callId -> modem. */
  const calls = new Map<string, string>();

  const ended = (callId: string, cause: 'line-lost' | 'failed'): void => {
    calls.delete(callId);
    const event = { kind: 'ended', at: host.now(), cause } as const;
    host.input({ kind: 'report', report: { kind: 'call', callId, event } });
  };
  const gone = (id: string): void => {
    for (const [callId, modem] of [...calls]) if (modem === id) ended(callId, 'line-lost');
    onGone(id);
  };
  const readyFallback = (): string | null =>
    setUp.find(({ id, isFallback }) => isFallback && modems.get(id)?.state === 'ready')?.id ?? null;
  const refuse = (command: PhoneCommand, why: string): void => {
    host.input({ kind: 'report', report: { kind: 'refused', at: host.now(), command, why: why.slice(0, 300) } });
  };
  const ask = async (asked: EquipmentCommand, command: PhoneCommand): Promise<void> => {
    const outcome = await host.command(asked);
    if (outcome.kind === 'begun') return;
    refuse(command, outcome.why);
    if (command.kind === 'dial') ended(command.callId, 'failed');
  };

  return {
    setUp(list) {
      setUp = list.filter((piece) => piece.use === 'modem');
      const ids = new Set(setUp.map(({ id }) => id));
      for (const id of modems.keys()) if (!ids.has(id)) modems.delete(id);
    },
    hear(event) {
      const { id } = event;
      switch (event.kind) {
        case 'modem': {
          const { state, operator, signal, detail } = event;
          if (modems.has(id) || modems.size < modemsMax) modems.set(id, { id, state, operator, signal, detail });
          if (state === 'absent' || state === 'failed') gone(id);
          host.changed();
          return;
        }
        case 'modem-call-offered': {
          const { callId, remote } = event;
          calls.set(callId, id);
          const report = {
            kind: 'call-offered',
            at: host.now(),
            callId,
            remote,
            line: 'modem',
            sipCallId: '',
          } as const;
          host.input({ kind: 'report', report });
          return;
        }
        case 'modem-caller':
          if (calls.get(event.callId) !== id) return;
          host.input({ kind: 'named', callId: event.callId, remote: event.remote, at: host.now() });
          return;
        case 'modem-call':
          if (calls.get(event.callId) !== id) return;
          if (event.event.kind === 'ended') calls.delete(event.callId);
          host.input({ kind: 'report', report: { kind: 'call', callId: event.callId, event: event.event } });
          return;
        case 'modem-digit':
          // What the far side presses belongs to menus; a person hears it.
          return;
      }
    },
    present(deviceIds) {
      for (const id of [...seen]) {
        if (deviceIds.has(id)) continue;
        seen.delete(id);
        modems.delete(id);
        gone(id);
      }
      for (const { id } of setUp) if (deviceIds.has(id)) seen.add(id);
    },
    perform(command) {
      if (!('callId' in command)) return;
      const { callId } = command;
      if (command.kind === 'dial') {
        const id = readyFallback();
        if (id === null) {
          refuse(command, 'no modem is ready');
          ended(callId, 'failed');
          return;
        }
        calls.set(callId, id);
        void ask({ kind: 'dial', id, callId, number: command.number.slice(0, 64) }, command);
        return;
      }
      const id = calls.get(callId);
      if (id === undefined) {
        refuse(command, 'the modem has no such call');
        return;
      }
      switch (command.kind) {
        case 'answer':
          void ask({ kind: 'answer', id, callId }, command);
          return;
        case 'decline':
        case 'hang-up':
          void ask({ kind: 'hang-up', id, callId }, command);
          return;
        case 'digits':
          void ask({ kind: 'digits', id, callId, digits: command.digits }, command);
          return;
        default:
          refuse(command, 'a call by modem has no such thing');
      }
    },
    isFallbackReady: () => readyFallback() !== null,
    textModem: () => {
      const mobile = setUp.filter(({ kind }) => kind === 'mobile').map(({ id }) => modems.get(id));
      const found = mobile.find((modem) => modem?.state === 'ready') ?? mobile.find((modem) => modem?.state === 'busy');
      return found?.id ?? null;
    },
    views: () => [...modems.values()],
  };
}
