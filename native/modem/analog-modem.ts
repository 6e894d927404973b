import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import { type AnalogCalls, createAnalogCalls } from './analog-calls.ts';
import type { ModemNotice } from './at-codes.ts';
import { obeyCallCommand } from './call-command.ts';
import { type CallKeeper, createCallKeeper, earlyCallerMs } from './call-keeper.ts';
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
import { isDone, type ModemLine } from './modem-line.ts';

/** How a modem that hangs is found; not during a call, which any character might end. */
const idlePollMs = 60_000;

/** An analog modem on a telephone line: who calls, dialling, answering, digits (V.250, V.253, IS-101). */
export function createAnalogModem(parts: ModemDriverParts): ModemDriver {
  return new AnalogModem(parts);
}

class AnalogModem implements ModemDriver {
  readonly #clock: Clock;
  readonly #line: ModemLine;
  readonly #onStanding: ModemDriverParts['onStanding'];
  readonly #keeper: CallKeeper;
  readonly #calls: AnalogCalls;
  readonly #readDigit: (code: string) => void;
  #standing = startingStanding;
  #isUp = false;
  #hasVoice = false;
  /** As far as its items have come. */
  #caller = unknownCaller;
  #callerAtMs = Number.NEGATIVE_INFINITY;
  #cancelPoll = (): void => undefined;

  constructor(parts: ModemDriverParts) {
    this.#clock = parts.clock;
    this.#line = parts.line;
    this.#onStanding = parts.onStanding;
    this.#keeper = createCallKeeper({ ...parts, onChange: () => this.#onCallChange() });
    this.#calls = createAnalogCalls({
      line: parts.line,
      keeper: this.#keeper,
      hasVoice: () => this.#hasVoice,
      onLineDetail: (detail) => this.#change({ detail }),
    });
    this.#readDigit = createDigitReader((digit) => {
      if (this.#keeper.phase() === 'up') parts.tell({ kind: 'modem-digit', digit });
    });
  }

  async start(): Promise<boolean> {
    const line = this.#line;
    this.#isUp = false;
    this.#change({ detail: '' });
    if (!(await hello(line))) return false;
    await isDone(line, 'ATX4');
    this.#hasVoice = await isDone(line, 'AT+FCLASS=8');
    const hasCallerId = (await isDone(line, 'AT+VCID=1')) || (await isDone(line, 'AT#CID=1'));
    if (this.#hasVoice) await isDone(line, 'AT+VDR=1,1');
    const { model, firmware } = await identity(line, 'AT+');
    this.#isUp = true;
    this.#change({ model, firmware, detail: lacksWords(hasCallerId, this.#hasVoice) });
    this.#pollLater();
    return true;
  }

  onNotice(notice: ModemNotice): void {
    switch (notice.kind) {
      case 'ring':
        this.#keeper.ring();
        break;
      case 'caller-item':
        this.#takeItem(notice.tag, notice.value);
        break;
      case 'bell':
        this.#keeper.bell(notice.isOn, notice.ms);
        break;
      case 'ringback':
        this.#keeper.alerting();
        break;
      case 'call-result':
        this.#calls.onResult();
        break;
      default:
    }
  }

  onEvent(code: string): void {
    if (code === 'R') this.#keeper.ring();
    else if (code === 'b' || code === 'd' || code === 'l') this.#calls.onTone(code);
    else if (code === 'H' || code === 'h') this.#calls.onHandset(code === 'H');
    else this.#readDigit(code);
  }

  command(command: ModemCommand): CommandOutcome {
    if (!this.#isUp) return { kind: 'refused', why: 'The modem is not ready.' };
    switch (command.kind) {
      case 'send-text':
      case 'keep-text':
      case 'unlock':
        return { kind: 'refused', why: 'An analog modem carries no texts and has no SIM.' };
      default:
        return obeyCallCommand(command, this.#calls, this.#keeper);
    }
  }

  onLost(): void {
    this.#isUp = false;
    this.#cancelPoll();
    this.#calls.onLost();
  }

  close(): Promise<void> {
    this.#isUp = false;
    this.#cancelPoll();
    return this.#calls.close();
  }

  #change(more: Partial<ModemStanding> = {}): void {
    const state = !this.#isUp ? 'starting' : this.#keeper.phase() === undefined ? 'ready' : 'busy';
    this.#standing = { ...this.#standing, state, ...more };
    this.#onStanding(this.#standing);
  }

  #onCallChange(): void {
    // The next caller is another one.
    if (this.#keeper.phase() === undefined) this.#caller = unknownCaller;
    this.#change();
  }

  #pollLater(): void {
    this.#cancelPoll();
    if (this.#isUp) this.#cancelPoll = this.#clock.after(idlePollMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    if (this.#keeper.phase() === undefined) await isDone(this.#line, 'AT');
    this.#pollLater();
  }

  #takeItem(tag: string, value: string): void {
    const nowMs = this.#clock.nowMs();
    const isOld = this.#keeper.phase() === undefined && nowMs - this.#callerAtMs > earlyCallerMs;
    const known = withItem(isOld ? unknownCaller : this.#caller, tag, value);
    if (known === undefined) return;
    this.#caller = known;
    this.#callerAtMs = nowMs;
    this.#keeper.caller(known);
  }
}

/** What the modem cannot do, for a person; empty: nothing. */
function lacksWords(hasCallerId: boolean, hasVoice: boolean): string {
  return [
    ...(hasCallerId ? [] : ['it tells no callers']),
    ...(hasVoice ? [] : ['it has no voice mode: answer with the telephone beside it']),
  ].join('; ');
}

/**
 * Digits among shielded events. One that is held down is told every 70 ms between `/` and `~` (MultiTech MT5634SMI
 * guide) and counts once; without these marks each stands for itself.
 */
function createDigitReader(tell: (digit: string) => void): (code: string) => void {
  let held: string | undefined;
  let isMarked = false;
  return (code) => {
    if (code === '/' || code === '~') {
      isMarked = code === '/';
      held = undefined;
    } else if (/^[0-9A-D*#]$/.test(code) && !(isMarked && held === code)) {
      held = code;
      tell(code);
    }
  };
}
