import { assertNever } from '../../core/assert-never.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import { fieldsOf, type ModemNotice } from './at-codes.ts';
import { createCallKeeper } from './call-keeper.ts';
import { createMobileCalls } from './mobile-calls.ts';
import { createMobileNetwork, setUpNotices, simState } from './mobile-network.ts';
import {
  hello,
  identity,
  type ModemDriver,
  type ModemDriverParts,
  type ModemStanding,
  startingStanding,
} from './modem-driver.ts';
import type { ModemCommand } from './modem-event.ts';
import { isDone, type ModemLine, valuesOf } from './modem-line.ts';
import { readPdu } from './sms-pdu.ts';
import { createTextInbox, type TextPlace } from './text-inbox.ts';
import { createTextMemory } from './text-memory.ts';
import { createTextOutbox } from './text-outbox.ts';

/** Signal and registration are asked for this often; it is also how a modem that hangs is found. */
export const networkPollMs = 30_000;
/** A new SIM or one just unlocked registers within a minute; meanwhile it is asked for more often. */
const searchPollMs = 5_000;
/** A modem that says it has started, again and again, is not set up again and again. */
const startAnewGapMs = 60_000;
const pinDeadlineMs = 20_000;

/** A GSM, 3G or 4G modem: calls, texts, and how it stands in its network. */
export function createMobileModem(parts: ModemDriverParts): ModemDriver {
  const { clock, line, tell } = parts;
  let standing: ModemStanding = startingStanding;
  let stage: 'starting' | 'needs-pin' | 'unusable' | 'up' = 'starting';
  let detail = '';
  let cancelPoll = (): void => undefined;
  let isUnlocking = false;
  /** Counts openings of the port: what was begun in an earlier one is void. */
  let opening = 0;
  let startedAnewMs = Number.NEGATIVE_INFINITY;
  /** Three wrong ones lock the SIM: a PIN that was refused is never sent again. */
  const refusedPins = new Set<string>();
  const waits = new Set<() => void>();

  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const over = (): void => {
        cancel();
        waits.delete(over);
        resolve();
      };
      const cancel = clock.after(ms, over);
      waits.add(over);
    });
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
    outbox.wake();
  });
  const memory = createTextMemory(line);
  const inbox = createTextInbox({ ...parts, discard: (place) => memory.remove([place]) });
  const outbox = createTextOutbox({ clock, line, tell, isReady });

  const poll = async (): Promise<void> => {
    cancelPoll();
    await network.ask();
    memory.sweep();
    cancelPoll();
    if (stage !== 'up') return;
    cancelPoll = clock.after(network.isRegistered() ? networkPollMs : searchPollMs, () => void poll());
  };
  const readMemory = async (): Promise<void> => {
    inbox.forgetPlaces();
    // Also those that were handed over and are in no memory.
    inbox.tellAgain();
    await memory.open();
    for (const { pdu, place } of await memory.list()) takePdu(pdu, place);
  };
  const takePdu = (pdu: string, place: TextPlace | undefined): void => {
    const read = readPdu(pdu);
    if (read.kind === 'unreadable') parts.onTrouble('reading a text', read.why);
    if (read.kind === 'report') {
      outbox.report(read);
      if (place !== undefined) memory.remove([place]);
    } else inbox.take(pdu, place);
  };
  const readStored = async (place: TextPlace): Promise<void> => {
    const pdu = await memory.read(place);
    if (pdu === undefined) parts.onTrouble('reading a text', `${place.memory} ${place.index} is not in the memory`);
    else takePdu(pdu, place);
  };
  const setUp = async (): Promise<void> => {
    const mine = opening;
    await endStaleCalls(line);
    await setUpNotices(line);
    if (mine !== opening) return;
    stage = 'up';
    await poll();
    if (mine !== opening) return;
    await readMemory();
    outbox.wake();
  };
  /** From here on by what the SIM wants. False: no answer. */
  const proceed = async (): Promise<boolean> => {
    const sim = await simState(line, wait);
    switch (sim.kind) {
      case 'silent':
        return false;
      case 'ready':
        await setUp();
        return true;
      case 'needs-pin':
        if (stage !== 'needs-pin') detail = 'the SIM wants its PIN';
        stage = 'needs-pin';
        checkSimLater();
        outbox.fail('the SIM wants its PIN');
        change();
        return true;
      case 'unusable':
        stage = 'unusable';
        detail = sim.why;
        checkSimLater();
        outbox.fail(detail);
        change();
        return true;
      default:
        return assertNever(sim);
    }
  };
  /** A SIM may be put in, or unlocked by another program. */
  const checkSimLater = (): void => {
    cancelPoll();
    cancelPoll = clock.after(networkPollMs, () => {
      if (!isUnlocking) void proceed();
    });
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
  const start = async (): Promise<boolean> => {
    stage = 'starting';
    network.reset();
    change();
    if (!(await hello(line))) return false;
    // Causes in words; older modems know numbers only.
    if (!(await isDone(line, 'AT+CMEE=2'))) await isDone(line, 'AT+CMEE=1');
    const { model, firmware } = await identity(line, 'AT+C');
    change({ model, firmware });
    return proceed();
  };
  const unlock = async (pin: string): Promise<void> => {
    isUnlocking = true;
    const answer = await line.ask({ text: `AT+CPIN="${pin}"`, deadlineMs: pinDeadlineMs });
    isUnlocking = false;
    if (answer.kind === 'dropped') return;
    if (answer.kind === 'ok') detail = '';
    else {
      // No answer in time may have been a refusal too.
      refusedPins.add(pin);
      detail = 'the SIM did not take this PIN; three wrong ones lock it';
    }
    await proceed();
  };
  const tellDigit = (code: string): void => {
    if (/^[0-9A-D*#]$/.test(code) && keeper.phase() === 'up') tell({ kind: 'modem-digit', digit: code });
  };
  const begin = (does: () => void): CommandOutcome => {
    does();
    return { kind: 'begun' };
  };
  const startUnlocking = (pin: string): CommandOutcome => {
    if (stage !== 'needs-pin') return { kind: 'refused', why: 'The SIM wants no PIN.' };
    if (isUnlocking) return { kind: 'refused', why: 'A PIN is being tried.' };
    if (refusedPins.has(pin)) {
      return {
        kind: 'refused',
        why: 'The SIM has refused this PIN; it is not tried again, for three wrong ones lock it.',
      };
    }
    return begin(() => void unlock(pin));
  };
  return {
    start,
    onNotice: (notice: ModemNotice) => {
      if (notice.kind === 'text-stored' || notice.kind === 'report-stored') {
        void readStored({ memory: notice.memory, index: notice.index });
      } else if (notice.kind === 'text' || notice.kind === 'report') takePdu(notice.pdu, undefined);
      else if (notice.kind === 'sim') {
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
    command: (command: ModemCommand) => {
      switch (command.kind) {
        case 'dial':
          if (!isReady()) return { kind: 'refused', why: detailOf(standing) };
          return calls.dial(command.callId, command.number);
        case 'answer':
          return keeper.is(command.callId) ? calls.answer() : noSuchCall;
        case 'hang-up':
          return keeper.is(command.callId) ? calls.hangUp() : noSuchCall;
        case 'digits':
          return keeper.is(command.callId) ? calls.digits(command.digits) : noSuchCall;
        case 'send-text':
          return outbox.send(command);
        case 'keep-text':
          return begin(() => memory.remove(inbox.keep(command.ref)));
        case 'unlock':
          return startUnlocking(command.pin);
        default:
          return assertNever(command);
      }
    },
    onLost: () => {
      opening += 1;
      cancelPoll();
      for (const over of [...waits]) over();
      stage = 'starting';
      calls.onLost();
      outbox.fail('the modem is gone');
    },
    close: async () => {
      cancelPoll();
      const hasCall = keeper.phase() !== undefined;
      // Told first: a modem that hangs must not keep the news back.
      keeper.ended('hung-up-here');
      calls.close();
      keeper.close();
      inbox.close();
      outbox.fail('the modem is gone');
      outbox.close();
      network.reset();
      for (const over of [...waits]) over();
      if (!hasCall) return;
      line.interrupt();
      const urgent = { isUrgent: true };
      if (!(await isDone(line, 'AT+CHUP', urgent))) await isDone(line, 'ATH', urgent);
    },
  };
}

const noSuchCall: CommandOutcome = { kind: 'refused', why: 'There is no such call.' };

function detailOf({ state, detail }: ModemStanding): string {
  return detail === '' ? `The modem is not ready: ${state}.` : `The modem is not ready: ${detail}.`;
}

/** A call that is up when we begin is one whose process died: nobody could end it, and the next would be mistaken for it. */
async function endStaleCalls(line: ModemLine): Promise<void> {
  const calls = (await valuesOf(line, 'AT+CLCC', '+CLCC')).map(fieldsOf);
  if (calls.some((fields) => fields[3] === '0' && /^[0-3]$/.test(fields[2] ?? ''))) await isDone(line, 'AT+CHUP');
}
