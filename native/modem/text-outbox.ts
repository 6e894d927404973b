import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { ModemEvent } from './modem-event.ts';
import type { ModemLine } from './modem-line.ts';
import { type OutgoingPdu, type PduRead, writePdus } from './sms-pdu.ts';

/** Texts on their way out, one message at a time. */
export type TextOutbox = {
  send(text: { readonly textId: string; readonly to: string; readonly text: string }): CommandOutcome;
  /** A delivery report; one that is about no text of ours says nothing. */
  report(report: PduRead & { readonly kind: 'report' }): void;
  /** The modem is ready: what waits goes out. */
  wake(): void;
  /** The modem is gone or of no use: what waits has failed, and is told so. A person may send it again by another way. */
  fail(why: string): void;
  close(): void;
};

export type TextOutboxParts = {
  readonly clock: Clock;
  readonly line: ModemLine;
  readonly tell: (event: ModemEvent) => void;
  /** Whether the network takes texts now. */
  readonly isReady: () => boolean;
};

/** Texts that wait for the network; more are refused in words. */
export const textsWaitingMax = 50;
/** Networks take up to a minute (SIM800 AT manual: 60 s). */
export const textDeadlineMs = 65_000;
/** Kept no longer than this while there is no network: the person is told, and may ring instead. */
const textWaitMs = 10 * 60_000;
const retryDelayMs = 5_000;
const triesMax = 3;
/** Texts whose delivery is still to be reported. */
const unreportedMax = 200;

/** Causes that pass (3GPP TS 27.005 section 3.2.5, 24.011 annex E): congestion, temporary failures, SIM or network busy. */
const passingCauses: ReadonlySet<string> = new Set(['38', '41', '42', '47', '314', '331', '332', '500']);

type Waiting = {
  readonly textId: string;
  readonly pdus: readonly OutgoingPdu[];
  readonly references: Set<number>;
  sent: number;
  tries: number;
};

/** Makes the outbox of a modem. What waits for a network goes out when there is one. */
export function createTextOutbox({ clock, line, tell, isReady }: TextOutboxParts): TextOutbox {
  const waiting: Waiting[] = [];
  const unreported = new Map<string, Set<number>>();
  let isSending = false;
  let isClosed = false;
  let reference = Math.floor(Math.random() * 0x10000);
  let cancelRetry = (): void => undefined;
  const giveUp = new Map<string, () => void>();

  const outcome = (textId: string, what: 'sent' | 'delivered' | 'failed', detail: string): void =>
    tell({ kind: 'text-outcome', textId, outcome: what, detail: detail.slice(0, 200) });
  const done = (text: Waiting, what: 'sent' | 'failed', detail: string): void => {
    giveUp.get(text.textId)?.();
    giveUp.delete(text.textId);
    const at = waiting.indexOf(text);
    if (at < 0) return;
    waiting.splice(at, 1);
    if (what === 'sent' && text.references.size > 0) {
      unreported.set(text.textId, text.references);
      const [oldest] = unreported.keys();
      if (unreported.size > unreportedMax && oldest !== undefined) unreported.delete(oldest);
    }
    outcome(text.textId, what, detail);
  };
  /** Sends the next message. False: not now. */
  const sendNext = async (): Promise<boolean> => {
    const text = waiting[0];
    const next = text?.pdus[text.sent];
    if (text === undefined || next === undefined || !isReady()) return false;
    const answer = await line.ask({
      text: `AT+CMGS=${next.length}`,
      body: next.pdu,
      deadlineMs: textDeadlineMs,
      answers: ['+CMGS'],
    });
    if (isClosed) return false;
    switch (answer.kind) {
      case 'ok': {
        const told = /^\+CMGS:\s*(\d{1,3})/.exec(answer.lines.find((one) => one.startsWith('+CMGS')) ?? '')?.[1];
        if (told !== undefined) text.references.add(Number(told));
        text.sent += 1;
        text.tries = 0;
        if (text.sent === text.pdus.length) done(text, 'sent', '');
        return true;
      }
      case 'late':
        // It may have gone out: sending it again would bring it twice.
        done(text, 'failed', 'the network did not answer in time; the text may have been sent');
        return true;
      case 'dropped':
        return false;
      default: {
        text.tries += 1;
        const cause = /^CMS (\d+)$/.exec(answer.detail)?.[1];
        const isPassing =
          (cause !== undefined && passingCauses.has(cause)) || /busy|congestion|tempor/i.test(answer.detail);
        if (!isPassing || text.tries >= triesMax) {
          done(text, 'failed', `the network refused it: ${answer.detail}`);
          return true;
        }
        cancelRetry();
        cancelRetry = clock.after(retryDelayMs, wake);
        return false;
      }
    }
  };
  const run = async (): Promise<void> => {
    isSending = true;
    while (!isClosed && (await sendNext()));
    isSending = false;
  };
  const wake = (): void => {
    if (!isSending && !isClosed) void run();
  };
  return {
    send: ({ textId, to, text }) => {
      if (waiting.length >= textsWaitingMax) return { kind: 'refused', why: `${waiting.length} texts wait already.` };
      if (waiting.some((one) => one.textId === textId)) return { kind: 'refused', why: 'This text is being sent.' };
      reference = (reference + 1) % 0x10000;
      const pdus = writePdus(to, text, reference);
      if (pdus === undefined) return { kind: 'refused', why: `${to} is no number a text can be sent to.` };
      const one: Waiting = { textId, pdus, references: new Set(), sent: 0, tries: 0 };
      waiting.push(one);
      giveUp.set(
        textId,
        clock.after(textWaitMs, () => {
          // One that is under way ends by its own deadline.
          if (!(isSending && waiting[0] === one)) done(one, 'failed', 'there was no network for ten minutes');
        }),
      );
      wake();
      return { kind: 'begun' };
    },
    report: ({ reference: told, outcome: how, status }) => {
      if (how === 'trying') return;
      const [textId, references] = [...unreported].find(([, open]) => open.has(told)) ?? [];
      if (textId === undefined || references === undefined) return;
      references.delete(told);
      if (how === 'failed') {
        unreported.delete(textId);
        outcome(textId, 'failed', `not delivered: status ${status}`);
      } else if (references.size === 0) {
        unreported.delete(textId);
        outcome(textId, 'delivered', '');
      }
    },
    wake,
    fail: (why) => {
      cancelRetry();
      const underWay = isSending ? waiting[0] : undefined;
      for (const text of [...waiting]) {
        done(text, 'failed', text === underWay ? `${why}; the text may have been sent` : why);
      }
    },
    close: () => {
      isClosed = true;
      cancelRetry();
      for (const cancel of giveUp.values()) cancel();
    },
  };
}
