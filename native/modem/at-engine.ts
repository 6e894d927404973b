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

type Pending = { readonly command: AtCommand; readonly settle: (answer: AtAnswer) => void; lines: string[] };

/** Asking for S3, the line end character, has an answer nothing else has: `013` (V.250 section 6.2.1, mandatory). */
const syncCommand = { text: 'ATS3?', deadlineMs: syncDeadlineMs } satisfies AtCommand;

/** Makes the engine of a port that was just opened. */
export function createAtEngine(clock: Clock, listener: AtListener): AtEngine {
  const reader = createAtReader();
  const waiting: Pending[] = [];
  const tones = new Map<string, number>();
  let current: Pending | undefined;
  let sync: { tries: number; hasSeen: boolean; hasEnded: boolean } | undefined;
  let body: { readonly complete: (pdu: string) => ModemNotice; others: number } | undefined;
  let cancelDeadline = (): void => undefined;
  let isOver = false;

  const send = (text: string): void => listener.send(new TextEncoder().encode(text));
  const arm = (ms: number, then: () => void): void => {
    cancelDeadline();
    cancelDeadline = clock.after(ms, then);
  };
  const next = (): void => {
    if (isOver || current !== undefined || sync !== undefined) return;
    current = waiting.shift();
    if (current === undefined) return;
    const { command } = current;
    reader.awaitPrompt(command.body !== undefined);
    arm(command.body === undefined ? (command.deadlineMs ?? deadlineMs) : promptDeadlineMs, late);
    send(`${command.text}\r`);
  };
  const finish = (answer: AtAnswer): void => {
    const done = current;
    current = undefined;
    cancelDeadline();
    reader.awaitPrompt(false);
    done?.settle(answer);
    next();
  };
  /** The answer may still come: what it would be taken for must not be. So the modem is asked for something unmistakable. */
  const late = (): void => {
    const done = current;
    current = undefined;
    reader.awaitPrompt(false);
    // A modem at its prompt would take the next command for the text.
    if (done?.command.body !== undefined) send('\x1b');
    sync = { tries: 0, hasSeen: false, hasEnded: false };
    trySync();
    done?.settle({ kind: 'late' });
  };
  const trySync = (): void => {
    if (sync === undefined || isOver) return;
    if (sync.hasEnded) {
      synced();
      return;
    }
    if (sync.tries >= syncTriesMax) {
      listener.onDead(`no answer to ${sync.tries} commands`);
      return;
    }
    sync.tries += 1;
    arm(syncCommand.deadlineMs, trySync);
    send(`${syncCommand.text}\r`);
  };
  const synced = (): void => {
    sync = undefined;
    cancelDeadline();
    next();
  };
  const syncLine = (line: string, final: Final | undefined): void => {
    if (sync === undefined) return;
    if (/^0*13$/.test(line)) sync.hasSeen = true;
    else if (final !== undefined && sync.hasSeen) synced();
    // A modem that knows no S3 refuses it: if all is quiet until the deadline, nothing late is left.
    else if (final !== undefined) sync.hasEnded = true;
  };
  const finalLine = (final: Final, done: Pending): void => {
    const lines = done.lines;
    if (final.code === 'ok' || final.code === 'connect' || final.code === 'voice') {
      finish({ kind: 'ok', code: final.code, lines });
    } else finish({ kind: 'refused', ...final, lines });
  };
  const takeLine = (line: string): void => {
    if (body !== undefined) {
      const { complete } = body;
      const isBody = /^(?:[0-9A-F]{2}){8,}$/i.test(line);
      body.others += 1;
      if (isBody || body.others > linesBetweenMax) body = undefined;
      if (isBody) {
        listener.onNotice(complete(line));
        return;
      }
    }
    const final = finalOf(line);
    if (final !== undefined) {
      if (isCallResult(final.code) && current?.command.isCall !== true) {
        listener.onNotice({ kind: 'call-result', code: final.code });
      } else if (sync !== undefined) syncLine(line, final);
      else if (current !== undefined) finalLine(final, current);
      return;
    }
    const isAnswer = current?.command.answers?.some((start) => line.startsWith(start)) === true;
    const read = isAnswer ? undefined : noticeOf(line);
    if (read?.kind === 'needs-body') body = { complete: read.complete, others: 0 };
    else if (read !== undefined) listener.onNotice(read.notice);
    else if (sync !== undefined) syncLine(line, undefined);
    else if (current !== undefined && !isEcho(line, current.command) && current.lines.length < answerLinesMax) {
      current.lines.push(line);
    }
  };
  const takeEvent = (code: string): void => {
    const nowMs = clock.nowMs();
    const toldMs = tones.get(code);
    if (code === 'b' || code === 'd') {
      tones.set(code, nowMs);
      if (toldMs !== undefined && nowMs - toldMs < toneRepeatMs) return;
    }
    listener.onEvent(code);
  };
  const takePrompt = (): void => {
    const command = current?.command;
    if (command?.body === undefined) return;
    arm(command.deadlineMs ?? deadlineMs, late);
    send(`${command.body}\x1a`);
  };
  const take = (token: AtToken): void => {
    if (isOver) return;
    if (token.kind === 'line') takeLine(token.text);
    else if (token.kind === 'event') takeEvent(token.code);
    else if (token.kind === 'prompt') takePrompt();
  };
  return {
    push: (bytes) => {
      for (const token of reader.push(bytes)) take(token);
    },
    ask: (command) =>
      new Promise((settle) => {
        if (isOver || waiting.length >= commandsWaitingMax) return settle({ kind: 'dropped' });
        const behind = command.isUrgent === true ? waiting.findIndex((one) => one.command.isUrgent !== true) : -1;
        waiting.splice(behind < 0 ? waiting.length : behind, 0, { command, settle, lines: [] });
        next();
      }),
    interrupt: () => {
      if (current?.command.isCall !== true) return;
      arm(syncDeadlineMs, late);
      send('\r');
    },
    end: () => {
      isOver = true;
      cancelDeadline();
      const dropped = current === undefined ? waiting.splice(0) : [current, ...waiting.splice(0)];
      current = undefined;
      for (const { settle } of dropped) settle({ kind: 'dropped' });
    },
  };
}

function isEcho(line: string, command: AtCommand): boolean {
  return line === command.text || line === command.body;
}
