import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DeskRequest, PhoneCommand, PhoneReport } from '../../core/console-api.ts';
import { idleLamps, type KeyPress } from '../../core/key.ts';
import type { KeyCommand } from '../../core/key-command.ts';
import { meaningOfKey } from '../../core/panel-keys.ts';
import { lampsFor, type SeatInput, stepSeat } from '../../core/seat.ts';
import { isForHelp } from '../../core/seat-lock.ts';
import { callsMax, newSeat, type Seat, type SeatEffect } from '../../core/seat-state.ts';
import { defaultWorkCodes } from '../../core/work-code.ts';

/**
 * A random walk of keys, screen requests and a phone page that obeys, refuses, or is late: whatever happens, no call is
 * answered twice, no flash ends a call, no key ends a held call, nothing is asked of a call after hang-up, a modem is asked
 * only what it can do, no lamp outlives the last call, and a locked seat dials help and nothing else.
 */

const press: fc.Arbitrary<KeyPress> = fc.oneof(
  fc.record({ key: fc.constant('hook' as const), to: fc.constantFrom('off-hook', 'on-hook', 'toggle') }),
  fc.record({ key: fc.constant('mute' as const), to: fc.constantFrom('muted', 'unmuted', 'toggle') }),
  fc.constantFrom<KeyPress>({ key: 'flash' }, { key: 'redial' }, { key: 'reject' }),
  fc.record({ key: fc.constant('digit' as const), digit: fc.constantFrom('1', '*') }),
  fc.record({ key: fc.constant('line-busy' as const), isBusy: fc.boolean() }),
);
const screen: fc.Arbitrary<(callId: string) => DeskRequest> = fc.constantFrom<((callId: string) => DeskRequest)[]>(
  (callId) => ({ kind: 'answer', callId }),
  (callId) => ({ kind: 'hang-up', callId }),
  (callId) => ({ kind: 'hold', callId }),
  (callId) => ({ kind: 'resume', callId }),
  (callId) => ({ kind: 'decline', callId, how: 'elsewhere' }),
  () => ({ kind: 'swap' }),
  () => ({ kind: 'mute', isMuted: true }),
  () => ({ kind: 'dial', number: '8001' }),
  () => ({ kind: 'dial', number: '1-1-0' }),
  () => ({ kind: 'park', number: '701' }),
  (callId) => ({ kind: 'pause-recording', callId, reason: '' }),
  (callId) => ({ kind: 'code', callId, code: 'order', note: '' }),
  () => ({ kind: 'choose', choice: { kind: 'ready' } }),
);
const bound: fc.Arbitrary<KeyCommand> = fc.constantFrom<KeyCommand[]>(
  ...(['answer', 'decline', 'hang-up', 'hold', 'swap', 'mute', 'talk', 'redial', 'ready', 'sign-out'] as const).map(
    (name) => ({ do: name }),
  ),
  { do: 'dial', number: '8001', name: '' },
  { do: 'dial', number: '119', name: '' },
  { do: 'digits', digits: '1' },
  { do: 'park', number: '701', name: '' },
  { do: 'not-ready', reason: 'rest' },
  { do: 'work-code', code: 'order' },
);
type Act =
  | { readonly do: 'key'; readonly press: KeyPress }
  | { readonly do: 'ask'; readonly pick: number; readonly request: (callId: string) => DeskRequest }
  | { readonly do: 'panel'; readonly command: KeyCommand; readonly isDown: boolean }
  | { readonly do: 'ring'; readonly line: 'switch' | 'modem' }
  | { readonly do: 'fallback'; readonly isOpen: boolean }
  | { readonly do: 'lock'; readonly isLocked: boolean }
  | { readonly do: 'phone'; readonly obeys: boolean }
  | { readonly do: 'far-side-ends'; readonly pick: number }
  | { readonly do: 'phone-restarts' };
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('key' as const), press }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('ask' as const), pick: fc.nat(8), request: screen }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('panel' as const), command: bound, isDown: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('ring' as const),
      line: fc.constantFrom('switch' as const, 'switch' as const, 'modem' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fallback' as const), isOpen: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('lock' as const), isLocked: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('phone' as const), obeys: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('far-side-ends' as const), pick: fc.nat(8) }) },
  { weight: 1, arbitrary: fc.constant<Act>({ do: 'phone-restarts' }) },
);

