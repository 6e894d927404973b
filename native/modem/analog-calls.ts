import type { EndCause } from '../../core/call.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { FinalCode } from './at-codes.ts';
import type { CallKeeper } from './call-keeper.ts';
import { isDone, type ModemLine } from './modem-line.ts';

/** Calls of an analog modem (V.250, V.253): dialling ends with how it went; the rest is told by tones on the line. */
export type AnalogCalls = {
  dial(callId: string, number: string): CommandOutcome;
  answer(): CommandOutcome;
  hangUp(): CommandOutcome;
  digits(digits: string): CommandOutcome;
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
const urgent = { isUrgent: true };

const causes: Readonly<Partial<Record<FinalCode, EndCause>>> = {
  busy: 'busy-there',
  'no-answer': 'no-answer',
  // In voice mode: it rang for as long as S7 allows (ZyXEL U-1496 manual).
  'no-carrier': 'no-answer',
  blocked: 'refused-there',
};

/** Makes the calls of a modem. */
export function createAnalogCalls({ line, keeper, hasVoice, onLineDetail }: AnalogCallsParts): AnalogCalls {
  let isEnding = false;
  let isOnHandset = false;

  const end = (cause: EndCause): void => {
    isOnHandset = false;
    keeper.ended(cause);
  };
  const isRinging = (): boolean => keeper.phase() === 'ringing' || keeper.phase() === 'announced';
  const goOnHook = async (): Promise<void> => {
    line.interrupt();
    await isDone(line, 'ATH', urgent);
  };
  const hangUp = async (cause: EndCause): Promise<void> => {
    isEnding = true;
    await goOnHook();
    isEnding = false;
    end(cause);
  };
  const dial = async (callId: string, text: string): Promise<void> => {
    const answer = await line.ask({ text, isCall: true, isUrgent: true, deadlineMs: dialDeadlineMs });
    if (!keeper.is(callId) || isEnding) return;
    if (answer.kind === 'late') await hangUp('no-answer');
    if (answer.kind === 'refused') {
      if (answer.code === 'no-dialtone') onLineDetail('no dial tone: is the telephone line plugged in?');
      end(causes[answer.code] ?? 'failed');
    }
    if (answer.kind !== 'ok') return;
    onLineDetail('');
    keeper.established();
  };
  const pickUp = async (): Promise<void> => {
    const isStill = (): boolean => keeper.phase() === 'answering' && !isEnding;
    const answer = await line.ask({ text: 'ATA', isCall: true, isUrgent: true, deadlineMs: answerDeadlineMs });
    if (!isStill()) return;
    // Modems that answer in voice mode by going off hook (Intel 536EX, MultiTech).
    const isAnswered = answer.kind === 'ok' || (answer.kind === 'refused' && (await isDone(line, 'AT+VLS=1', urgent)));
    if (!isStill()) return;
    if (isAnswered) keeper.established();
    else if (answer.kind !== 'dropped') end('failed');
  };
  return {
    dial: (callId, number) => {
      const dialled = number.replaceAll(/[\s().-]/g, '').replace(/^\+/, '');
      if (keeper.phase() !== undefined) return { kind: 'refused', why: 'The modem has a call already.' };
      if (!/^[0-9*#]{1,40}$/.test(dialled)) return { kind: 'refused', why: `${number} cannot be dialled.` };
      keeper.dialled(callId);
      void dial(callId, hasVoice() ? `ATDT${dialled}` : `ATDT${dialled};`);
      return { kind: 'begun' };
    },
    answer: () => {
      if (!isRinging()) return { kind: 'refused', why: 'No call is ringing.' };
      // In data mode ATA would whistle at the caller.
      if (!hasVoice()) return { kind: 'refused', why: 'This modem cannot answer; lift the telephone beside it.' };
      keeper.answering();
      void pickUp();
      return { kind: 'begun' };
    },
    hangUp: () => {
      if (keeper.phase() === undefined) return { kind: 'refused', why: 'There is no call.' };
      // A bell cannot be declined on an analog line: it rings on there, and is silent here.
      if (isRinging()) end('declined-here');
      else void hangUp('hung-up-here');
      return { kind: 'begun' };
    },
    digits: (all) => {
      if (keeper.phase() !== 'up') return { kind: 'refused', why: 'The call is not up.' };
      if (!hasVoice()) return { kind: 'refused', why: 'This modem sends no digits; use the telephone beside it.' };
      for (const digit of all) void isDone(line, `AT+VTS=${digit}`, urgent);
      return { kind: 'begun' };
    },
    onTone: (code) => {
      const phase = keeper.phase();
      if (isEnding || phase === undefined) return;
      if (phase === 'up' && !isOnHandset) void hangUp('hung-up-there');
      // A dial tone before dialling is as it should be.
      else if (code === 'b' && (phase === 'dialling' || phase === 'alerting')) void hangUp('busy-there');
    },
    onHandset: (isLifted) => {
      if (isLifted && isRinging()) {
        isOnHandset = true;
        keeper.established();
      } else if (!isLifted && isOnHandset) end('hung-up-here');
    },
    onResult: () => {
      if (!isEnding && keeper.phase() === 'up') end('hung-up-there');
    },
    onLost: () => end('line-lost'),
    close: async () => {
      const isOurs = keeper.phase() !== undefined && !isRinging() && !isOnHandset;
      // Told first: a modem that hangs must not keep the news back.
      end(isOurs ? 'hung-up-here' : 'line-lost');
      keeper.close();
      if (isOurs) await goOnHook();
    },
  };
}
