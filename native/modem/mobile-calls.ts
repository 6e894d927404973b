import type { EndCause } from '../../core/call.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import { type FinalCode, fieldsOf, type ModemNotice, numberOf } from './at-codes.ts';
import type { AtAnswer } from './at-engine.ts';
import type { CallKeeper } from './call-keeper.ts';
import { isDone, type ModemLine } from './modem-line.ts';

/** Calls of a mobile modem (3GPP TS 27.007): dialled, answered and ended by command, followed by asking +CLCC. */
export type MobileCalls = {
  dial(callId: string, number: string): CommandOutcome;
  answer(): CommandOutcome;
  hangUp(): CommandOutcome;
  digits(digits: string): CommandOutcome;
  onNotice(notice: ModemNotice): void;
  /** The port is gone, and with it the call. */
  onLost(): void;
  close(): void;
};

export type MobileCallsParts = {
  readonly clock: Clock;
  readonly line: ModemLine;
  readonly keeper: CallKeeper;
};

/** How often the calls are asked for while there is one: nothing else tells when the far side rings or answers. */
export const callPollMs = 1_000;
/** SIM800: up to 20 s; modems that answer only when the call is up take as long as people let it ring. */
const dialDeadlineMs = 90_000;
const answerDeadlineMs = 25_000;
/** A list without our call this many times, after it was in it: the call is over, though nobody said so. */
const missingMax = 2;
/** A list that never had it, this many times: a modem that does not list calls. What it said of dialling has to do. */
const unlistedMax = 10;

const urgent = { isUrgent: true };

/** +CLCC's <stat>. 6 is SIMCom's own: being released. */
const stateOf: Readonly<Record<string, 'active' | 'held' | 'dialling' | 'alerting' | 'incoming' | 'waiting'>> = {
  '0': 'active',
  '1': 'held',
  '2': 'dialling',
  '3': 'alerting',
  '4': 'incoming',
  '5': 'waiting',
};

