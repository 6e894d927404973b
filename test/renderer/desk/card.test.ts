import { describe, expect, it } from 'vitest';
import { cardCalls, hookGuardMs, hookMeaning, mayPressHook } from '../../../renderer/desk/card-calls.ts';
import { callBacksDue } from '../../../renderer/desk/home.tsx';
import { keepEqual } from '../../../renderer/desk/keep-equal.ts';
import { type KeyStroke, wishOf } from '../../../renderer/desk/keyboard.ts';
import { placeOf } from '../../../renderer/desk/route.ts';
import { callWith, people, rowAt, seatAt } from './fake-seat.ts';

const at = 1_700_000_000_000;
const ringing = callWith(people.garcia, {}, at);
const talking = callWith(people.wang, { state: { kind: 'talking' } }, at);
const held = callWith(people.wang, { state: { kind: 'held' } }, at);
const ended = callWith(people.hidden, { state: { kind: 'ended', cause: 'cancelled' } }, at);

describe('which call stands on top', () => {
  it('is the one that is up, then the one that rings, then the one on hold; ended ones are gone', () => {
    expect(cardCalls([])).toEqual({ first: null, others: [] });
    expect(cardCalls([ended])).toEqual({ first: null, others: [] });
    expect(cardCalls([ringing, talking])).toEqual({ first: talking, others: [ringing] });
    expect(cardCalls([held, ringing])).toEqual({ first: ringing, others: [held] });
    expect(cardCalls([held])).toEqual({ first: held, others: [] });
  });

  it('says what the hook means', () => {
    expect(hookMeaning(null, '95588')).toEqual({ kind: 'dial', number: '95588' });
    expect(hookMeaning(ringing, '95588')).toEqual({ kind: 'answer', callId: ringing.callId });
    expect(hookMeaning(held, '')).toEqual({ kind: 'hang-up', callId: held.callId });
  });

  it('ignores a press that was meant for what stood there a moment ago', () => {
    expect(mayPressHook(null, 5)).toBe(true);
    expect(mayPressHook(1000, 1000 + hookGuardMs - 1)).toBe(false);
    expect(mayPressHook(1000, 1000 + hookGuardMs)).toBe(true);
  });
});

describe('the keyboard', () => {
  const stroke = (key: string, change: Partial<KeyStroke> = {}): KeyStroke => ({
    key,
    hasModifier: false,
    isRepeat: false,
    isTyping: false,
    isOnControl: false,
    ...change,
  });

  it('answers by F8 from a text field too; digits and / are left to whoever types', () => {
    expect(['F8', 'F9', 'F10', '/', '5', 'Enter'].map((key) => wishOf(stroke(key, { isTyping: true }))?.kind)).toEqual([
      'hook',
      'hold',
      'mute',
      undefined,
      undefined,
      undefined,
    ]);
    expect(['/', '5', '*', '#', 'Enter', 'a'].map((key) => wishOf(stroke(key))?.kind)).toEqual([
      'search',
      'digit',
      'digit',
      'digit',
      'finish',
      undefined,
    ]);
  });

  it('counts a held key once, leaves shortcuts of others alone, and Enter to the control that has the focus', () => {
    expect(wishOf(stroke('F8', { isRepeat: true }))).toBeNull();
    expect(wishOf(stroke('F8', { hasModifier: true }))).toBeNull();
    expect(wishOf(stroke('Enter', { isOnControl: true }))).toBeNull();
  });
});

describe('keepEqual', () => {
  it('keeps the identity of what did not change, at every depth', () => {
    const before = seatAt(at);
    const after = { ...structuredClone(before), lastDialled: '110' };
    const kept = keepEqual(before, after);
    expect(kept).toEqual(after);
    expect(kept.settings).toBe(before.settings);
    expect(kept.devices).toBe(before.devices);
    expect(keepEqual(before, structuredClone(before))).toBe(before);
  });

  it('sees what was added, taken away or shortened', () => {
    expect(keepEqual({ a: 1, b: 2 }, { a: 1 })).toEqual({ a: 1 });
    expect(keepEqual({ a: 1 }, { a: 1, b: undefined })).toEqual({ a: 1, b: undefined });
    expect(keepEqual([1, 2], [1])).toEqual([1]);
    expect(keepEqual({ a: null }, { a: {} })).toEqual({ a: {} });
  });
});

describe('whom to call back', () => {
  it('is each number once, unless somebody has spoken with it since; never a hidden one', () => {
    const missed = { ...rowAt(4, at), remote: people.wang };
    const spoken = { ...rowAt(0, at), remote: people.wang };
    const hidden = { ...rowAt(4, at), remote: people.hidden };
    expect(callBacksDue([missed, { ...missed, callId: 'older' }])).toEqual([missed]);
    expect(callBacksDue([spoken, missed])).toEqual([]);
    expect(callBacksDue([missed, spoken])).toEqual([missed]);
    expect(callBacksDue([hidden])).toEqual([]);
  });
});

describe('places', () => {
  it('come back from their address; anything else is the desk', () => {
    expect([placeOf('#/calls/a%2Fb'), placeOf('#/settings'), placeOf(''), placeOf('#/nonsense')]).toEqual([
      { screen: 'calls', chosen: 'a/b' },
      { screen: 'settings', chosen: null },
      { screen: 'desk', chosen: null },
      { screen: 'desk', chosen: null },
    ]);
  });
});
