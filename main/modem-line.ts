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
  return new SeatModems(host, onGone);
}

class SeatModems implements ModemLine {
  readonly #host: EquipmentHost;
  readonly #onGone: (id: string) => void;
  #setUp: readonly ModemEquipment[] = [];
  readonly #modems = new Map<string, ModemView>();
  readonly #seen = new Set<string>();
  /** callId -> modem. */
  readonly #calls = new Map<string, string>();

  constructor(host: EquipmentHost, onGone: (id: string) => void) {
    this.#host = host;
    this.#onGone = onGone;
  }

  setUp(list: readonly Equipment[]): void {
    this.#setUp = list.filter((piece) => piece.use === 'modem');
    const ids = new Set(this.#setUp.map(({ id }) => id));
    for (const id of this.#modems.keys()) if (!ids.has(id)) this.#modems.delete(id);
  }

  hear(event: ModemEvent): void {
    switch (event.kind) {
      case 'modem':
        this.#modemIs(event);
        return;
      case 'modem-call-offered':
        this.#offered(event);
        return;
      case 'modem-caller': {
        if (!this.#isItsCall(event)) return;
        const { callId, remote } = event;
        this.#host.input({ kind: 'named', callId, remote, at: this.#host.now() });
        return;
      }
      case 'modem-call': {
        if (!this.#isItsCall(event)) return;
        const { callId } = event;
        if (event.event.kind === 'ended') this.#calls.delete(callId);
        this.#host.input({ kind: 'report', report: { kind: 'call', callId, event: event.event } });
        return;
      }
      case 'modem-digit':
        // What the far side presses belongs to menus; a person hears it.
        return;
    }
  }

  present(deviceIds: ReadonlySet<string>): void {
    for (const id of [...this.#seen]) {
      if (deviceIds.has(id)) continue;
      this.#seen.delete(id);
      this.#modems.delete(id);
      this.#gone(id);
    }
    for (const { id } of this.#setUp) if (deviceIds.has(id)) this.#seen.add(id);
  }

  perform(command: PhoneCommand): void {
    if (!('callId' in command)) return;
    if (command.kind === 'dial') {
      this.#dial(command);
      return;
    }
    const { callId } = command;
    const id = this.#calls.get(callId);
    if (id === undefined) {
      this.#refuse(command, 'the modem has no such call');
      return;
    }
    switch (command.kind) {
      case 'answer':
        void this.#ask({ kind: 'answer', id, callId }, command);
        return;
      case 'decline':
      case 'hang-up':
        void this.#ask({ kind: 'hang-up', id, callId }, command);
        return;
      case 'digits':
        void this.#ask({ kind: 'digits', id, callId, digits: command.digits }, command);
        return;
      default:
        this.#refuse(command, 'a call by modem has no such thing');
    }
  }

  isFallbackReady(): boolean {
    return this.#readyFallback() !== null;
  }

  textModem(): string | null {
    const mobile = this.#setUp.filter(({ kind }) => kind === 'mobile').map(({ id }) => this.#modems.get(id));
    const found = mobile.find((modem) => modem?.state === 'ready') ?? mobile.find((modem) => modem?.state === 'busy');
    return found?.id ?? null;
  }

  views(): ModemView[] {
    return [...this.#modems.values()];
  }

  #modemIs({ id, state, operator, signal, detail }: Extract<ModemEvent, { kind: 'modem' }>): void {
    if (this.#modems.has(id) || this.#modems.size < modemsMax) {
      this.#modems.set(id, { id, state, operator, signal, detail });
    }
    if (state === 'absent' || state === 'failed') this.#gone(id);
    this.#host.changed();
  }

  #offered({ id, callId, remote }: Extract<ModemEvent, { kind: 'modem-call-offered' }>): void {
    this.#calls.set(callId, id);
    const at = this.#host.now();
    const report = { kind: 'call-offered', at, callId, remote, line: 'modem', sipCallId: '' } as const;
    this.#host.input({ kind: 'report', report });
  }

  #isItsCall({ id, callId }: { readonly id: string; readonly callId: string }): boolean {
    return this.#calls.get(callId) === id;
  }

  #dial(command: Extract<PhoneCommand, { kind: 'dial' }>): void {
    const { callId, number } = command;
    const id = this.#readyFallback();
    if (id === null) {
      this.#refuse(command, 'no modem is ready');
      this.#ended(callId, 'failed');
      return;
    }
    this.#calls.set(callId, id);
    void this.#ask({ kind: 'dial', id, callId, number: number.slice(0, 64) }, command);
  }

  async #ask(asked: EquipmentCommand, command: PhoneCommand): Promise<void> {
    const outcome = await this.#host.command(asked);
    if (outcome.kind === 'begun') return;
    this.#refuse(command, outcome.why);
    if (command.kind === 'dial') this.#ended(command.callId, 'failed');
  }

  #refuse(command: PhoneCommand, why: string): void {
    const at = this.#host.now();
    this.#host.input({ kind: 'report', report: { kind: 'refused', at, command, why: why.slice(0, 300) } });
  }

  #gone(id: string): void {
    for (const [callId, modem] of [...this.#calls]) if (modem === id) this.#ended(callId, 'line-lost');
    this.#onGone(id);
  }

  #ended(callId: string, cause: 'line-lost' | 'failed'): void {
    this.#calls.delete(callId);
    const event = { kind: 'ended', at: this.#host.now(), cause } as const;
    this.#host.input({ kind: 'report', report: { kind: 'call', callId, event } });
  }

  #readyFallback(): string | null {
    const isReady = (id: string): boolean => this.#modems.get(id)?.state === 'ready';
    return this.#setUp.find(({ id, isFallback }) => isFallback && isReady(id))?.id ?? null;
  }
}
