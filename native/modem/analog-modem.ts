import type { CommandOutcome } from '../../core/equipment-event.ts';
import { type AnalogCalls, createAnalogCalls } from './analog-calls.ts';
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
import { isDone } from './modem-line.ts';

/** How a modem that hangs is found; not during a call, which any character might end. */
const idlePollMs = 60_000;

/** An analog modem on a telephone line: who calls, dialling, answering, digits (V.250, V.253, IS-101). */
export function createAnalogModem(parts: ModemDriverParts): ModemDriver {
  const { clock, line } = parts;
  let standing: ModemStanding = startingStanding;
  let isUp = false;
  let hasVoice = false;
  let caller = unknownCaller;
  let callerAtMs = Number.NEGATIVE_INFINITY;
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
  const calls = createAnalogCalls({
    line,
    keeper,
    hasVoice: () => hasVoice,
    onLineDetail: (detail) => change({ detail }),
  });
  const digits = createDigitReader((digit) => {
    if (keeper.phase() === 'up') parts.tell({ kind: 'modem-digit', digit });
  });
  const pollLater = (): void => {
    cancelPoll();
    if (isUp) cancelPoll = clock.after(idlePollMs, () => void poll());
  };
  const poll = async (): Promise<void> => {
    if (keeper.phase() === undefined) await isDone(line, 'AT');
    pollLater();
  };
  const takeItem = (tag: string, value: string): void => {
    const isOld = keeper.phase() === undefined && clock.nowMs() - callerAtMs > earlyCallerMs;
    const known = withItem(isOld ? unknownCaller : caller, tag, value);
    if (known === undefined) return;
    caller = known;
    callerAtMs = clock.nowMs();
    keeper.caller(known);
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
      pollLater();
      return true;
    },
    onNotice: (notice) => {
      if (notice.kind === 'ring') keeper.ring();
      else if (notice.kind === 'caller-item') takeItem(notice.tag, notice.value);
      else if (notice.kind === 'bell') keeper.bell(notice.isOn, notice.ms);
      else if (notice.kind === 'ringback') keeper.alerting();
      else if (notice.kind === 'call-result') calls.onResult();
    },
    onEvent: (code) => {
      if (code === 'R') keeper.ring();
      else if (code === 'b' || code === 'd' || code === 'l') calls.onTone(code);
      else if (code === 'H' || code === 'h') calls.onHandset(code === 'H');
      else digits(code);
    },
    command: (command) => (isUp ? obey(command, calls, keeper) : { kind: 'refused', why: 'The modem is not ready.' }),
    onLost: () => {
      isUp = false;
      cancelPoll();
      calls.onLost();
    },
    close: () => {
      isUp = false;
      cancelPoll();
      return calls.close();
    },
  };
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

function obey(command: ModemCommand, calls: AnalogCalls, keeper: CallKeeper): CommandOutcome {
  switch (command.kind) {
    case 'send-text':
    case 'keep-text':
    case 'unlock':
      return { kind: 'refused', why: 'An analog modem carries no texts and has no SIM.' };
    default:
      return obeyCallCommand(command, calls, keeper);
  }
}
