import type { AgentChoice } from './agent.ts';
import { assertNever } from './assert-never.ts';
import type { DeviceInfo } from './device-api.ts';
import { type CaptionWords, captionOf } from './key-caption.ts';
import type { KeyCommand } from './key-command.ts';
import type { KeyFace } from './key-face.ts';
import { commandOf, type KeySurroundings } from './panel-keys.ts';
import { lockLets, lockLetsDial } from './seat-lock.ts';
import { activeCall, isOnModem, isWaiting, type Seat } from './seat-state.ts';

/** Everything the keys of one panel show comes from this. */
export type FaceSurroundings = KeySurroundings & CaptionWords;

/** What a key shows beside its name and picture. */
type Look = Pick<KeyFace, 'lamp' | 'tone' | 'isEnabled' | 'sinceAt'>;

const dim: Look = { lamp: 'off', tone: 'neutral', isEnabled: false, sinceAt: null };
const plain: Look = { lamp: 'off', tone: 'neutral', isEnabled: true, sinceAt: null };

/** The faces of one panel on the page it shows: its keys in the order of its layout, unbound ones left out. */
export function facesOf(info: DeviceInfo, page: number, around: FaceSurroundings): KeyFace[] {
  const shown = around.pages[page];
  return (info.layout?.keys ?? []).flatMap(({ keyId }): KeyFace[] => {
    const command = commandOf(shown, keyId);
    if (command === undefined) return [];
    return [{ keyId, caption: captionOf(command, around), icon: iconOf(command), ...lookOf(command, page, around) }];
  });
}

function iconOf(command: KeyCommand): KeyFace['icon'] {
  switch (command.do) {
    case 'volume':
      return command.change === 'up' ? 'volume-up' : 'volume-down';
    case 'message-waiting':
      return 'message';
    default:
      return command.do;
  }
}

function lookOf(command: KeyCommand, page: number, around: FaceSurroundings): Look {
  const { seat } = around;
  switch (command.do) {
    case 'answer':
    case 'decline':
      return ringingLook(seat, command.do);
    case 'hang-up': {
      const active = activeCall(seat);
      return active ? { ...plain, lamp: 'on', tone: 'danger', sinceAt: active.call.sinceAt } : dim;
    }
    case 'hold':
      return holdLook(seat);
    case 'swap':
      return seat.calls.some(isWaiting) || seat.calls.some(isHeld) ? plain : dim;
    case 'mute':
    case 'talk':
      return microphoneLook(seat, command.do);
    case 'redial':
      return seat.calls.length === 0 && seat.lastDialled !== '' && !seat.isLocked ? plain : dim;
    case 'dial':
      return dialLook(seat, command.number);
    case 'digits':
      return activeCall(seat)?.call.state.kind === 'talking' ? plain : dim;
    case 'park':
      return parkLook(seat);
    case 'ready':
      return choiceLook(seat, { kind: 'ready' });
    case 'not-ready':
      return choiceLook(seat, { kind: 'not-ready', reason: command.reason });
    case 'sign-out':
      return choiceLook(seat, { kind: 'signed-out' });
    case 'work-code':
      return codeLook(command.code, around);
    case 'volume':
      return plain;
    case 'message-waiting':
      return messageLook(command.number, around);
    case 'page':
      if (command.page >= around.pages.length) return dim;
      return command.page === page ? { ...plain, lamp: 'on' } : plain;
    default:
      return assertNever(command);
  }
}

function isHeld(c: Seat['calls'][number]): boolean {
  return c.call.state.kind === 'held';
}

function ringingLook(seat: Seat, key: 'answer' | 'decline'): Look {
  const waiting = seat.calls.find(isWaiting);
  if (!waiting) return dim;
  if (key === 'decline') return { ...plain, tone: 'danger' };
  return { lamp: 'fast', tone: 'ringing', isEnabled: true, sinceAt: waiting.call.offeredAt };
}

function holdLook(seat: Seat): Look {
  const held = seat.calls.find(isHeld);
  if (held) return { lamp: 'slow', tone: 'attention', isEnabled: true, sinceAt: held.call.sinceAt };
  const active = activeCall(seat);
  return active?.call.state.kind === 'talking' && !isOnModem(active) ? plain : dim;
}

/** `mute` is lit while nobody hears us, `talk` while they do. */
function microphoneLook(seat: Seat, key: 'mute' | 'talk'): Look {
  const active = activeCall(seat);
  if (!active || isOnModem(active)) return dim;
  const { isMuted } = active.call;
  if (key === 'mute') return isMuted ? { ...plain, lamp: 'on', tone: 'attention' } : plain;
  return isMuted ? plain : { ...plain, lamp: 'on', tone: 'good' };
}

function dialLook(seat: Seat, number: string): Look {
  const there = seat.calls.find((c) => c.call.remote.number === number);
  if (!there) return lockLetsDial(seat, number) ? plain : dim;
  if (isWaiting(there)) return { lamp: 'fast', tone: 'ringing', isEnabled: true, sinceAt: there.call.offeredAt };
  if (isHeld(there)) return { lamp: 'slow', tone: 'attention', isEnabled: true, sinceAt: there.call.sinceAt };
  return { lamp: 'on', tone: 'good', isEnabled: true, sinceAt: there.call.sinceAt };
}

/** Sends the call that talks there; with no call that is up, takes back the one that waits there. */
function parkLook(seat: Seat): Look {
  const active = activeCall(seat);
  if (!active) return seat.isLocked ? dim : plain;
  return active.call.state.kind === 'talking' && !isOnModem(active) ? plain : dim;
}

function choiceLook(seat: Seat, choice: AgentChoice): Look {
  if (!lockLets(seat, { kind: 'choose', choice })) return dim;
  const { agent } = seat;
  const isChosen =
    agent.choice.kind === choice.kind &&
    (agent.choice.kind !== 'not-ready' || choice.kind !== 'not-ready' || agent.choice.reason === choice.reason);
  if (!isChosen) return plain;
  // A call or its after-call work runs a clock of its own; the choice takes effect after it.
  const isActive = agent.activity.kind === choice.kind;
  const tone = choice.kind === 'ready' ? 'good' : choice.kind === 'not-ready' ? 'attention' : 'neutral';
  return { lamp: 'on', tone, isEnabled: true, sinceAt: isActive ? agent.sinceAt : null };
}

function codeLook(code: string, { seat, workCodes }: FaceSurroundings): Look {
  const isOpen = seat.afterCalls.length > 0 && workCodes.some((known) => known.code === code);
  return isOpen ? { ...plain, tone: 'attention' } : dim;
}

function messageLook(number: string, { messageDesk, messageWaiting }: FaceSurroundings): Look {
  if (messageDesk === null) return dim;
  return messageWaiting.includes(number) ? { ...plain, lamp: 'on', tone: 'attention' } : plain;
}
