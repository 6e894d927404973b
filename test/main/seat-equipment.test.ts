import { expect, test } from 'vitest';
import type { CallEvent } from '../../core/call.ts';
import type { DeskMessage, EquipmentEvent } from '../../core/equipment-event.ts';
import { seatWithFakes, signInByHand } from './seat-fakes.ts';
import { equipmentInfo, someRecord } from './some-equipment.ts';

const port = { path: '/dev/ttyUSB0' };
const account = { kind: 'sip', server: 'wss://s.example/ws', user: '6001', domain: 's.example', displayName: '' };
const mobile = { id: 'gsm', use: 'modem', port, kind: 'mobile' };
const desk = { id: 'smdi', use: 'message-desk', port };

/** A seat on a switch with a mobile modem and a message desk link, both plugged in. */
function seat() {
  const { signIn, lock } = signInByHand();
  const fakes = seatWithFakes({ settings: { account, equipment: [mobile, desk] }, signIn });
  fakes.plug([equipmentInfo('gsm', 'modem'), equipmentInfo('smdi', 'message-desk')]);
  const kinds = () => fakes.entries.map(({ kind }) => kind);
  const signalling = (state: 'registered' | 'offline' | 'connecting' | 'refused') =>
    fakes.seat.report({ kind: 'signalling', at: 1_000_000, state, detail: '' });
  return { ...fakes, lock, kinds, signalling };
}

const modem = (state: 'ready' | 'busy' | 'absent' | 'starting'): EquipmentEvent => ({
  ...{ kind: 'modem', id: 'gsm', state, operator: 'Test', signal: 0.5, detail: '' },
});
const happened = (callId: string, event: CallEvent): EquipmentEvent => ({
  ...{ kind: 'modem-call', id: 'gsm', callId, event },
});
const offered: EquipmentEvent = {
  kind: 'modem-call-offered',
  id: 'gsm',
  callId: 'm1',
  remote: { number: '', displayName: '' },
  withheld: 'no',
};
/** What was sent to equipment has been answered. */
const answered = () => new Promise<void>((resolve) => setImmediate(resolve));

test('a call by modem is named, answered, ended and logged like any other, and outlives the phone page', async () => {
  const { seat: running, say, press, kinds, entries, equipmentCommands, shown } = seat();
  const phone = running.commands.watch();
  say(modem('ready'));
  say(offered);
  say({ kind: 'modem-caller', id: 'gsm', callId: 'm1', remote: { number: '13800138000', displayName: 'Li' } });
  expect([running.view.value.modemCalls, running.view.value.calls[0]?.remote.number, shown.at(-1)?.isRinging]).toEqual([
    ['m1'],
    '13800138000',
    true,
  ]);
  expect(running.setup.value.modemCalls).toEqual({ ringing: 1, isUp: false });
  press({ key: 'hook', to: 'off-hook' });
  say(happened('m1', { kind: 'established', at: 5 }));
  expect(running.setup.value.modemCalls).toEqual({ ringing: 0, isUp: true });
  running.report({ kind: 'started', at: 6 });
  expect(running.view.value.calls[0]?.state).toEqual({ kind: 'talking' });
  running.ask({ kind: 'digits', digits: '12' });
  running.ask({ kind: 'hang-up', callId: 'm1' });
  say(happened('m1', { kind: 'ended', at: 9, cause: 'hung-up-here' }));
  await answered();
  expect(equipmentCommands).toEqual([
    { kind: 'answer', id: 'gsm', callId: 'm1' },
    { kind: 'digits', id: 'gsm', callId: 'm1', digits: '12' },
    { kind: 'hang-up', id: 'gsm', callId: 'm1' },
  ]);
  expect(kinds().filter((kind) => kind.startsWith('call-'))).toEqual([
    'call-offered',
    'call-named',
    'call-answered',
    'call-ended',
  ]);
  expect(entries.find(({ kind }) => kind === 'call-offered')?.body).toMatchObject({ line: 'modem' });
  expect(running.view.value.afterCall).toMatchObject({ remote: { number: '13800138000' }, line: 'modem' });
  await phone.return();
});

