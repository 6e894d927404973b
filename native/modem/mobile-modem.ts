import type { CommandOutcome } from '../../core/equipment-event.ts';
import { obeyCallCommand } from './call-command.ts';
import { type CallKeeper, createCallKeeper } from './call-keeper.ts';
import { type ListedCall, listCalls } from './call-list.ts';
import { createMobileCalls, endCall, type MobileCalls } from './mobile-calls.ts';
import { createMobileNetwork, setUpNotices } from './mobile-network.ts';
import { createMobileTexts, type MobileTexts } from './mobile-texts.ts';
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
import { createSimPin, simState } from './sim-card.ts';

/** Signal and registration are asked for this often; it is also how a modem that hangs is found. */
const networkPollMs = 30_000;
/** A new SIM or one just unlocked registers within a minute; meanwhile it is asked for more often. */
const searchPollMs = 5_000;
/** A modem that says it has started, again and again, is not set up again and again. */
const startAnewGapMs = 60_000;

/** A GSM, 3G or 4G modem: calls, texts, and how it stands in its network. */
export function createMobileModem(parts: ModemDriverParts): ModemDriver {
  const { clock, line, tell } = parts;
  let standing: ModemStanding = startingStanding;
  let stage: 'starting' | 'needs-pin' | 'unusable' | 'up' = 'starting';
  let detail = '';
  let cancelPoll = (): void => undefined;
  /** Counts openings of the port: what was begun in an earlier one is void. */
  let opening = 0;
  let startedAnewMs = Number.NEGATIVE_INFINITY;

  const isReady = (): boolean => stage === 'up' && network.isRegistered();
  const change = (more: Partial<ModemStanding> = {}): void => {
    standing = {
      ...standing,
      state: stateNow(),
      operator: network.operator(),
      signal: network.signal(),
      detail: stage === 'up' ? network.detail() : detail,
      ...more,
    };
    parts.onStanding(standing);
  };
  const stateNow = (): ModemStanding['state'] => {
    if (stage === 'starting' || stage === 'needs-pin') return stage;
    if (stage === 'unusable') return 'failed';
    if (keeper.phase() !== undefined) return 'busy';
    return network.isRegistered() ? 'ready' : 'no-network';
  };
  const keeper = createCallKeeper({ ...parts, onChange: () => change() });
  const calls = createMobileCalls({ clock, line, keeper });
  const network = createMobileNetwork(line, clock, () => {
    change();
    texts.wake();
  });
  const texts = createMobileTexts({ ...parts, isReady });
  const pin = createSimPin(line);

  const again = (ms: number, then: () => void): void => {
    cancelPoll();
    cancelPoll = clock.after(ms, then);
  };
  const poll = async (): Promise<void> => {
    cancelPoll();
    await network.ask();
    texts.sweep();
    if (stage === 'up') again(network.isRegistered() ? networkPollMs : searchPollMs, () => void poll());
  };
  const setUp = async (): Promise<void> => {
    const mine = opening;
    await endStaleCalls(line);
    await setUpNotices(line);
    if (mine !== opening) return;
    stage = 'up';
    await poll();
    if (mine === opening) await texts.read();
  };
  const cannotGoOn = (to: 'needs-pin' | 'unusable', why: string): void => {
    stage = to;
    detail = why;
    // A SIM may be put in, or unlocked by another program.
    again(networkPollMs, () => {
      if (!pin.isTrying()) void proceed();
    });
    texts.fail(why);
    change();
  };
  /** From here on by what the SIM wants. False: no answer. */
  const proceed = async (): Promise<boolean> => {
    const mine = opening;
    const sim = await simState(line, clock);
    if (sim.kind === 'silent') return false;
    if (mine !== opening) return true;
    if (sim.kind === 'unusable') cannotGoOn('unusable', sim.why);
    // Why the last PIN was not taken stays to be read.
    else if (sim.kind === 'needs-pin')
      cannotGoOn('needs-pin', stage === 'needs-pin' ? detail : 'the SIM wants its PIN');
    else await setUp();
    return true;
  };
  const start = async (): Promise<boolean> => {
    stage = 'starting';
    network.reset();
    change();
    if (!(await hello(line))) return false;
    // Causes in words; older modems know numbers only.
    if (!(await isDone(line, 'AT+CMEE=2'))) await isDone(line, 'AT+CMEE=1');
    change(await identity(line, 'AT+C'));
    return proceed();
  };
  /** The modem fell back to what it is when switched on: a call is over, and all that was set is not. */
  const startAnew = (): void => {
    if (stage === 'starting' || clock.nowMs() - startedAnewMs < startAnewGapMs) return;
    startedAnewMs = clock.nowMs();
    opening += 1;
    cancelPoll();
    calls.onLost();
    void start();
  };
  const unlock = (typed: string): CommandOutcome => {
    if (stage !== 'needs-pin') return { kind: 'refused', why: 'The SIM wants no PIN.' };
    return pin.unlock(typed, (isTaken) => {
      if (!isTaken) detail = 'the SIM did not take this PIN; three wrong ones lock it';
      void proceed();
    });
  };
  const tellDigit = (code: string): void => {
    if (/^[0-9A-D*#]$/.test(code) && keeper.phase() === 'up') tell({ kind: 'modem-digit', digit: code });
  };
  return {
    start,
    onNotice: (notice) => {
      texts.onNotice(notice);
      if (notice.kind === 'sim') {
        const isNews = notice.status === 'READY' ? stage === 'unusable' : stage === 'up';
        if (isNews) void proceed();
      } else if (notice.kind === 'restarted') startAnew();
      else if (notice.kind === 'digit') tellDigit(notice.digit);
      else if (stage === 'up') {
        network.onNotice(notice);
        calls.onNotice(notice);
      }
    },
    onEvent: tellDigit,
    command: (command) => {
      if (command.kind === 'unlock') return unlock(command.pin);
      if (command.kind === 'dial' && !isReady()) return { kind: 'refused', why: notReadyWords(standing) };
      return obey(command, calls, keeper, texts);
    },
    onLost: () => {
      opening += 1;
      cancelPoll();
      stage = 'starting';
      calls.onLost();
      texts.fail('the modem is gone');
    },
    close: async () => {
      opening += 1;
      cancelPoll();
      const hasCall = keeper.phase() !== undefined;
      // Told first: a modem that hangs must not keep the news back.
      keeper.ended('hung-up-here');
      calls.close();
      keeper.close();
      texts.fail('the modem is gone');
      texts.close();
      network.reset();
      if (hasCall) await endCall(line);
    },
  };
}

function obey(
  command: Exclude<ModemCommand, { kind: 'unlock' }>,
  calls: MobileCalls,
  keeper: CallKeeper,
  texts: MobileTexts,
): CommandOutcome {
  switch (command.kind) {
    case 'send-text':
      return texts.send(command);
    case 'keep-text':
      return texts.keep(command.ref);
    default:
      return obeyCallCommand(command, calls, keeper);
  }
}

function notReadyWords({ state, detail }: ModemStanding): string {
  return `The modem is not ready: ${detail === '' ? state : detail}.`;
}

/** A call that is up when we begin is one whose process died: nobody could end it, and the next would be mistaken for it. */
async function endStaleCalls(line: ModemLine): Promise<void> {
  const list = await listCalls(line);
  if (list.kind === 'told' && list.calls.some(({ state }) => ownStates.has(state))) await isDone(line, 'AT+CHUP');
}

/** Of a call somebody here has made or taken; one that comes or waits rings on. */
const ownStates: ReadonlySet<ListedCall['state']> = new Set(['active', 'held', 'dialling', 'alerting'] as const);