/** Makes the calls of a modem. */
export function createMobileCalls({ clock, line, keeper }: MobileCallsParts): MobileCalls {
  let cancelPoll = (): void => undefined;
  let isPolling = false;
  let isEnding = false;
  let isClosed = false;
  let missing = 0;
  let isListed = false;
  let hasRefusedWaiting = false;
  let waitingNumber = '';

  const pollSoon = (ms: number): void => {
    cancelPoll();
    if (isClosed || keeper.phase() === undefined) return;
    cancelPoll = clock.after(ms, () => void poll());
  };
  const poll = async (): Promise<void> => {
    if (isPolling || isClosed || keeper.phase() === undefined) return;
    isPolling = true;
    const answer = await line.ask({ text: 'AT+CLCC', answers: ['+CLCC'] });
    isPolling = false;
    if (answer.kind === 'ok') follow(answer.lines);
    // A modem that has no list: what it said of dialling and answering has to do.
    else if (answer.kind === 'refused' && keeper.phase() === 'dialling') keeper.established();
    pollSoon(callPollMs);
  };
  const follow = (lines: readonly string[]): void => {
    const calls = lines
      .filter((one) => one.startsWith('+CLCC'))
      .map((one) => fieldsOf(one.replace(/^\+CLCC:\s*/, '')))
      // Voice calls alone: 4G modems list their data connection too.
      .filter((fields) => fields[3] === '0')
      .map((fields) => ({ state: stateOf[fields[2] ?? ''], number: numberOf([fields[5] ?? '', fields[6] ?? '']) }));
    const waiting = calls.find((one) => one.state === 'waiting');
    if (waiting === undefined) hasRefusedWaiting = false;
    else refuseWaiting(waiting.number);
    const phase = keeper.phase();
    const own = calls.find((one) => one.state !== undefined && one.state !== 'waiting');
    if (phase === undefined || isEnding) return;
    if (own === undefined) {
      missing += 1;
      if (isListed && missing >= missingMax && phase !== 'answering') end(causeOf('no-carrier'));
      else if (!isListed && missing >= unlistedMax && phase === 'dialling') keeper.established();
      return;
    }
    missing = 0;
    isListed = true;
    if (own.state === 'incoming') {
      keeper.ring();
      if (own.number !== '' && !keeper.hasCaller()) keeper.caller({ number: own.number, name: '', withheld: 'no' });
    } else if (own.state === 'alerting') keeper.alerting();
    else if (own.state === 'active') keeper.established();
  };
  /** 27.007 +CHLD=0: the waiting caller hears that we are busy; the call that is up is not touched. */
  const refuseWaiting = (number: string): void => {
    if (hasRefusedWaiting) return;
    hasRefusedWaiting = true;
    const caller = number || waitingNumber;
    waitingNumber = '';
    void isDone(line, 'AT+CHLD=0', urgent).then((isRefused) => {
      if (isRefused && !isClosed) keeper.refusedSecond(caller);
    });
  };
  const end = (cause: EndCause): void => {
    cancelPoll();
    missing = 0;
    isListed = false;
    hasRefusedWaiting = false;
    keeper.ended(cause);
  };
  const causeOf = (code: FinalCode): EndCause => {
    const phase = keeper.phase();
    if (phase === 'announced' || phase === 'ringing') return 'cancelled';
    if (phase === 'answering') return code === 'error' ? 'failed' : 'cancelled';
    // Of a call that is not listed it is not known whether it was ever up; what the network says is.
    if (phase === 'up' && (isListed || code === 'no-carrier')) return 'hung-up-there';
    if (code === 'busy') return 'busy-there';
    if (code === 'no-answer') return 'no-answer';
    // The network ends a call nobody takes; before it rang there, it was the network that refused.
    return code === 'no-carrier' && phase === 'alerting' ? 'no-answer' : 'failed';
  };
  /** A maker's own word; where the modem lists the call, the list decides, and is asked at once. */
  const takeSign = (sign: 'alerting' | 'up' | 'over' | 'other'): void => {
    const phase = keeper.phase();
    const isOurs = phase === 'dialling' || phase === 'alerting';
    if (isListed || isEnding || sign === 'other') pollSoon(1);
    else if (sign === 'alerting') keeper.alerting();
    else if (sign === 'up' && isOurs) keeper.established();
    else if (sign === 'over' && phase !== undefined) end(causeOf('no-carrier'));
  };
  const afterDialling = (answer: AtAnswer, isDialled: () => boolean): void => {
    if (!isDialled() || isEnding) return;
    if (answer.kind === 'ok') {
      if (answer.code !== 'ok') keeper.established();
      pollSoon(callPollMs / 4);
    } else if (answer.kind === 'refused') end(causeOf(answer.code));
    else if (answer.kind === 'late') end('failed');
  };
  const hangUp = async (cause: EndCause): Promise<void> => {
    isEnding = true;
    cancelPoll();
    line.interrupt();
    if (!(await isDone(line, 'AT+CHUP', urgent))) await isDone(line, 'ATH', urgent);
    isEnding = false;
    if (!isClosed) end(cause);
  };
  return {
    dial: (callId, number) => {
      if (keeper.phase() !== undefined) return { kind: 'refused', why: 'The modem has a call already.' };
      const dialled = number.replaceAll(/[\s().-]/g, '');
      if (!/^\+?[0-9*#]{1,40}$/.test(dialled)) return { kind: 'refused', why: `${number} cannot be dialled.` };
      // `*#21#` would change the settings of the line in the network instead of calling anybody.
      if (/^[*#].*#$/.test(dialled)) return { kind: 'refused', why: `${number} is a service code, not a number.` };
      keeper.dialled(callId);
      void line
        .ask({ text: `ATD${dialled};`, isCall: true, isUrgent: true, deadlineMs: dialDeadlineMs })
        .then((answer) => afterDialling(answer, () => keeper.is(callId)));
      return { kind: 'begun' };
    },
    answer: () => {
      const phase = keeper.phase();
      if (phase !== 'ringing' && phase !== 'announced') return { kind: 'refused', why: 'No call is ringing.' };
      keeper.answering();
      void line.ask({ text: 'ATA', isCall: true, isUrgent: true, deadlineMs: answerDeadlineMs }).then((answer) => {
        if (keeper.phase() !== 'answering' || isEnding) return;
        if (answer.kind === 'ok') {
          keeper.established();
          pollSoon(callPollMs);
        } else if (answer.kind === 'refused') end(causeOf(answer.code));
        else if (answer.kind === 'late') end('failed');
      });
      return { kind: 'begun' };
    },
    hangUp: () => {
      const phase = keeper.phase();
      if (phase === undefined) return { kind: 'refused', why: 'There is no call.' };
      void hangUp(phase === 'ringing' || phase === 'announced' ? 'declined-here' : 'hung-up-here');
      return { kind: 'begun' };
    },
    digits: (digits) => {
      if (keeper.phase() !== 'up') return { kind: 'refused', why: 'The call is not up.' };
      for (const digit of digits) void isDone(line, `AT+VTS=${digit}`, urgent);
      return { kind: 'begun' };
    },
    onNotice: (notice) => {
      switch (notice.kind) {
        case 'ring':
          keeper.ring();
          pollSoon(callPollMs);
          break;
        case 'caller': {
          const withheld =
            notice.validity === 'valid' ? 'no' : notice.validity === 'withheld' ? 'private' : 'out-of-area';
          keeper.caller({ number: notice.number.slice(0, 128), name: notice.name.slice(0, 128), withheld });
          break;
        }
        case 'waiting':
          waitingNumber = notice.number;
          refuseWaiting(notice.number);
          break;
        case 'call-result':
          if (notice.code === 'connect' || notice.code === 'voice') takeSign('up');
          // While we hang up ourselves it is our own doing.
          else if (!isEnding && keeper.phase() !== undefined) end(causeOf(notice.code));
          break;
        case 'call-sign':
          takeSign(notice.sign);
          break;
        default:
      }
    },
    onLost: () => end('line-lost'),
    close: () => {
      isClosed = true;
      cancelPoll();
    },
  };
}
