import type { EquipmentCommand, EquipmentEvent } from '../../core/equipment-event.ts';

type WithoutId<T> = T extends { readonly id: string } ? Omit<T, 'id'> : never;

/** What a modem tells, without the id of the piece. */
export type ModemEvent = WithoutId<
  Extract<
    EquipmentEvent,
    {
      kind: 'modem-call-offered' | 'modem-caller' | 'modem-call' | 'modem-digit' | 'text-received' | 'text-outcome';
    }
  >
>;

/** What a modem is asked for, without the id of the piece. */
export type ModemCommand = WithoutId<
  Extract<EquipmentCommand, { kind: 'dial' | 'answer' | 'hang-up' | 'digits' | 'send-text' | 'keep-text' | 'unlock' }>
>;
