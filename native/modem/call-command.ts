import { assertNever } from '../../core/assert-never.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { CallKeeper } from './call-keeper.ts';
import type { ModemCommand } from './modem-event.ts';

/** A command that is about a call. */
export type CallCommand = Extract<ModemCommand, { readonly kind: 'dial' | 'answer' | 'hang-up' | 'digits' }>;

/** What any modem can do with a call. */
export type ModemCalls = {
  dial(callId: string, number: string): CommandOutcome;
  answer(): CommandOutcome;
  hangUp(): CommandOutcome;
  digits(digits: string): CommandOutcome;
};

/** Does what is asked of a call; refused when it is not the call that the modem has. */
export function obeyCallCommand(command: CallCommand, calls: ModemCalls, keeper: CallKeeper): CommandOutcome {
  if (command.kind === 'dial') return calls.dial(command.callId, command.number);
  if (!keeper.is(command.callId)) return { kind: 'refused', why: 'There is no such call.' };
  switch (command.kind) {
    case 'answer':
      return calls.answer();
    case 'hang-up':
      return calls.hangUp();
    case 'digits':
      return calls.digits(command.digits);
    default:
      return assertNever(command);
  }
}
