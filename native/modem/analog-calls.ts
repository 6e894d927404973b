import { assertNever } from '../../core/assert-never.ts';
import type { EndCause } from '../../core/call.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { FinalCode } from './at-codes.ts';
import type { ModemCalls } from './call-command.ts';
import type { CallKeeper } from './call-keeper.ts';
import { askCall, isDone, type ModemLine, sendDigits, urgent } from './modem-line.ts';

/** Calls of an analog modem (V.250, V.253): dialling ends with how it went; the rest is told by tones on the line. */
export type AnalogCalls = ModemCalls & {
  /** DLE `b`, `d`, `l`: busy tone, dial tone, the loop was interrupted. */
  onTone(code: string): void;
  /** DLE `H`, `h`: the telephone beside the modem was lifted or put back. */
  onHandset(isLifted: boolean): void;
  /** A result code nobody asked for. */
  onResult(): void;
  onLost(): void;
  /** Tells the end, then hangs up. */
  close(): Promise<void>;
};

export type AnalogCallsParts = {
  readonly line: ModemLine;
  readonly keeper: CallKeeper;
  /** Class 8: it tells when the far side answers, and hears digits. Without, it only dials for the telephone beside it. */
  readonly hasVoice: () => boolean;
  /** Something a person should know of the line; empty: all is well. */
  readonly onLineDetail: (detail: string) => void;
};

/** As long as people let it ring there. */
const dialDeadlineMs = 90_000;
const answerDeadlineMs = 15_000;

const causes: Readonly<Partial<Record<FinalCode, EndCause>>> = {
  busy: 'busy-there',
  'no-answer': 'no-answer',
  // In voice mode: it rang for as long as S7 allows (ZyXEL U-1496 manual).
  'no-carrier': 'no-answer',
  blocked: 'refused-there',
};

/** Makes the calls of a modem. */
export function createAnalogCalls(parts: AnalogCallsParts): AnalogCalls {
  return new Calls(parts);
}

class Calls implements AnalogCalls {
  readonly #line: ModemLine;
  readonly #keeper: CallKeeper;
  readonly #hasVoice: () => boolean;
  readonly #onLineDetail: (detail: string) => void;
  #isEnding = false;
  /** The call is led at the telephone beside the modem. */
  #isOnHandset = false;

  constructor({ line, keeper, hasVoice, onLineDetail }: AnalogCallsParts) {
    this.#line = line;
    this.#keeper = keeper;
    this.#hasVoice = hasVoice;
    this.#onLineDetail = onLineDetail;
  }

  dial(callId: string, number: string): CommandOutcome {
    const dialled = number.replaceAll(/[\s().-]/g, '').replace(/^\+/, '');
    if (!/^[0-9*#]{1,40}$/.test(dialled)) return { kind: 'refused', why: `${number} cannot be dialled.` };
    this.#keeper.dialled(callId);
    void this.#dial(callId, this.#hasVoice() ? `ATDT${dialled}` : `ATDT${dialled};`);
    return { kind: 'begun' };
  }

  answer(): CommandOutcome {
    // In data mode ATA would whistle at the caller.
    if (!this.#hasVoice()) return { kind: 'refused', why: 'This modem cannot answer; lift the telephone beside it.' };
    this.#keeper.answering();
    void this.#pickUp();
    return { kind: 'begun' };
  }

  hangUp(): CommandOutcome {
    // A bell cannot be declined on an analog line: it rings on there, and is silent here.
    if (this.#keeper.isRinging()) this.#end('declined-here');
    else void this.#hangUp('hung-up-here');
    return { kind: 'begun' };
  }

  digits(digits: string): CommandOutcome {
    if (!this.#hasVoice()) {
      return { kind: 'refused', why: 'This modem sends no digits; use the telephone beside it.' };
    }
    sendDigits(this.#line, digits);
    return { kind: 'begun' };
  }

  onTone(code: string): void {
    const phase = this.#keeper.phase();
    if (this.#isEnding || phase === undefined) return;
    if (phase === 'up' && !this.#isOnHandset) void this.#hangUp('hung-up-there');
    // A dial tone before dialling is as it should be.
    else if (code === 'b' && (phase === 'dialling' || phase === 'alerting')) void this.#hangUp('busy-there');
  }

  onHandset(isLifted: boolean): void {
    if (isLifted && this.#keeper.isRinging()) {
      this.#isOnHandset = true;
      this.#keeper.established();
    } else if (!isLifted && this.#isOnHandset) this.#end('hung-up-here');
  }

  onResult(): void {
    if (!this.#isEnding && this.#keeper.phase() === 'up') this.#end('hung-up-there');
  }

  onLost(): void {
    this.#end('line-lost');
  }

  async close(): Promise<void> {
    const isOurs = this.#keeper.phase() !== undefined && !this.#keeper.isRinging() && !this.#isOnHandset;
    // Told first: a modem that hangs must not keep the news back.
    this.#end(isOurs ? 'hung-up-here' : 'line-lost');
    this.#keeper.close();
    if (isOurs) await this.#goOnHook();
  }

  async #dial(callId: string, text: string): Promise<void> {
    const answer = await askCall(this.#line, text, dialDeadlineMs);
    if (!this.#keeper.is(callId) || this.#isEnding) return;
    switch (answer.kind) {
      case 'ok':
        this.#onLineDetail('');
        this.#keeper.established();
        break;
      case 'refused':
        if (answer.code === 'no-dialtone') this.#onLineDetail('no dial tone: is the telephone line plugged in?');
        this.#end(causes[answer.code] ?? 'failed');
        break;
      case 'late':
        await this.#hangUp('no-answer');
        break;
      case 'dropped':
        // It ends with the port.
        break;
      default:
        assertNever(answer);
    }
  }

  async #pickUp(): Promise<void> {
    const answer = await askCall(this.#line, 'ATA', answerDeadlineMs);
    if (!this.#isAnswering()) return;
    // Modems that answer in voice mode by going off hook (Intel 536EX, MultiTech).
    const isOffHook = answer.kind === 'refused' && (await isDone(this.#line, 'AT+VLS=1', urgent));
    if (!this.#isAnswering()) return;
    if (answer.kind === 'ok' || isOffHook) this.#keeper.established();
    else if (answer.kind !== 'dropped') this.#end('failed');
  }

  #isAnswering(): boolean {
    return this.#keeper.phase() === 'answering' && !this.#isEnding;
  }

  async #hangUp(cause: EndCause): Promise<void> {
    this.#isEnding = true;
    await this.#goOnHook();
    this.#isEnding = false;
    this.#end(cause);
  }

  async #goOnHook(): Promise<void> {
    this.#line.interrupt();
    await isDone(this.#line, 'ATH', urgent);
  }

  #end(cause: EndCause): void {
    this.#isOnHandset = false;
    this.#keeper.ended(cause);
  }
}
