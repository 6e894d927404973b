import { assertNever } from '../../core/assert-never.ts';
import type { EndCause } from '../../core/call.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { FinalCode, ModemNotice } from './at-codes.ts';
import { createCallKeeper, earlyCallerMs } from './call-keeper.ts';
import { unknownCaller, withItem } from './caller-id.ts';
import {
  hello,
  identity,
  type ModemDriver,
  type ModemDriverParts,
  type ModemStanding,
  startingStanding,
} from './modem-driver.ts';
import type { ModemCommand } from './modem-event.ts';
import { isDone } from './modem-line.ts';

/** As long as people let it ring there. */
const dialDeadlineMs = 90_000;
const answerDeadlineMs = 15_000;
/** How a modem that hangs is found; not during a call, which any character might end. */
const idlePollMs = 60_000;

/** An analog modem on a telephone line: who calls, dialling, answering, digits (V.250, V.253, IS-101). */
export function createAnalogModem(parts: ModemDriverParts): ModemDriver {
  const { clock, line, tell } = parts;
  let standing: ModemStanding = startingStanding;
  let isUp = false;
  /** Class 8: it tells when the far side answers, and hears digits. Without, it only dials for the telephone beside it. */
  let hasVoice = false;
  let caller = unknownCaller;
  let callerAtMs = Number.NEGATIVE_INFINITY;
  let isEnding = false;
  /** A digit held down is told every 70 ms between `/` and `~` (MultiTech MT5634SMI guide); once is enough. */
  let heldDigit: string | undefined;
  let isDigitShielded = false;
  let isOnHandset = false;
  let cancelPoll = (): void => undefined;

  const change = (more: Partial<ModemStanding> = {}): void => {
    const state = !isUp ? 'starting' : keeper.phase() === undefined ? 'ready' : 'busy';
    standing = { ...standing, state, ...more };
    parts.onStanding(standing);
  };
  const keeper = createCallKeeper({
    ...parts,
    onChange: () => {
      // The next caller is another one.
      if (keeper.phase() === undefined) caller = unknownCaller;
      change();
    },
  });
  const end = (cause: EndCause): void => {
    isOnHandset = false;
    keeper.ended(cause);
  };
  const poll = async (): Promise<void> => {
    if (keeper.phase() === undefined) await isDone(line, 'AT');
    cancelPoll();
    if (isUp) cancelPoll = clock.after(idlePollMs, () => void poll());
  };
  const failed = (code: FinalCode): void => {
    if (isEnding) return;
    if (code === 'no-dialtone') change({ detail: 'no dial tone: is the telephone line plugged in?' });
    end(causes[code] ?? 'failed');
  };
  const dial = (callId: string, number: string): CommandOutcome => {
    const dialled = number.replaceAll(/[\s().-]/g, '').replace(/^\+/, '');
    if (keeper.phase() !== undefined) return { kind: 'refused', why: 'The modem has a call already.' };
    if (!/^[0-9*#]{1,40}$/.test(dialled)) return { kind: 'refused', why: `${number} cannot be dialled.` };
    keeper.dialled(callId);
    const text = hasVoice ? `ATDT${dialled}` : `ATDT${dialled};`;
    void line.ask({ text, isCall: true, isUrgent: true, deadlineMs: dialDeadlineMs }).then((answer) => {
      if (!keeper.is(callId) || isEnding) return;
      if (answer.kind === 'ok') {
        change({ detail: '' });
        keeper.established();
      } else if (answer.kind === 'refused') failed(answer.code);
      else if (answer.kind === 'late') void hangUp('no-answer');
    });
    return { kind: 'begun' };
  };
  const pickUp = (): CommandOutcome => {
    const phase = keeper.phase();
    if (phase !== 'ringing' && phase !== 'announced') return { kind: 'refused', why: 'No call is ringing.' };
    // In data mode ATA would whistle at the caller.
    if (!hasVoice) return { kind: 'refused', why: 'This modem cannot answer; lift the telephone beside it.' };
    keeper.answering();
    void (async () => {
      const answer = await line.ask({ text: 'ATA', isCall: true, isUrgent: true, deadlineMs: answerDeadlineMs });
      if (keeper.phase() !== 'answering' || isEnding) return;
      const isAnswered = answer.kind === 'ok' || (answer.kind === 'refused' && (await isDone(line, 'AT+VLS=1')));
      if (keeper.phase() !== 'answering' || isEnding) return;
      if (isAnswered) keeper.established();
      else if (answer.kind !== 'dropped') end('failed');
    })();
    return { kind: 'begun' };
  };
  const hangUp = async (cause: EndCause): Promise<void> => {
    isEnding = true;
    line.interrupt();
    await isDone(line, 'ATH', { isUrgent: true });
    isEnding = false;
    end(cause);
  };
  const startHangingUp = (): CommandOutcome => {
    const phase = keeper.phase();
    if (phase === undefined) return { kind: 'refused', why: 'There is no call.' };
    // A bell cannot be declined on an analog line: it rings on there, and is silent here.
    if (phase === 'ringing' || phase === 'announced') end('declined-here');
    else void hangUp('hung-up-here');
    return { kind: 'begun' };
  };
  const digits = (all: string): CommandOutcome => {
    if (keeper.phase() !== 'up') return { kind: 'refused', why: 'The call is not up.' };
    if (!hasVoice)
      return { kind: 'refused', why: 'This modem sends no digits in a call; use the telephone beside it.' };
    for (const digit of all) void isDone(line, `AT+VTS=${digit}`);
    return { kind: 'begun' };
  };
  const onDigit = (digit: string): void => {
    if (isDigitShielded && heldDigit === digit) return;
    heldDigit = digit;
    if (keeper.phase() === 'up') tell({ kind: 'modem-digit', digit });
  };
  const onTone = (code: string): void => {
    const phase = keeper.phase();
    if (isEnding || phase === undefined) return;
    if (phase === 'up' && !isOnHandset) void hangUp('hung-up-there');
    else if (code === 'b' && (phase === 'dialling' || phase === 'alerting')) void hangUp('busy-there');
  };
  return {
    start: async () => {
      isUp = false;
      change({ detail: '' });
      if (!(await hello(line))) return false;
      await isDone(line, 'ATX4');
      hasVoice = await isDone(line, 'AT+FCLASS=8');
      const hasCallerId = (await isDone(line, 'AT+VCID=1')) || (await isDone(line, 'AT#CID=1'));
      if (hasVoice) await isDone(line, 'AT+VDR=1,1');
      const { model, firmware } = await identity(line, 'AT+');
      isUp = true;
      const lacks = [
        ...(hasCallerId ? [] : ['it tells no callers']),
        ...(hasVoice ? [] : ['it has no voice mode: answer with the telephone beside it']),
      ];
      change({ model, firmware, detail: lacks.join('; ') });
      cancelPoll = clock.after(idlePollMs, () => void poll());
      return true;
    },
    onNotice: (notice: ModemNotice) => {
      switch (notice.kind) {
        case 'ring':
          keeper.ring();
          break;
        case 'caller-item': {
          const isOld = keeper.phase() === undefined && clock.nowMs() - callerAtMs > earlyCallerMs;
          const known = withItem(isOld ? unknownCaller : caller, notice.tag, notice.value);
          if (known === undefined) break;
          caller = known;
          callerAtMs = clock.nowMs();
          keeper.caller(known);
          break;
        }
        case 'bell':
          keeper.bell(notice.isOn, notice.ms);
          break;
        case 'ringback':
          keeper.alerting();
          break;
        case 'call-result':
          if (!isEnding && keeper.phase() === 'up') end('hung-up-there');
          break;
        default:
      }
    },
    onEvent: (code) => {
      if (/^[0-9A-D*#]$/.test(code)) return onDigit(code);
      if (code === '/' || code === '~') {
        isDigitShielded = code === '/';
        heldDigit = undefined;
      } else if (code === 'R') keeper.ring();
      else if (code === 'b' || code === 'd' || code === 'l') onTone(code);
      else if (code === 'H' && (keeper.phase() === 'ringing' || keeper.phase() === 'announced')) {
        isOnHandset = true;
        keeper.established();
      } else if (code === 'h' && isOnHandset) end('hung-up-here');
    },
    command: (command: ModemCommand) => {
      switch (command.kind) {
        case 'dial':
          return isUp ? dial(command.callId, command.number) : { kind: 'refused', why: 'The modem is not ready.' };
        case 'answer':
          return keeper.is(command.callId) ? pickUp() : noSuchCall;
        case 'hang-up':
          return keeper.is(command.callId) ? startHangingUp() : noSuchCall;
        case 'digits':
          return keeper.is(command.callId) ? digits(command.digits) : noSuchCall;
        case 'send-text':
        case 'keep-text':
        case 'unlock':
          return { kind: 'refused', why: 'An analog modem carries no texts and has no SIM.' };
        default:
          return assertNever(command);
      }
    },
    onLost: () => {
      isUp = false;
      cancelPoll();
      end('line-lost');
    },
    close: async () => {
      isUp = false;
      cancelPoll();
      const phase = keeper.phase();
      const isOurs = phase !== undefined && phase !== 'ringing' && phase !== 'announced' && !isOnHandset;
      // Told first: a modem that hangs must not keep the news back.
      end(isOurs ? 'hung-up-here' : 'line-lost');
      keeper.close();
      if (!isOurs) return;
      line.interrupt();
      await isDone(line, 'ATH', { isUrgent: true });
    },
  };
}

const noSuchCall: CommandOutcome = { kind: 'refused', why: 'There is no such call.' };

const causes: Readonly<Partial<Record<FinalCode, EndCause>>> = {
  busy: 'busy-there',
  'no-answer': 'no-answer',
  // In voice mode: it rang for as long as S7 allows (ZyXEL U-1496 manual).
  'no-carrier': 'no-answer',
  blocked: 'refused-there',
};
