import type { Clock } from '../clock.ts';
import { type Final, type FinalCode, finalOf, isCallResult, type ModemNotice, noticeOf } from './at-codes.ts';
import { type AtToken, createAtReader } from './at-reader.ts';

/** A command for a modem. */
export type AtCommand = {
  /** Without the carriage return: `AT+CSQ`. */
  readonly text: string;
  readonly deadlineMs?: number;
  /** Lines that begin so answer it, though they may come unasked too: `+CREG`. */
  readonly answers?: readonly string[];
  /** What is sent at the prompt, before Ctrl-Z. */
  readonly body?: string;
  /** It dials or answers: CONNECT, BUSY and the like are its answer. */
  readonly isCall?: boolean;
  /** Goes before what waits: somebody stands at the telephone. */
  readonly isUrgent?: boolean;
};

/** How a command ended. `late`: no answer in time; one that comes later answers nothing. `dropped`: it was never sent. */
export type AtAnswer =
  | { readonly kind: 'ok'; readonly code: 'ok' | 'connect' | 'voice'; readonly lines: readonly string[] }
  | {
      readonly kind: 'refused';
      readonly code: FinalCode;
      readonly detail: string;
      readonly lines: readonly string[];
    }
  | { readonly kind: 'late' }
  | { readonly kind: 'dropped' };

/** What an engine calls back with. */
export type AtListener = {
  send(bytes: Uint8Array): void;
  onNotice(notice: ModemNotice): void;
  /** A DLE-shielded code; busy and dial tone are told once, not every few seconds. */
  onEvent(code: string): void;
  /** It answers nothing any more. */
  onDead(detail: string): void;
};

/** The AT side of one opening of a port: one command at a time, each with a deadline. */
export type AtEngine = {
  push(bytes: Uint8Array): void;
  ask(command: AtCommand): Promise<AtAnswer>;
  /** A dialling or answering under way is broken off, as any character does (V.250 section 5.6.1). */
  interrupt(): void;
  /** The port is gone: everything that waits is dropped. */
  end(): void;
};

/** Commands that may wait; a seat that asks for more has lost patience with a modem that hangs. */
export const commandsWaitingMax = 64;
const deadlineMs = 5_000;
const promptDeadlineMs = 10_000;
/** A list of a full memory of 255 texts has two lines each. */
const answerLinesMax = 600;
/** A ring or a result code may come between the two lines of a text. */
const linesBetweenMax = 3;
const syncDeadlineMs = 3_000;
const syncTriesMax = 3;
/** `b` comes every 4 s, `d` every 3 s while the tone lasts (Rockwell; facts/serial.md section 3.1). */
const toneRepeatMs = 6_000;

type Pending = { readonly command: AtCommand; readonly settle: (answer: AtAnswer) => void; readonly lines: string[] };

/** Asking for S3, the line end character, has an answer nothing else has: `013` (V.250 section 6.2.1, mandatory). */
const syncCommand = { text: 'ATS3?', deadlineMs: syncDeadlineMs } satisfies AtCommand;

/** How far the getting into step is: how often it was asked for, whether `013` came, whether a command has ended. */
type Sync = { readonly tries: number; readonly hasSeen: boolean; readonly hasEnded: boolean };

/** The first line of two came; `others` lines since were not the second. */
type Body = { readonly complete: (pdu: string) => ModemNotice; readonly others: number };

/** Makes the engine of a port that was just opened. */
export function createAtEngine(clock: Clock, listener: AtListener): AtEngine {
  return new Engine(clock, listener);
}

class Engine implements AtEngine {
  readonly #clock: Clock;
  readonly #listener: AtListener;
  readonly #reader = createAtReader();
  readonly #isToneAgain = toneRepeats();
  readonly #waiting: Pending[] = [];
  #current: Pending | undefined;
  #sync: Sync | undefined;
  #body: Body | undefined;
  #isOver = false;
  #cancelDeadline = (): void => undefined;

  constructor(clock: Clock, listener: AtListener) {
    this.#clock = clock;
    this.#listener = listener;
  }

  push(bytes: Uint8Array): void {
    for (const token of this.#reader.push(bytes)) this.#take(token);
  }

  ask(command: AtCommand): Promise<AtAnswer> {
    return new Promise((settle) => {
      if (this.#isOver || this.#waiting.length >= commandsWaitingMax) return settle({ kind: 'dropped' });
      const behind = command.isUrgent === true ? this.#waiting.findIndex((one) => one.command.isUrgent !== true) : -1;
      this.#waiting.splice(behind < 0 ? this.#waiting.length : behind, 0, { command, settle, lines: [] });
      this.#next();
    });
  }

  interrupt(): void {
    if (this.#current?.command.isCall !== true) return;
    this.#arm(syncDeadlineMs, this.#late);
    this.#send('\r');
  }

  end(): void {
    this.#isOver = true;
    this.#cancelDeadline();
    const waiting = this.#waiting.splice(0);
    const dropped = this.#current === undefined ? waiting : [this.#current, ...waiting];
    this.#current = undefined;
    for (const { settle } of dropped) settle({ kind: 'dropped' });
  }

  #send(text: string): void {
    this.#listener.send(new TextEncoder().encode(text));
  }

  #arm(ms: number, then: () => void): void {
    this.#cancelDeadline();
    this.#cancelDeadline = this.#clock.after(ms, then);
  }

  #next(): void {
    if (this.#isOver || this.#current !== undefined || this.#sync !== undefined) return;
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    const { command } = this.#current;
    this.#reader.awaitPrompt(command.body !== undefined);
    this.#arm(command.body === undefined ? (command.deadlineMs ?? deadlineMs) : promptDeadlineMs, this.#late);
    this.#send(`${command.text}\r`);
  }

  #finish(answer: AtAnswer): void {
    const done = this.#current;
    this.#current = undefined;
    this.#cancelDeadline();
    this.#reader.awaitPrompt(false);
    done?.settle(answer);
    this.#next();
  }