/** What a phone page reports when it has done a command. */
function done(command: PhoneCommand, at: number): readonly PhoneReport[] {
  const event = (callId: string, kind: 'established' | 'held' | 'resumed' | 'answering'): PhoneReport => ({
    kind: 'call',
    callId,
    event: { kind, at },
  });
  switch (command.kind) {
    case 'answer':
      return [event(command.callId, 'answering'), event(command.callId, 'established')];
    case 'hold':
      return [event(command.callId, 'held')];
    case 'resume':
      return [event(command.callId, 'resumed')];
    case 'dial':
      return [event(command.callId, 'established')];
    case 'mute':
      return [{ kind: 'call', callId: command.callId, event: { kind: command.isMuted ? 'muted' : 'unmuted', at } }];
    case 'transfer':
      return [
        { kind: 'transferred', callId: command.callId, at, number: command.number },
        { kind: 'call', callId: command.callId, event: { kind: 'ended', at, cause: 'hung-up-here' } },
      ];
    case 'hang-up':
    case 'decline':
      return [{ kind: 'call', callId: command.callId, event: { kind: 'ended', at, cause: 'hung-up-here' } }];
    default:
      return [];
  }
}

class Walk {
  seat: Seat = newSeat(0, 'switch');
  at = 0;
  readonly queue: PhoneCommand[] = [];
  readonly answersAsked = new Map<string, number>();
  readonly ending = new Set<string>();

  go(input: SeatInput): readonly SeatEffect[] {
    const wasFlash = input.kind === 'key' && input.press.key === 'flash';
    const wasKey = input.kind === 'key' || (input.kind === 'ask' && input.by === 'key');
    const before = this.seat;
    const [seat, effects] = stepSeat(this.seat, input);
    this.seat = seat;
    for (const effect of effects) {
      if (effect.kind !== 'command') continue;
      this.check(effect.command, wasFlash);
      this.checkCall(effect.command, wasKey, before);
      this.checkLock(effect.command, before);
      this.queue.push(effect.command);
    }
    if (seat.calls.length === 0) expect(lampsFor(seat)).toEqual(idleLamps);
    expect(seat.calls.length).toBeLessThanOrEqual(callsMax + this.queue.length + 8);
    return effects;
  }

  check(command: PhoneCommand, wasFlash: boolean): void {
    if (wasFlash) expect(command.kind).not.toBe('hang-up');
    if (wasFlash) expect(command.kind).not.toBe('decline');
    if ('callId' in command) {
      if (this.ending.has(command.callId)) expect(`${command.kind} after an end`).toBe('never');
      if (command.kind === 'hang-up' || command.kind === 'decline') this.ending.add(command.callId);
    }
    if (command.kind === 'answer') {
      const asked = (this.answersAsked.get(command.callId) ?? 0) + 1;
      this.answersAsked.set(command.callId, asked);
      expect(asked).toBe(1);
    }
  }

  checkCall(command: PhoneCommand, wasKey: boolean, before: Seat): void {
    if (!('callId' in command)) return;
    const state = before.calls.find((c) => c.call.callId === command.callId)?.call.state.kind;
    if (wasKey && state === 'held') expect(['hang-up', 'decline', 'transfer']).not.toContain(command.kind);
    const line = this.seat.calls.find((c) => c.call.callId === command.callId)?.line;
    if (line === 'modem') expect(['answer', 'decline', 'hang-up', 'digits', 'dial']).toContain(command.kind);
  }

