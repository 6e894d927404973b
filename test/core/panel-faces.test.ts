import { expect, test } from 'vitest';
import type { Call } from '../../core/call.ts';
import { newCall } from '../../core/call.ts';
import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import { captionOf } from '../../core/key-caption.ts';
import { type KeyCommand, keyCommand } from '../../core/key-command.ts';
import { keyFace } from '../../core/key-face.ts';
import { type FaceSurroundings, facesOf } from '../../core/panel-faces.ts';
import { freshCall, newSeat, type Seat } from '../../core/seat-state.ts';
import { defaultWorkCodes } from '../../core/work-code.ts';

/** One of every command there is. */
const commands: Record<KeyCommand['do'], KeyCommand> = {
  answer: { do: 'answer' },
  decline: { do: 'decline' },
  'hang-up': { do: 'hang-up' },
  hold: { do: 'hold' },
  swap: { do: 'swap' },
  mute: { do: 'mute' },
  talk: { do: 'talk' },
  redial: { do: 'redial' },
  dial: { do: 'dial', number: '8001', name: 'Porter' },
  digits: { do: 'digits', digits: '5#' },
  park: { do: 'park', number: '1', name: '' },
  ready: { do: 'ready' },
  'not-ready': { do: 'not-ready', reason: 'lunch' },
  'sign-out': { do: 'sign-out' },
  'work-code': { do: 'work-code', code: 'repair' },
  volume: { do: 'volume', change: 'up' },
  'message-waiting': { do: 'message-waiting', number: '8002', name: '' },
  page: { do: 'page', page: 0 },
};

const info: DeviceInfo = {
  ...{ deviceId: 'p', name: 'p', kind: 'panel', vendorId: 1, productId: 1, path: '', keys: [], lamps: [] },
  ...{ state: { kind: 'open' }, isBusyElsewhere: false },
  ...plainDevice,
  layout: {
    columns: 32,
    rows: 1,
    keys: Object.keys(commands).map((keyId, column) => ({
      ...{ keyId, column, row: 0, width: 1, height: 1, shows: 'lamp' },
    })),
  },
};

function around(seat: Seat, over: Partial<FaceSurroundings> = {}): FaceSurroundings {
  return {
    ...{ seat, workCodes: defaultWorkCodes, noteOf: () => '', messageWaiting: [], messageDesk: null, language: 'en' },
    pages: [{ name: '', keys: commands }],
    ...over,
  };
}

/** What is lit, and what may be pressed. */
function shown(seat: Seat, over: Partial<FaceSurroundings> = {}) {
  const faces = facesOf(info, 0, around(seat, over));
  expect(faces.map((face) => keyFace.parse(face))).toEqual(faces);
  return {
    lit: faces.filter(({ lamp }) => lamp !== 'off').map(({ keyId, lamp }) => `${keyId} ${lamp}`),
    enabled: faces.filter(({ isEnabled }) => isEnabled).map(({ keyId }) => keyId),
  };
}

const call = (callId: string, over: Partial<Call> = {}): Call => ({
  ...newCall(callId, 'inbound', { number: '8001', displayName: '' }, 10),
  ...over,
});
const seatWith = (...calls: Call[]): Seat => ({
  ...newSeat(0, 'switch'),
  calls: calls.map((one) => freshCall(one, 'switch')),
});
const always = ['dial', 'ready', 'not-ready', 'sign-out', 'volume', 'page'];

test('an idle seat lights what the agent chose and the page; nothing about a call can be pressed', () => {
  expect(shown(newSeat(0, 'switch'))).toEqual({
    lit: ['ready on', 'page on'],
    enabled: ['dial', 'park', 'ready', 'not-ready', 'sign-out', 'volume', 'page'],
  });
});

test('the cadences follow the call: fast rings, steady talks, slow holds', () => {
  const ringing = shown(seatWith(call('a')));
  expect(ringing.lit).toEqual(['answer fast', 'dial fast', 'ready on', 'page on']);
  expect(ringing.enabled).toEqual(['answer', 'decline', 'swap', ...always.slice(0, 1), 'park', ...always.slice(1)]);
  const talking = shown(seatWith(call('a', { state: { kind: 'talking' }, isMuted: true })));
  expect(talking.lit).toEqual(['hang-up on', 'mute on', 'dial on', 'ready on', 'page on']);
  expect(talking.enabled).toEqual(
    ['hang-up', 'hold', 'mute', 'talk', 'dial', 'digits', 'park', 'ready'].concat(always.slice(2)),
  );
  expect(shown(seatWith(call('a', { state: { kind: 'held' } }))).lit).toEqual([
    ...['hold slow', 'dial slow', 'ready on', 'page on'],
  ]);
});

test('a call by modem offers neither hold nor mute nor parking', () => {
  const seat = newSeat(0, 'switch');
  const onModem = { ...seat, calls: [freshCall(call('m', { state: { kind: 'talking' } }), 'modem')] };
  expect(shown(onModem).enabled).toEqual(['hang-up', 'dial', 'digits', 'ready'].concat(always.slice(2)));
});

test('with nobody signed in only a number for help can be dialled, and nobody becomes ready', () => {
  const locked = { ...newSeat(0, 'switch'), isLocked: true, lastDialled: '8001' };
  expect(shown(locked).enabled).toEqual(['sign-out', 'volume', 'page']);
  expect(shown({ ...locked, emergencyNumbers: ['8001'] }).enabled).toEqual(['dial', 'sign-out', 'volume', 'page']);
});

test('work codes wait for after-call work, the message lamp for a message desk', () => {
  const seat = { ...newSeat(0, 'switch'), afterCalls: ['a'] };
  const lit = shown(seat, { messageDesk: 'smdi', messageWaiting: ['8002'] });
  expect(lit.lit).toContain('message-waiting on');
  expect(lit.enabled).toEqual(expect.arrayContaining(['work-code', 'message-waiting']));
  expect(shown(seat, { workCodes: [] }).enabled).not.toContain('work-code');
});

test.each([
  ['en', ['Porter', '5#', 'Park 1', 'Lunch', 'Repair', 'Louder', '8002', 'Page 1']],
  ['zh-CN', ['Porter', '5#', '驻留 1', '就餐', '报修', '音量 +', '8002', '第 1 页']],
] as const)('every key has a name in %s, short, and its own where somebody gave it one', (language, named) => {
  const words = around(newSeat(0, 'switch'), { language });
  const captions = Object.values(commands).map((command) => captionOf(keyCommand.parse(command), words));
  expect(captions.every((caption) => caption !== '' && caption.length <= 12)).toBe(true);
  const special = ['dial', 'digits', 'park', 'not-ready', 'work-code', 'volume', 'message-waiting', 'page'] as const;
  expect(special.map((name) => captionOf(commands[name], words))).toEqual(named);
});