test('hold, mute, transfer and a second call beside it are refused in words; the modem hears nothing of them', async () => {
  const { seat: running, say, press, equipmentCommands } = seat();
  say(modem('ready'));
  say(offered);
  say(happened('m1', { kind: 'established', at: 5 }));
  running.ask({ kind: 'hold', callId: 'm1' });
  running.ask({ kind: 'mute', isMuted: true });
  press({ key: 'mute', to: 'toggle' });
  running.ask({ kind: 'park', number: '701' });
  running.ask({ kind: 'pause-recording', callId: 'm1', reason: '' });
  running.ask({ kind: 'dial', number: '8001' });
  await answered();
  const told = running.notices.takeEarly();
  expect(told).toEqual(Array.from({ length: 6 }, () => ({ code: 'modem-call', detail: '' })));
  expect([equipmentCommands, running.view.value.calls.map((call) => call.state.kind)]).toEqual([[], ['talking']]);
});

test('while the switch cannot be reached calls go out by the modem, and by the switch again when it is back', async () => {
  const { seat: running, say, signalling, entries, equipmentCommands } = seat();
  const commands = running.commands.watch();
  const dialled = () => entries.flatMap((entry) => (entry.kind === 'call-dialled' ? [entry.body.line] : []));
  const end = (kind: 'modem' | 'phone') => {
    const callId = running.view.value.calls[0]?.callId ?? '';
    const event: CallEvent = { kind: 'ended', at: 7, cause: 'hung-up-there' };
    if (kind === 'modem') say(happened(callId, event));
    else running.report({ kind: 'call', callId, event });
  };
  say(modem('ready'));
  signalling('registered');
  running.ask({ kind: 'dial', number: '8001' });
  end('phone');
  signalling('offline');
  signalling('connecting');
  running.ask({ kind: 'dial', number: '13800138000' });
  await answered();
  expect(equipmentCommands).toEqual([
    { kind: 'dial', id: 'gsm', callId: running.view.value.calls[0]?.callId, number: '13800138000' },
  ]);
  end('modem');
  signalling('registered');
  running.ask({ kind: 'dial', number: '8001' });
  expect([dialled(), running.view.value.calls.length]).toEqual([['switch', 'modem', 'switch'], 1]);
  await commands.return();
});

test('with nobody signed in help goes out by the modem like any other call; whoever calls in by it is sent away', async () => {
  const { seat: running, say, signalling, lock, entries, equipmentCommands } = seat();
  say(modem('ready'));
  signalling('offline');
  lock();
  running.ask({ kind: 'dial', number: '13800138000' });
  running.ask({ kind: 'dial', number: '120' });
  const callId = running.view.value.calls[0]?.callId ?? '';
  say(happened(callId, { kind: 'established', at: 5 }));
  expect([running.view.value.modemCalls, running.view.value.calls[0]?.state.kind]).toEqual([[callId], 'talking']);
  running.ask({ kind: 'hang-up', callId });
  say(happened(callId, { kind: 'ended', at: 7, cause: 'hung-up-here' }));
  say(offered);
  await answered();
  expect(equipmentCommands).toEqual([
    { kind: 'dial', id: 'gsm', callId, number: '120' },
    { kind: 'hang-up', id: 'gsm', callId },
    { kind: 'hang-up', id: 'gsm', callId: 'm1' },
  ]);
  expect(entries.flatMap((entry) => (entry.kind === 'call-dialled' ? [entry.body] : []))).toEqual([
    { callId, remote: { number: '120', displayName: '' }, line: 'modem' },
  ]);
  expect(running.view.value.afterCall).toBeNull();
});

test.each([
  ['no modem is ready', () => undefined],
  ['it is busy', (say: (event: EquipmentEvent) => void) => say(modem('busy'))],
])('with the switch away and no modem to use (%s) the switch is tried, which says why not', (_, prepare) => {
  const { seat: running, say, signalling } = seat();
  prepare(say);
  signalling('offline');
  running.ask({ kind: 'dial', number: '8001' });
  expect(running.notices.takeEarly()).toEqual([{ code: 'refused', detail: 'dial: no phone page' }]);
});

