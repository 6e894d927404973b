import type { Call } from '../core/call.ts';
import type { Equipment } from '../core/equipment.ts';
import type { CommandOutcome, DeskMessage, EquipmentEvent } from '../core/equipment-event.ts';
import type { JournalFact } from '../core/journal.ts';
import { type DeskArrivals, noArrivals, withCalls, withMessage } from '../core/message-desk.ts';
import type { EquipmentHost } from './equipment-host.ts';

type DeskEvent = Extract<EquipmentEvent, { kind: 'desk-message' | 'lamp-failed' | 'lamp-asked' }>;

/** The message desk link (SMDI): how calls were announced, and the lamps of stations that have messages. */
export type SeatMessageDesk = {
  setUp(list: readonly Equipment[]): void;
  hear(event: DeskEvent): void;
  /** The calls of the seat have changed: what was announced before they rang finds them now. */
  calls(now: readonly Call[]): void;
  /** Lights or darkens the lamp of a station. Told to the switch; a refusal comes later, as an event. */
  light(id: string, number: string, isOn: boolean): Promise<CommandOutcome>;
  /** The same for a key, which can show nothing: a refusal is told in words. */
  lightByKey(id: string, number: string, isOn: boolean): void;
  /** By callId, live calls only. */
  arrivals(): Record<string, DeskMessage>;
  /** Stations whose lamp is lit. */
  lit(): string[];
  /** The link that keys light lamps by; null: none is set up. */
  deskId(): string | null;
};

/** `litBefore`: what the journal says of the lamps. */
export function seatMessageDesk(host: EquipmentHost, litBefore: readonly string[]): SeatMessageDesk {
  let arrivals: DeskArrivals = noArrivals;
  let calls: readonly Call[] = [];
  let deskId: string | null = null;
  const lit = new Set(litBefore);

  const write = (...facts: readonly JournalFact[]): void =>
    host.write(...facts.map((fact) => ({ fact, at: host.now() })));
  /** The facts that follow from a change, in which every match is new. */
  const matched = (next: DeskArrivals): readonly JournalFact[] => {
    const before = arrivals.byCall;
    arrivals = next;
    return Object.entries(next.byCall)
      .filter(([callId]) => before[callId] === undefined)
      .map(([callId, message]) => ({ kind: 'call-arrival', body: { callId, message } }));
  };
  const lamp = (equipmentId: string, number: string, isOn: boolean): void => {
    if (isOn) lit.add(number);
    else lit.delete(number);
    write({ kind: 'message-waiting', body: { equipmentId, number, isOn } });
    host.changed();
  };

  const light: SeatMessageDesk['light'] = async (id, number, isOn) => {
    const outcome = await host.command({ kind: 'message-waiting', id, number, isOn });
    if (outcome.kind === 'begun') lamp(id, number, isOn);
    return outcome;
  };

  return {
    setUp(list) {
      deskId = list.find((piece) => piece.use === 'message-desk' && piece.role === 'desk')?.id ?? null;
    },
    hear(event) {
      const { id: equipmentId } = event;
      switch (event.kind) {
        case 'desk-message': {
          const announced: JournalFact = { kind: 'desk-message', body: { equipmentId, message: event.message } };
          write(announced, ...matched(withMessage(arrivals, calls, event.message, host.now())));
          host.changed();
          return;
        }
        case 'lamp-failed': {
          const { number, cause } = event;
          lit.delete(number);
          write({ kind: 'message-waiting-refused', body: { equipmentId, number, cause } });
          host.tell({ code: 'message-lamp-refused', detail: `${number} ${cause}`.trim() });
          host.changed();
          return;
        }
        case 'lamp-asked':
          lamp(equipmentId, event.number, event.isOn);
          return;
      }
    },
    calls(now) {
      calls = now;
      const facts = matched(withCalls(arrivals, now, host.now()));
      if (facts.length > 0) write(...facts);
    },
    light,
    lightByKey(id, number, isOn) {
      void light(id, number, isOn).then((outcome) => {
        if (outcome.kind === 'refused') host.tell({ code: 'message-lamp-refused', detail: outcome.why });
      });
    },
    arrivals: () => ({ ...arrivals.byCall }),
    lit: () => [...lit],
    deskId: () => deskId,
  };
}
