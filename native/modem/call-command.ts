import { assertNever } from '../../core/assert-never.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { CallKeeper } from './call-keeper.ts';
import type { ModemCommand } from './modem-event.ts';

/** A command that is about a call. */
export type CallCommand = Extract<ModemCommand, { readonly kind: 'dial' | 'answer' | 'hang-up' | 'digits' }>;

/** What any modem can do with a call. Asked only when the call is where it says; refused where the modem cannot. */
export type ModemCalls = {
  /** There is no call. */
  dial(callId: string, number: string): CommandOutcome;
  /** It rings. */
  answer(): CommandOutcome;
  /** There is one. */
  hangUp(): CommandOutcome;
  /** It is up. */
  digits(digits: string): CommandOutcome;
};

/** Does what is asked of a call; refused when it is not the call that the modem has, or that call is not so far. */
export function obeyCallCommand(command: CallCommand, calls: ModemCalls, keeper: CallKeeper): CommandOutcome {
  if (command.kind === 'dial') {
    if (keeper.phase() !== undefined) return { kind: 'refused', why: 'The modem has a call already.' };
    return calls.dial(command.callId, command.number);
  }
  if (!keeper.is(command.callId)) return { kind: 'refused', why: 'There is no such call.' };
  switch (command.kind) {
    case 'answer':
      return keeper.isRinging() ? calls.answer() : { kind: 'refused', why: 'No call is ringing.' };
    case 'hang-up':
      return calls.hangUp();
    case 'digits':
      return keeper.phase() === 'up' ? calls.digits(command.digits) : { kind: 'refused', why: 'The call is not up.' };
    default:
      return assertNever(command);
  }
}
