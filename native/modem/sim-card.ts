import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { ModemLine } from './modem-line.ts';

/** What the SIM wants, as +CPIN? tells it. `silent`: no answer. */
export type SimState =
  | { readonly kind: 'ready' | 'needs-pin' | 'silent' }
  | { readonly kind: 'unusable'; readonly why: string };

/** A SIM is slow after power-on; asked this often before it counts as missing. */
const simTries = 10;
const simDelayMs = 1_000;

/** Whether calls and texts go. PIN2 and PUK2 guard lists of allowed numbers and charges alone (27.007 section 8.3). */
export function isOpenSim(status: string): boolean {
  return /^(?:READY|SIM (?:PIN|PUK)2)$/.test(status);
}

/** Asks what the SIM wants, and waits while it is busy. */
export async function simState(line: ModemLine, clock: Clock): Promise<SimState> {
  for (let attempt = 0; attempt < simTries; attempt += 1) {
    const answer = await line.ask({ text: 'AT+CPIN?', answers: ['+CPIN'] });
    if (answer.kind === 'late' || answer.kind === 'dropped') return { kind: 'silent' };
    if (answer.kind === 'ok') {
      const told = answer.lines.find((one) => one.startsWith('+CPIN'))?.replace(/^\+CPIN:\s*/, '');
      if (told === undefined || isOpenSim(told)) return { kind: 'ready' };
      if (told === 'SIM PIN') return { kind: 'needs-pin' };
      if (told === 'SIM PUK') return { kind: 'unusable', why: 'the SIM is locked: its PUK is needed, in a telephone' };
      if (told !== '') return { kind: 'unusable', why: `the SIM asks for ${told.slice(0, 40)}` };
    } else if (answer.detail === 'ERROR') {
      // A modem without a SIM (CDMA), or without words for it: what it can, its network tells.
      return { kind: 'ready' };
    } else if (!/busy|not ready|^CME (?:14|515|698)$/i.test(answer.detail)) {
      const isMissing = /not inserted|^CME 10$/i.test(answer.detail);
      return { kind: 'unusable', why: isMissing ? 'no SIM card in the modem' : `the SIM fails: ${answer.detail}` };
    }
    await new Promise<void>((resolve) => void clock.after(simDelayMs, resolve));
  }
  return { kind: 'unusable', why: 'the SIM does not become ready' };
}

/** The PIN of a SIM. Three wrong ones lock it, so one that was refused is never sent again. */
export type SimPin = {
  /** Sends a PIN somebody has typed; `then` is called when the SIM has answered. */
  unlock(pin: string, then: (isTaken: boolean) => void): CommandOutcome;
  isTrying(): boolean;
};

const pinDeadlineMs = 20_000;

/** Makes the PIN's guard; it lives as long as the piece of equipment. */
export function createSimPin(line: ModemLine): SimPin {
  const refused = new Set<string>();
  let isTrying = false;
  const send = async (pin: string, then: (isTaken: boolean) => void): Promise<void> => {
    isTrying = true;
    const answer = await line.ask({ text: `AT+CPIN="${pin}"`, deadlineMs: pinDeadlineMs });
    isTrying = false;
    // It was never sent.
    if (answer.kind === 'dropped') return;
    // No answer in time may have been a refusal too.
    if (answer.kind !== 'ok') refused.add(pin);
    then(answer.kind === 'ok');
  };
  return {
    unlock: (pin, then) => {
      if (isTrying) return { kind: 'refused', why: 'A PIN is being tried.' };
      if (refused.has(pin)) {
        const why = 'The SIM has refused this PIN; it is not tried again, for three wrong ones lock it.';
        return { kind: 'refused', why };
      }
      void send(pin, then);
      return { kind: 'begun' };
    },
    isTrying: () => isTrying,
  };
}
