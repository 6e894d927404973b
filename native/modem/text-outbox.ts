import { assertNever } from '../../core/assert-never.ts';
import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { AtAnswer } from './at-engine.ts';
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
  /** What the network calls the messages that are out; their reports name it. */
  readonly references: Set<number>;
  sent: number;
  /** Of the message that is next. */
  tries: number;
  cancelGivingUp(): void;
};

/** Makes the outbox of a modem. What waits for a network goes out when there is one. */
export function createTextOutbox(parts: TextOutboxParts): TextOutbox {
  return new Outbox(parts);
}

class Outbox implements TextOutbox {
  readonly #clock: Clock;
  readonly #line: ModemLine;
  readonly #tell: TextOutboxParts['tell'];
  readonly #isReady: () => boolean;
  readonly #waiting: Waiting[] = [];
  /** Texts that are out, each with the references whose reports have not come. */
  readonly #unreported = new Map<string, Set<number>>();
  #reference = Math.floor(Math.random() * 0x10000);
  #isSending = false;
  #isClosed = false;
  #cancelRetry = (): void => undefined;

  constructor({ clock, line, tell, isReady }: TextOutboxParts) {
    this.#clock = clock;
    this.#line = line;
    this.#tell = tell;
    this.#isReady = isReady;
  }

  send({ textId, to, text }: Parameters<TextOutbox['send']>[0]): CommandOutcome {
    const { length } = this.#waiting;
    if (length >= textsWaitingMax) return { kind: 'refused', why: `${length} texts wait already.` };
    if (this.#waiting.some((one) => one.textId === textId)) return { kind: 'refused', why: 'This text is being sent.' };
    this.#reference = (this.#reference + 1) % 0x10000;
    const pdus = writePdus(to, text, this.#reference);
    if (pdus === undefined) return { kind: 'refused', why: `${to} is no number a text can be sent to.` };
    const one: Waiting = {
      textId,
      pdus,
      references: new Set(),
      sent: 0,
      tries: 0,
      cancelGivingUp: this.#clock.after(textWaitMs, () => this.#giveUp(one)),
    };
    this.#waiting.push(one);
    this.wake();
    return { kind: 'begun' };
  }

  report({ reference, outcome, status }: PduRead & { readonly kind: 'report' }): void {
    if (outcome === 'trying') return;
    const [textId, references] = [...this.#unreported].find(([, open]) => open.has(reference)) ?? [];
    if (textId === undefined || references === undefined) return;
    references.delete(reference);
    const isFailed = outcome === 'failed';
    if (!isFailed && references.size > 0) return;
    this.#unreported.delete(textId);
    this.#tellOutcome(textId, isFailed ? 'failed' : 'delivered', isFailed ? `not delivered: status ${status}` : '');
  }

  wake(): void {
    if (!this.#isSending && !this.#isClosed) void this.#run();
  }

  fail(why: string): void {
    this.#cancelRetry();
    const underWay = this.#isSending ? this.#waiting[0] : undefined;
    for (const text of [...this.#waiting]) {
      this.#done(text, 'failed', text === underWay ? `${why}; the text may have been sent` : why);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelRetry();
    for (const text of this.#waiting) text.cancelGivingUp();
  }

  async #run(): Promise<void> {
    this.#isSending = true;
    while (!this.#isClosed && (await this.#sendNext()));
    this.#isSending = false;
  }

  /** Sends the next message. False: not now. */
  async #sendNext(): Promise<boolean> {
    const text = this.#waiting[0];
    const next = text?.pdus[text.sent];
    if (text === undefined || next === undefined || !this.#isReady()) return false;
    const answer = await this.#line.ask({
      text: `AT+CMGS=${next.length}`,
      body: next.pdu,
      deadlineMs: textDeadlineMs,
      answers: ['+CMGS'],
    });
    return !this.#isClosed && this.#take(text, answer);
  }

  /** What became of a message. False: the next one goes out later. */
  #take(text: Waiting, answer: AtAnswer): boolean {
    switch (answer.kind) {
      case 'ok':
        this.#takeSent(text, answer.lines);
        return true;
      case 'late':
        // It may have gone out: sending it again would bring it twice.
        this.#done(text, 'failed', 'the network did not answer in time; the text may have been sent');
        return true;
      case 'refused':
        return this.#takeRefusal(text, answer.detail);
      case 'dropped':
        return false;
      default:
        return assertNever(answer);
    }
  }

  #takeSent(text: Waiting, lines: readonly string[]): void {
    const told = /^\+CMGS:\s*(\d{1,3})/.exec(lines.find((one) => one.startsWith('+CMGS')) ?? '')?.[1];
    if (told !== undefined) text.references.add(Number(told));
    text.sent += 1;
    text.tries = 0;
    if (text.sent === text.pdus.length) this.#done(text, 'sent', '');
  }

  #takeRefusal(text: Waiting, detail: string): boolean {
    text.tries += 1;
    if (!isPassing(detail) || text.tries >= triesMax) {
      this.#done(text, 'failed', `the network refused it: ${detail}`);
      return true;
    }
    this.#cancelRetry();
    this.#cancelRetry = this.#clock.after(retryDelayMs, () => this.wake());
    return false;
  }

  #giveUp(text: Waiting): void {
    // One that is under way ends by its own deadline.
    if (this.#isSending && this.#waiting[0] === text) return;
    this.#done(text, 'failed', 'there was no network for ten minutes');
  }

  /** Nothing happens to a text that is done already: an answer may come after its end was told. */
  #done(text: Waiting, outcome: 'sent' | 'failed', detail: string): void {
    text.cancelGivingUp();
    const at = this.#waiting.indexOf(text);
    if (at < 0) return;
    this.#waiting.splice(at, 1);
    if (outcome === 'sent') this.#awaitReports(text);
    this.#tellOutcome(text.textId, outcome, detail);
  }

  #awaitReports({ textId, references }: Waiting): void {
    if (references.size === 0) return;
    this.#unreported.set(textId, references);
    const [oldest] = this.#unreported.keys();
    if (this.#unreported.size > unreportedMax && oldest !== undefined) this.#unreported.delete(oldest);
  }

  #tellOutcome(textId: string, outcome: 'sent' | 'delivered' | 'failed', detail: string): void {
    this.#tell({ kind: 'text-outcome', textId, outcome, detail: detail.slice(0, 200) });
  }
}

function isPassing(detail: string): boolean {
  const cause = /^CMS (\d+)$/.exec(detail)?.[1];
  return (cause !== undefined && passingCauses.has(cause)) || /busy|congestion|tempor/i.test(detail);
}