  checkLock(command: PhoneCommand, before: Seat): void {
    if (!before.isLocked) return;
    if (command.kind === 'dial') expect(['110', '119']).toContain(command.number);
    const forHelp = before.calls.filter((c) => isForHelp(before, c)).map((c) => c.call.callId);
    if ('callId' in command && forHelp.includes(command.callId)) {
      expect(['hang-up', 'mute', 'digits', 'resume']).toContain(command.kind);
    }
    if (command.kind === 'dial') expect(forHelp).toEqual([]);
  }

  /** A key of a panel, as the seat process performs it. */
  panel(command: KeyCommand, isDown: boolean, at: number, newCallId: string): void {
    const meaning = meaningOfKey(command, isDown, {
      seat: this.seat,
      workCodes: defaultWorkCodes,
      noteOf: () => '',
      messageWaiting: [],
      messageDesk: null,
    });
    if (meaning.kind === 'ask') this.go({ kind: 'ask', request: meaning.request, at, newCallId, by: 'key' });
    if (meaning.kind === 'press') this.go({ kind: 'key', press: meaning.press, at, newCallId });
    if (meaning.kind === 'talk') {
      this.go({ kind: 'ask', request: { kind: 'mute', isMuted: !meaning.isDown }, at, newCallId, by: 'key' });
    }
  }

  act(a: Act, newCallId: string): void {
    this.at += 1;
    const at = this.at;
    const callId = (pick: number) => this.seat.calls[pick % Math.max(1, this.seat.calls.length)]?.call.callId ?? 'none';
    if (a.do === 'key') this.go({ kind: 'key', press: a.press, at, newCallId });
    if (a.do === 'ask') this.go({ kind: 'ask', request: a.request(callId(a.pick)), at, newCallId });
    if (a.do === 'panel') this.panel(a.command, a.isDown, at, newCallId);
    if (a.do === 'fallback') this.go({ kind: 'fallback', isOpen: a.isOpen });
    if (a.do === 'lock') this.go({ kind: 'lock', isLocked: a.isLocked, at, cause: 'person' });
    if (a.do === 'ring') {
      const remote = { number: '13800138000', displayName: '' };
      this.go({
        kind: 'report',
        report: { kind: 'call-offered', at, callId: newCallId, remote, line: a.line, sipCallId: '' },
      });
    }
    if (a.do === 'far-side-ends') {
      const event = { kind: 'ended', at, cause: 'hung-up-there' } as const;
      this.go({ kind: 'report', report: { kind: 'call', callId: callId(a.pick), event } });
    }
    if (a.do === 'phone-restarts') {
      const onModem = this.seat.calls.filter((c) => c.line === 'modem').map((c) => c.call.callId);
      const waiting = this.queue.filter((command) => 'callId' in command && onModem.includes(command.callId));
      this.queue.splice(0, this.queue.length, ...waiting);
      this.go({ kind: 'report', report: { kind: 'started', at } });
      expect(this.seat.calls.map((c) => c.call.callId)).toEqual(onModem);
    }
    if (a.do === 'phone') this.phone(a.obeys, at);
  }

  phone(obeys: boolean, at: number): void {
    const command = this.queue.shift();
    if (!command) return;
    if (obeys) {
      for (const report of done(command, at)) this.go({ kind: 'report', report });
      return;
    }
    // Refused: the wish may be asked for again.
    if (command.kind === 'answer') this.answersAsked.set(command.callId, 0);
    if (command.kind === 'hang-up' || command.kind === 'decline') this.ending.delete(command.callId);
    this.go({ kind: 'report', report: { kind: 'refused', at, command, why: 'test' } });
  }
}

test('no sequence of keys, requests and call events answers twice, ends by a flash, leaves a lamp lit, or dials past the lock', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 60 }), (acts) => {
      const walk = new Walk();
      acts.forEach((a, n) => {
        walk.act(a, `call-${n}`);
      });
    }),
    { numRuns: 5000 },
  );
});