test('a modem that will not dial ends the call in words', async () => {
  const { seat: running, say, signalling, deviceOutcome, entries } = seat();
  say(modem('ready'));
  signalling('refused');
  deviceOutcome.outcome = { kind: 'refused', why: 'no network' };
  running.ask({ kind: 'dial', number: '8001' });
  await answered();
  expect(running.view.value.calls).toEqual([]);
  expect(entries.find(({ kind }) => kind === 'call-ended')?.body).toMatchObject({ cause: 'failed' });
  expect(running.notices.takeEarly()).toEqual([{ code: 'refused', detail: 'dial: no network' }]);
});

test.each([
  ['says that it is absent', ({ say }: ReturnType<typeof seat>) => say(modem('absent'))],
  ['goes with its process', ({ plug }: ReturnType<typeof seat>) => plug([])],
])('a modem that %s loses its call as line-lost and fails what it had to send', async (_, lose) => {
  const fakes = seat();
  const { seat: running, say, entries } = fakes;
  say(modem('ready'));
  say(offered);
  say(happened('m1', { kind: 'established', at: 5 }));
  await running.equipment.sendText('13800138000', 'hello');
  lose(fakes);
  expect(running.view.value.calls).toEqual([]);
  expect(entries.flatMap((e) => (e.kind === 'call-ended' || e.kind === 'text-outcome' ? [e.body] : []))).toMatchObject([
    { callId: 'm1', cause: 'line-lost' },
    { outcome: 'failed' },
  ]);
});

const text: EquipmentEvent = {
  kind: 'text-received',
  id: 'gsm',
  ref: 'SM 3',
  from: '13800138000',
  text: '你好',
  sentAt: 77,
};

test('a text is written down before the modem may forget it, and once however often it is told', async () => {
  const { say, entries, equipmentCommands, seat: running } = seat();
  say(text);
  expect(entries.at(-1)).toMatchObject({ kind: 'text-received', body: { number: '13800138000', text: '你好' } });
  say(text);
  // Another text in the same place of the memory, after the first one was deleted.
  say({ ...text, text: '再见' });
  await answered();
  expect(entries.filter(({ kind }) => kind === 'text-received')).toHaveLength(2);
  expect(equipmentCommands).toEqual(Array.from({ length: 3 }, () => ({ kind: 'keep-text', id: 'gsm', ref: 'SM 3' })));
  expect(running.notices.takeEarly().map(({ code }) => code)).toEqual(['text-received', 'text-received']);
});

test('on a full disk the modem keeps the text', async () => {
  const { say, state, equipmentCommands } = seat();
  state.isFull = true;
  say(text);
  await answered();
  expect(equipmentCommands).toEqual([]);
  state.isFull = false;
  say(text);
  await answered();
  expect(equipmentCommands).toHaveLength(1);
});

test('a text that goes out is written down first; what became of it is told and listed', async () => {
  const { say, kinds, equipmentCommands, seat: running, deviceOutcome } = seat();
  expect(await running.equipment.sendText('8001', 'x')).toMatchObject({ kind: 'refused' });
  say(modem('ready'));
  expect(await running.equipment.sendText('13800138000', 'on our way')).toEqual({ kind: 'begun' });
  const [sent] = equipmentCommands;
  if (sent?.kind !== 'send-text') throw new Error('nothing was sent');
  for (const outcome of ['sent', 'delivered', 'sent'] as const) {
    say({ kind: 'text-outcome', id: 'gsm', textId: sent.textId, outcome, detail: '' });
  }
  say({ kind: 'text-outcome', id: 'gsm', textId: 'unknown', outcome: 'failed', detail: '' });
  deviceOutcome.outcome = { kind: 'refused', why: 'no credit' };
  expect(await running.equipment.sendText('13800138000', 'again')).toEqual({ kind: 'refused', why: 'no credit' });
  const { rows } = running.store.texts({ search: '', before: null, limit: 10 });
  expect(rows.map((row) => [row.text, row.state, row.detail])).toEqual([
    ['on our way', 'delivered', ''],
    ['again', 'failed', 'no credit'],
  ]);
  expect(kinds().filter((kind) => kind.startsWith('text-'))).toEqual([
    ...['text-sent', 'text-outcome', 'text-outcome', 'text-outcome'],
    ...['text-sent', 'text-outcome'],
  ]);
  expect(running.notices.takeEarly()).toContainEqual({ code: 'text-failed', detail: 'no credit' });
});

