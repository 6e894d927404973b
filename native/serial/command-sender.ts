import type { Bytes, CompiledProfile } from './compile-profile.ts';
import type { FrameMatcher } from './frame-matcher.ts';
import type { Frame } from './framing.ts';
import type { Reply, ReplyWatch } from './reply-watch.ts';
import type { OpenedPort, OutputPins } from './serial-bus.ts';
import type { LinkListener } from './serial-link.ts';
import type { SessionLife } from './session-life.ts';

/** Writes to a port as a profile says: byte by byte with gaps, until it is acknowledged, and waits for answers. */
export type CommandSender = {
  write(bytes: Uint8Array): Promise<void>;
  setPins(change: Partial<OutputPins>): Promise<void>;
  /** Sends a command until it is acknowledged. False: it was not. */
  command(bytes: Bytes): Promise<boolean>;
  /** Sends, and waits for a frame that fits. */
  ask(send: Bytes | undefined, matcher: FrameMatcher | undefined, ms: number): Promise<boolean>;
  /** A frame came: it may be the one that is waited for. */
  onFrame(frame: Frame): void;
};

export type CommandSenderParts = {
  readonly compiled: CompiledProfile;
  readonly port: OpenedPort;
  readonly life: SessionLife;
  readonly replies: ReplyWatch;
  readonly listener: LinkListener;
};

/** A device that holds up the flow this long takes no bytes any more; waiting on would keep lamps wrong unnoticed. */
const writeWaitMs = 2000;
/** Commands in a row without an answer before the device is taken for lost. */
const unansweredMax = 3;

/** Makes the sender of one session. */
export function commandSender(parts: CommandSenderParts): CommandSender {
  const { compiled, port, life, listener } = parts;
  const pins: { dtr: boolean; rts: boolean; brk: boolean } = { ...compiled.profile.serial.open, brk: false };
  const isTaken = commandTaker(parts, (bytes) => writeBytes(parts, bytes));
  let unanswered = 0;
  let waiting: { readonly matcher: FrameMatcher; tell(): void } | undefined;
  const command = async (bytes: Bytes): Promise<boolean> => {
    if (await isTaken(bytes)) {
      unanswered = 0;
      return true;
    }
    if (life.isOver) return false;
    unanswered += 1;
    listener.onTrouble('sending a command', `no acknowledgement, ${unanswered} time(s) in a row`);
    if (unanswered >= unansweredMax) life.end('no-answer', 'the device acknowledges nothing any more');
    return false;
  };
  return {
    write: (bytes) => writeBytes(parts, bytes),
    setPins: async (change) => {
      Object.assign(pins, change);
      try {
        await life.within(port.setPins({ ...pins }), writeWaitMs);
      } catch (error) {
        listener.onTrouble('setting DTR, RTS and BREAK', wordsOf(error));
      }
    },
    command,
    ask: async (send, matcher, ms) => {
      const came = new Promise<'came'>((resolve) => {
        if (matcher !== undefined) waiting = { matcher, tell: () => resolve('came') };
      });
      if (send !== undefined && !(await command(send))) return false;
      const isThere = matcher === undefined || (await life.within(came, ms)) === 'came';
      waiting = undefined;
      return isThere;
    },
    onFrame: (frame) => {
      if (waiting?.matcher.match(frame) !== undefined) waiting.tell();
    },
  };
}

async function writeBytes({ compiled, port, life, listener }: CommandSenderParts, bytes: Uint8Array): Promise<void> {
  if (life.isOver) return;
  const { txGapMs } = compiled.profile.serial;
  const pieces = txGapMs === 0 ? [bytes] : [...bytes].map((byte) => Uint8Array.of(byte));
  listener.onTraffic('tx', bytes);
  try {
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) await life.pause(txGapMs);
      if ((await life.within(port.write(piece), writeWaitMs)) === 'late') {
        life.end('no-answer', `the device took no bytes for ${writeWaitMs} ms`);
        return;
      }
    }
  } catch (error) {
    life.end('gone', `writing: ${wordsOf(error)}`);
  }
}

/** Sends a command as often as the profile allows; whether it was taken. Without an acknowledgement it always is. */
function commandTaker(
  { compiled: { profile, ack }, life, replies }: CommandSenderParts,
  write: (bytes: Bytes) => Promise<void>,
): (bytes: Bytes) => Promise<boolean> {
  const { halfDuplexEcho, cmdGapMs } = profile.serial;
  return async (bytes) => {
    const good = halfDuplexEcho === 'expect' ? bytes : ack.expect;
    const answers = { ...(good && { good }), ...(ack.nak && { bad: ack.nak }) };
    const tries = good === undefined ? 1 : 1 + (profile.ack?.retries ?? 2);
    for (let attempt = 0; attempt < tries && !life.isOver; attempt += 1) {
      if (halfDuplexEcho === 'strip') replies.expectEcho(bytes);
      const answered = new Promise<Reply>((resolve) => {
        if (good !== undefined || ack.nak !== undefined) replies.expectReply(answers, resolve);
      });
      await write(bytes);
      const reply = good === undefined ? 'good' : await life.within(answered, profile.ack?.timeoutMs ?? 300);
      if (good !== undefined) replies.forgetReply();
      if (cmdGapMs > 0) await life.pause(cmdGapMs);
      if (reply === 'good') return true;
    }
    return false;
  };
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