  /** The answer may still come: what it would be taken for must not be. So the modem is asked for something unmistakable. */
  readonly #late = (): void => {
    const done = this.#current;
    this.#current = undefined;
    this.#reader.awaitPrompt(false);
    // A modem at its prompt would take the next command for the text.
    if (done?.command.body !== undefined) this.#send('\x1b');
    this.#sync = { tries: 0, hasSeen: false, hasEnded: false };
    this.#trySync();
    done?.settle({ kind: 'late' });
  };

  /** At once when the answer was late, and at each deadline after. */
  readonly #trySync = (): void => {
    const sync = this.#sync;
    if (sync === undefined || this.#isOver) return;
    if (sync.hasEnded) {
      this.#inStep();
      return;
    }
    if (sync.tries >= syncTriesMax) {
      this.#listener.onDead(`no answer to ${sync.tries} commands`);
      return;
    }
    this.#sync = { ...sync, tries: sync.tries + 1 };
    this.#arm(syncCommand.deadlineMs, this.#trySync);
    this.#send(`${syncCommand.text}\r`);
  };

  #hearSync(sync: Sync, line: string, isFinal: boolean): void {
    const heard = stepSync(sync, line, isFinal);
    if (heard === 'in-step') this.#inStep();
    else this.#sync = heard;
  }

  #inStep(): void {
    this.#sync = undefined;
    this.#cancelDeadline();
    this.#next();
  }

  #take(token: AtToken): void {
    if (this.#isOver) return;
    if (token.kind === 'line') this.#takeLine(token.text);
    else if (token.kind === 'event') this.#takeEvent(token.code);
    else if (token.kind === 'prompt') this.#takePrompt();
  }

  #takeLine(line: string): void {
    if (this.#body !== undefined && this.#takeBody(this.#body, line)) return;
    const final = finalOf(line);
    if (final !== undefined) this.#takeFinal(final, line);
    else this.#takeWords(line);
  }

  /** Whether the line is the second of two. */
  #takeBody({ complete, others }: Body, line: string): boolean {
    const isBody = /^(?:[0-9A-F]{2}){8,}$/i.test(line);
    this.#body = isBody || others >= linesBetweenMax ? undefined : { complete, others: others + 1 };
    if (isBody) this.#listener.onNotice(complete(line));
    return isBody;
  }

  #takeFinal(final: Final, line: string): void {
    const current = this.#current;
    if (isCallResult(final.code) && current?.command.isCall !== true) {
      this.#listener.onNotice({ kind: 'call-result', code: final.code });
    } else if (this.#sync !== undefined) this.#hearSync(this.#sync, line, true);
    else if (current !== undefined) this.#finish(answerOf(final, current.lines));
  }

  /** A line that ends nothing: a notice, or a part of the answer. */
  #takeWords(line: string): void {
    const current = this.#current;
    const isAnswer = current?.command.answers?.some((start) => line.startsWith(start)) === true;
    const read = isAnswer ? undefined : noticeOf(line);
    if (read?.kind === 'needs-body') this.#body = { complete: read.complete, others: 0 };
    else if (read !== undefined) this.#listener.onNotice(read.notice);
    else if (this.#sync !== undefined) this.#hearSync(this.#sync, line, false);
    else if (current !== undefined && !isForeign(line, current.command) && current.lines.length < answerLinesMax) {
      current.lines.push(line);
    }
  }

  #takeEvent(code: string): void {
    if (!this.#isToneAgain(code, this.#clock.nowMs())) this.#listener.onEvent(code);
  }

  #takePrompt(): void {
    const command = this.#current?.command;
    if (command?.body === undefined) return;
    this.#arm(command.deadlineMs ?? deadlineMs, this.#late);
    this.#send(`${command.body}\x1a`);
  }
}

/** What a line says of being in step; a final one ends a command. */
function stepSync(sync: Sync, line: string, isFinal: boolean): Sync | 'in-step' {
  if (/^0*13$/.test(line)) return { ...sync, hasSeen: true };
  if (!isFinal) return sync;
  // A modem that knows no S3 refuses it: if all is quiet until the deadline, nothing late is left.
  return sync.hasSeen ? 'in-step' : { ...sync, hasEnded: true };
}

function answerOf(final: Final, lines: readonly string[]): AtAnswer {
  const { code } = final;
  if (code === 'ok' || code === 'connect' || code === 'voice') return { kind: 'ok', code, lines };
  return { kind: 'refused', ...final, lines };
}

/** Says whether an event is the same tone going on. Tells its time each time: a tone lasts as long as it repeats. */
function toneRepeats(): (code: string, nowMs: number) => boolean {
  const heardMs = new Map<string, number>();
  return (code, nowMs) => {
    if (code !== 'b' && code !== 'd') return false;
    const before = heardMs.get(code) ?? Number.NEGATIVE_INFINITY;
    heardMs.set(code, nowMs);
    return nowMs - before < toneRepeatMs;
  };
}

/** No part of the answer: the echo, or what begins with the name of another command (`+CGEV:`), said unasked in between. */
function isForeign(line: string, { text, body, answers }: AtCommand): boolean {
  if (line === text || line === body) return true;
  const name = /^[+^*%$#&][A-Z]+(?=:)/.exec(line)?.[0];
  return name !== undefined && !text.startsWith(`AT${name}`) && answers?.includes(name) !== true;
}