const announced: DeskMessage = {
  ...{ desk: '001', terminal: '0001', reason: 'forwarded-busy', letter: 'B' },
  ...{ forwardedFrom: '8001', calling: '3800138000' },
};

test.each(['message', 'call'])('a message of the desk finds its call, whichever comes first: %s', (first) => {
  const { say, seat: running, entries } = seat();
  const ring = () =>
    running.report({
      ...{ kind: 'call-offered', at: 1_000_001, callId: 'c', line: 'switch', sipCallId: '' },
      remote: { number: '13800138000', displayName: '' },
    });
  const announce = () => say({ kind: 'desk-message', id: 'smdi', message: announced });
  for (const come of first === 'call' ? [ring, announce] : [announce, ring]) come();
  expect(running.view.value.arrivals).toEqual({ c: announced });
  expect(entries.filter(({ kind }) => kind === 'call-arrival')).toHaveLength(1);
  running.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  running.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 1_000_003, cause: 'hung-up-there' } });
  expect([running.view.value.arrivals, running.view.value.afterCall?.arrival]).toEqual([{}, announced]);
});

test('a message lamp is lit and darkened by the switch, which may refuse it', async () => {
  const { say, seat: running, entries, deviceOutcome } = seat();
  const { messageDesk } = running.equipment;
  await messageDesk.light('smdi', '8001', true);
  await messageDesk.light('smdi', '8002', true);
  say({ kind: 'lamp-failed', id: 'smdi', number: '8001', cause: 'INV' });
  expect(running.view.value.messageWaiting).toEqual(['8002']);
  await messageDesk.light('smdi', '8002', false);
  deviceOutcome.outcome = { kind: 'refused', why: 'the link is down' };
  await messageDesk.light('smdi', '8003', true);
  expect(running.view.value.messageWaiting).toEqual([]);
  expect(running.notices.takeEarly()).toEqual([{ code: 'message-lamp-refused', detail: '8001 INV' }]);
  expect(entries.filter(({ kind }) => kind.startsWith('message-waiting')).map(({ kind }) => kind)).toEqual([
    ...['message-waiting', 'message-waiting', 'message-waiting-refused', 'message-waiting'],
  ]);
});

test('ten thousand lines of the switch come in few writes, in order, and a call rings in between', async () => {
  const { say, seat: running, entries, writes } = seat();
  const before = writes.count;
  for (let line = 1; line <= 10_000; line += 1) {
    if (line % 3 === 0) {
      say({ kind: 'unread-record', id: 'log', unread: { line, text: '?', hex: null, reason: 'no-shape' } });
    } else say({ kind: 'call-record', id: 'log', record: { ...someRecord, line } });
  }
  await answered();
  running.report({
    ...{ kind: 'call-offered', at: 1, callId: 'c', line: 'switch', sipCallId: '' },
    remote: { number: '1', displayName: '' },
  });
  await running.close();
  const lines = entries.flatMap((entry) => {
    if (entry.kind === 'switch-record') return [entry.body.record.line];
    return entry.kind === 'switch-record-unread' ? [entry.body.unread.line] : [];
  });
  expect(lines).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
  const rang = entries.findIndex(({ kind }) => kind === 'call-offered');
  const last = entries.findLastIndex(({ kind }) => kind === 'switch-record');
  expect([rang < last, writes.count - before < 100]).toEqual([true, true]);
});

test('the desk is told that texts and lines of the switch were written, so that no page has to look now and then', async () => {
  const { say, seat: running } = seat();
  const seen: unknown[] = [];
  const note = () => seen.push({ ...running.view.value.linesWritten });
  say(modem('ready'));
  note();
  say({ kind: 'text-received', id: 'gsm', ref: '1', from: '139', text: 'hello', sentAt: 5 });
  note();
  await running.equipment.sendText('139', 'good day');
  note();
  say({ kind: 'call-record', id: 'log', record: someRecord });
  say({ kind: 'unread-record', id: 'log', unread: { line: 2, text: '?', hex: null, reason: 'no-shape' } });
  await answered();
  note();
  expect(seen).toEqual([
    { texts: 0, switchLog: 0 },
    { texts: 1, switchLog: 0 },
    { texts: 2, switchLog: 0 },
    { texts: 2, switchLog: 2 },
  ]);
});
