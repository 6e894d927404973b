import type { EndCause } from '../../core/call.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { FinalCode, ModemNotice } from './at-codes.ts';
import type { AtAnswer } from './at-engine.ts';
import type { ModemCalls } from './call-command.ts';
import type { CallKeeper, CallPhase } from './call-keeper.ts';
import { type ListedCall, listCalls } from './call-list.ts';
import type { CallerId } from './caller-id.ts';
import { askCall, isDone, type ModemLine, sendDigits, urgent } from './modem-line.ts';

/** Calls of a mobile modem (3GPP TS 27.007): dialled, answered and ended by command, followed by asking +CLCC. */
export type MobileCalls = ModemCalls & {
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

/** Makes the calls of a modem. */
export function createMobileCalls(parts: MobileCallsParts): MobileCalls {
  return new Calls(parts);
}

/** Ends whatever call there is; older modems know the V.250 way alone. */
export async function endCall(line: ModemLine): Promise<void> {
  line.interrupt();
  if (!(await isDone(line, 'AT+CHUP', urgent))) await isDone(line, 'ATH', urgent);
}

/** How the present call stands in the modem's list: whether it was in it, and how many lists since came without it. */
type Listing = { readonly isListed: boolean; readonly missing: number };
const unlisted: Listing = { isListed: false, missing: 0 };

class Calls implements MobileCalls {
  readonly #clock: Clock;
  readonly #line: ModemLine;
  readonly #keeper: CallKeeper;
  #listing = unlisted;
  #hasRefusedWaiting = false;
  #waitingNumber = '';
  #isPolling = false;
  #isEnding = false;
  #isClosed = false;
  #cancelPoll = (): void => undefined;

  constructor({ clock, line, keeper }: MobileCallsParts) {
    this.#clock = clock;
    this.#line = line;
    this.#keeper = keeper;
  }

  dial(callId: string, number: string): CommandOutcome {
    const dialled = number.replaceAll(/[\s().-]/g, '');
    if (!/^\+?[0-9*#]{1,40}$/.test(dialled)) return { kind: 'refused', why: `${number} cannot be dialled.` };
    // `*#21#` would change the settings of the line in the network instead of calling anybody.
    if (/^[*#].*#$/.test(dialled)) return { kind: 'refused', why: `${number} is a service code, not a number.` };
    this.#keeper.dialled(callId);
    void this.#dial(callId, dialled);
    return { kind: 'begun' };
  }

  answer(): CommandOutcome {
    this.#keeper.answering();
    void this.#pickUp();
    return { kind: 'begun' };
  }

  hangUp(): CommandOutcome {
    void this.#hangUp(this.#keeper.isRinging() ? 'declined-here' : 'hung-up-here');
    return { kind: 'begun' };
  }

  digits(digits: string): CommandOutcome {
    sendDigits(this.#line, digits);
    return { kind: 'begun' };
  }

  onNotice(notice: ModemNotice): void {
    switch (notice.kind) {
      case 'ring':
        this.#keeper.ring();
        this.#pollSoon(callPollMs);
        break;
      case 'caller':
        this.#keeper.caller(callerOf(notice));
        break;
      case 'waiting':
        this.#waitingNumber = notice.number;
        this.#refuseWaiting(notice.number);
        break;
      case 'call-result':
        this.#takeResult(notice.code);
        break;
      case 'call-sign':
        this.#takeSign(notice.sign);
        break;
      default:
    }
  }

  onLost(): void {
    this.#end('line-lost');
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelPoll();
  }

  async #dial(callId: string, dialled: string): Promise<void> {
    const answer = await askCall(this.#line, `ATD${dialled};`, dialDeadlineMs);
    if (!this.#keeper.is(callId) || this.#isEnding) return;
    if (answer.kind !== 'ok') {
      this.#endUnmade(answer);
      return;
    }
    if (answer.code !== 'ok') this.#keeper.established();
    this.#pollSoon(callPollMs / 4);
  }

  async #pickUp(): Promise<void> {
    const answer = await askCall(this.#line, 'ATA', answerDeadlineMs);
    if (this.#keeper.phase() !== 'answering' || this.#isEnding) return;
    if (answer.kind !== 'ok') {
      this.#endUnmade(answer);
      return;
    }
    this.#keeper.established();
    this.#pollSoon(callPollMs);
  }

  /** Dialling or answering did not come about. One that was dropped ends with the port. */
  #endUnmade(answer: Exclude<AtAnswer, { kind: 'ok' }>): void {
    if (answer.kind === 'refused') this.#end(this.#causeOf(answer.code));
    else if (answer.kind === 'late') this.#end('failed');
  }

  async #hangUp(cause: EndCause): Promise<void> {
    this.#isEnding = true;
    this.#cancelPoll();
    await endCall(this.#line);
    this.#isEnding = false;
    if (!this.#isClosed) this.#end(cause);
  }

  #end(cause: EndCause): void {
    this.#cancelPoll();
    this.#listing = unlisted;
    this.#hasRefusedWaiting = false;
    this.#keeper.ended(cause);
  }

  #pollSoon(ms: number): void {
    this.#cancelPoll();
    if (this.#isClosed || this.#keeper.phase() === undefined) return;
    this.#cancelPoll = this.#clock.after(ms, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    if (this.#isPolling || this.#isClosed || this.#keeper.phase() === undefined) return;
    this.#isPolling = true;
    const list = await listCalls(this.#line);
    this.#isPolling = false;
    if (list.kind === 'told') this.#follow(list.calls);
    // What it said of dialling and answering has to do.
    else if (list.kind === 'unknown' && this.#keeper.phase() === 'dialling') this.#keeper.established();
    this.#pollSoon(callPollMs);
  }

  #follow(calls: readonly ListedCall[]): void {
    const waiting = calls.find((one) => one.state === 'waiting');
    if (waiting === undefined) this.#hasRefusedWaiting = false;
    else this.#refuseWaiting(waiting.number);
    const phase = this.#keeper.phase();
    if (phase === undefined || this.#isEnding) return;
    const own = calls.find((one) => one.state !== undefined && one.state !== 'waiting');
    if (own === undefined) this.#missOwn(phase);
    else this.#followOwn(own);
  }

  #followOwn({ state, number }: ListedCall): void {
    this.#listing = { isListed: true, missing: 0 };
    if (state === 'incoming') {
      this.#keeper.ring();
      if (number !== '' && !this.#keeper.hasCaller()) this.#keeper.caller({ number, name: '', withheld: 'no' });
    } else if (state === 'alerting') this.#keeper.alerting();
    else if (state === 'active') this.#keeper.established();
  }

  #missOwn(phase: CallPhase): void {
    const { isListed } = this.#listing;
    const missing = this.#listing.missing + 1;
    this.#listing = { isListed, missing };
    if (isListed && missing >= missingMax && phase !== 'answering') this.#end(this.#causeOf('no-carrier'));
    else if (!isListed && missing >= unlistedMax && phase === 'dialling') this.#keeper.established();
  }

  /** 27.007 +CHLD=0: the waiting caller hears that we are busy; the call that is up is not touched. */
  #refuseWaiting(number: string): void {
    if (this.#hasRefusedWaiting) return;
    this.#hasRefusedWaiting = true;
    const caller = number || this.#waitingNumber;
    this.#waitingNumber = '';
    void isDone(this.#line, 'AT+CHLD=0', urgent).then((isRefused) => {
      if (isRefused && !this.#isClosed) this.#keeper.refusedSecond(caller);
    });
  }

  #takeResult(code: FinalCode): void {
    if (code === 'connect' || code === 'voice') this.#takeSign('up');
    // While we hang up ourselves it is our own doing.
    else if (!this.#isEnding && this.#keeper.phase() !== undefined) this.#end(this.#causeOf(code));
  }

  /** A maker's own word; where the modem lists the call, the list decides, and is asked at once. */
  #takeSign(sign: 'alerting' | 'up' | 'over' | 'other'): void {
    const phase = this.#keeper.phase();
    const isOurs = phase === 'dialling' || phase === 'alerting';
    if (this.#listing.isListed || this.#isEnding || sign === 'other') this.#pollSoon(1);
    else if (sign === 'alerting') this.#keeper.alerting();
    else if (sign === 'up' && isOurs) this.#keeper.established();
    else if (sign === 'over' && phase !== undefined) this.#end(this.#causeOf('no-carrier'));
  }

  #causeOf(code: FinalCode): EndCause {
    return causeOf(code, this.#keeper.phase(), this.#listing.isListed);
  }
}

function callerOf({ number, name, validity }: Extract<ModemNotice, { kind: 'caller' }>): CallerId {
  const withheld = validity === 'valid' ? 'no' : validity === 'withheld' ? 'private' : 'out-of-area';
  return { number: number.slice(0, 128), name: name.slice(0, 128), withheld };
}

/** Why a call in this phase is over, when the modem says no more than a result code. */
function causeOf(code: FinalCode, phase: CallPhase | undefined, isListed: boolean): EndCause {
  if (phase === 'announced' || phase === 'ringing') return 'cancelled';
  if (phase === 'answering') return code === 'error' ? 'failed' : 'cancelled';
  // Of a call that is not listed it is not known whether it was ever up; what the network says is.
  if (phase === 'up' && (isListed || code === 'no-carrier')) return 'hung-up-there';
  if (code === 'busy') return 'busy-there';
  if (code === 'no-answer') return 'no-answer';
  // The network ends a call nobody takes; before it rang there, it was the network that refused.
  return code === 'no-carrier' && phase === 'alerting' ? 'no-answer' : 'failed';
}
