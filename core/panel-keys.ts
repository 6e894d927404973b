import { assertNever } from './assert-never.ts';
import type { DeskRequest } from './console-api.ts';
import { builtInPages } from './default-keys.ts';
import type { DeviceInfo } from './device-api.ts';
import type { KeyPress } from './key.ts';
import type { KeyBindings, KeyCommand, PanelPage } from './key-command.ts';
import { activeCall, isWaiting, type Seat } from './seat-state.ts';
import type { WorkCode } from './work-code.ts';

/**
 * What the keys of panels and pedals mean, the second table beside seat-keys.ts: bindings x the seat -> what the person
 * wants. A key that makes no sense now means nothing; no key but `hang-up` ends a call, and none ends a held one.
 */

/** The seat and what lies around it, as far as a key is concerned. */
export type KeySurroundings = {
  readonly seat: Seat;
  readonly workCodes: readonly WorkCode[];
  /** What is written about a call so far: coding it by a key must not lose a word. */
  readonly noteOf: (callId: string) => string;
  /** Stations whose message lamp is lit. */
  readonly messageWaiting: readonly string[];
  /** The id of the message desk link that lights lamps; null: none is set up. */
  readonly messageDesk: string | null;
};

/** What a key moment means. `talk` is held down while somebody speaks; `page` concerns the panel itself. */
export type KeyMeaning =
  | { readonly kind: 'ask'; readonly request: DeskRequest }
  | { readonly kind: 'press'; readonly press: KeyPress }
  | { readonly kind: 'talk'; readonly isDown: boolean }
  | { readonly kind: 'message-waiting'; readonly id: string; readonly number: string; readonly isOn: boolean }
  | { readonly kind: 'page'; readonly page: number }
  | { readonly kind: 'nothing' };

const nothing: KeyMeaning = { kind: 'nothing' };

/** The pages of a panel: as somebody bound them, else the built-in ones. Empty for a device without keys to bind. */
export function pagesOf(bindings: KeyBindings, info: DeviceInfo): readonly PanelPage[] {
  if (info.layout === null) return [];
  return boundPages(bindings, info.deviceId) ?? builtInPages(info);
}

/** The pages somebody bound; undefined when nobody did. A deviceId is the device's own word, so it is looked up as such. */
export function boundPages(bindings: KeyBindings, deviceId: string): readonly PanelPage[] | undefined {
  return Object.hasOwn(bindings.panels, deviceId) ? bindings.panels[deviceId]?.pages : undefined;
}

/** The command of a key on a page; undefined when it has none. */
export function commandOf(page: PanelPage | undefined, keyId: string): KeyCommand | undefined {
  return page !== undefined && Object.hasOwn(page.keys, keyId) ? page.keys[keyId] : undefined;
}

/** What a key that went down or up means now. Letting go means something for `talk` only. */
export function meaningOfKey(command: KeyCommand, isDown: boolean, around: KeySurroundings): KeyMeaning {
  if (command.do === 'talk') return { kind: 'talk', isDown };
  if (!isDown) return nothing;
  const { seat } = around;
  switch (command.do) {
    case 'answer':
      return aboutCall(seat.calls.find(isWaiting)?.call.callId, (callId) => ({ kind: 'answer', callId }));
    case 'decline':
      return aboutCall(seat.calls.find(isWaiting)?.call.callId, (callId) => ({
        kind: 'decline',
        callId,
        how: 'busy',
      }));
    case 'hang-up':
      return aboutCall(activeCall(seat)?.call.callId, (callId) => ({ kind: 'hang-up', callId }));
    case 'hold':
      return holding(seat);
    case 'swap':
      return { kind: 'ask', request: { kind: 'swap' } };
    case 'mute':
      return { kind: 'press', press: { key: 'mute', to: 'toggle' } };
    case 'redial':
      return { kind: 'press', press: { key: 'redial' } };
    case 'dial':
      return { kind: 'ask', request: { kind: 'dial', number: command.number } };
    case 'digits':
      return { kind: 'ask', request: { kind: 'digits', digits: command.digits } };
    case 'park':
      return { kind: 'ask', request: { kind: 'park', number: command.number } };
    case 'ready':
      return { kind: 'ask', request: { kind: 'choose', choice: { kind: 'ready' } } };
    case 'not-ready':
      return { kind: 'ask', request: { kind: 'choose', choice: { kind: 'not-ready', reason: command.reason } } };
    case 'sign-out':
      return { kind: 'ask', request: { kind: 'choose', choice: { kind: 'signed-out' } } };
    case 'work-code':
      return coding(command.code, around);
    case 'volume':
      return { kind: 'ask', request: { kind: 'volume', change: command.change } };
    case 'message-waiting':
      return lighting(command.number, around);
    case 'page':
      return { kind: 'page', page: command.page };
    default:
      return assertNever(command);
  }
}

function aboutCall(callId: string | undefined, request: (callId: string) => DeskRequest): KeyMeaning {
  return callId === undefined ? nothing : { kind: 'ask', request: request(callId) };
}

/** Holds the call that is up; without one, takes the held one back. */
function holding(seat: Seat): KeyMeaning {
  const active = activeCall(seat);
  if (active) return aboutCall(active.call.callId, (callId) => ({ kind: 'hold', callId }));
  const held = seat.calls.find((c) => c.call.state.kind === 'held');
  return aboutCall(held?.call.callId, (callId) => ({ kind: 'resume', callId }));
}

function coding(code: string, { seat, workCodes, noteOf }: KeySurroundings): KeyMeaning {
  if (!workCodes.some((known) => known.code === code)) return nothing;
  return aboutCall(seat.afterCalls[0], (callId) => ({ kind: 'code', callId, code, note: noteOf(callId) }));
}

function lighting(number: string, { messageDesk, messageWaiting }: KeySurroundings): KeyMeaning {
  if (messageDesk === null) return nothing;
  return { kind: 'message-waiting', id: messageDesk, number, isOn: !messageWaiting.includes(number) };
}
