import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type RunningSeat, runSeat } from '../../main/running-seat.ts';
import { verifyJournal } from '../../main/store/verify-journal.ts';
import { startDeviceProcess } from '../../native/device-client.ts';
import { recorded } from '../native/smdr/recorded-lines.ts';
import { mobileAnswers, startScriptedModem } from '../rig/scripted-modem.ts';
import { startSerialLine } from '../rig/serial-line.ts';
import { ring } from './seat-fakes.ts';
import { opened, testKey } from './store/opened.ts';
import { temporaryDirectory } from './store/temporary-directory.ts';

const waitMs = 20_000;
const hello = '07919730071111F1000B919746121611F10000811170021222230DC8329BFD6681EE6F399B1C02';
const account = { kind: 'sip', server: 'wss://127.0.0.1:1/ws', user: '6001', domain: 's.example', displayName: '' };

/** A seat as a shell runs it, on a profile with these files: real store, real device process, no phone page. */
async function seatWith(files: Readonly<Record<string, unknown>>) {
  const directory = temporaryDirectory();
  for (const [name, value] of Object.entries(files)) writeFileSync(join(directory, name), JSON.stringify(value));
  const devices = startDeviceProcess({ simulated: false, log: () => {} });
  const outcome = await runSeat({
    ...{ directory, devices, firstNotices: [], version: '1.0.0', isPractice: false, locale: 'en', log: () => {} },
    keys: { key: () => Promise.resolve({ kind: 'key', key: Buffer.from(testKey), isNew: false }) },
  });
  if (outcome.kind !== 'running') throw new Error(outcome.message);
  let isClosed = false;
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await outcome.running.close();
  };
  onTestFinished(close);
  return { ...outcome.running, close, directory };
}

/** Waits for what the seat shows. */
function shows(seat: RunningSeat['seat'], read: (view: RunningSeat['seat']['view']['value']) => unknown) {
  return expect.poll(() => read(seat.view.value), { timeout: waitMs });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('with the switch away a call goes out and a text comes in by a real modem line, and all is in the journal', {
  timeout: 90_000,
}, async () => {
  const modem = await startScriptedModem(mobileAnswers);
  onTestFinished(() => modem.stop());
  await modem.line.plug();
  const memory = new Map<string, string>();
  let status: number | null = null;
  modem.on(/^AT\+CMGR=(\d+)$/, ([, index = '']) => {
    const pdu = memory.get(index) ?? '';
    return [`+CMGR: 0,"",${pdu.length / 2 - 8}`, pdu, 'OK'];
  });
  modem.on(/^AT\+CMGD=(\d+)$/, ([, index = '']) => (memory.delete(index) ? 'OK' : '+CMS ERROR: 321'));
  modem.on(/^ATD/, () => {
    status = 0;
    return 'OK';
  });
  modem.on(/^AT\+CHUP$/, () => {
    status = null;
    return 'OK';
  });
  modem.on(/^AT\+CLCC$/, () => (status === null ? 'OK' : [`+CLCC: 1,0,${status},0,0,"13800138000",129`, 'OK']));
  const equipment = [{ id: 'gsm', use: 'modem', kind: 'mobile', port: { path: modem.path } }];
  const { seat, profile, close, directory } = await seatWith({ 'settings.json': { account, equipment } });

  await shows(seat, ({ modems }) => modems[0]?.state).toBe('ready');
  seat.report({ kind: 'signalling', at: 1, state: 'offline', detail: '' });
  seat.ask({ kind: 'dial', number: '138 0013 8000' });
  await shows(seat, ({ calls }) => calls[0]?.state.kind).toBe('talking');
  await modem.waitForAsked(/^ATD13800138000;/);
  const [call] = seat.view.value.calls;
  seat.ask({ kind: 'hang-up', callId: call?.callId ?? '' });
  await shows(seat, ({ calls }) => calls.length).toBe(0);

  memory.set('3', hello);
  modem.say('+CMTI: "SM",3');
  await modem.waitForAsked(/^AT\+CMGD=3$/);
  expect(seat.store.texts({ search: '', before: null, limit: 5 }).rows).toMatchObject([
    { direction: 'inbound', number: '+79642161111', text: 'Hello, world!', state: 'received' },
  ]);
  expect(profile.store.callRow(call?.callId ?? '')).toMatchObject({
    ...{ line: 'modem', direction: 'outbound', cause: 'hung-up-here', remote: { number: '13800138000' } },
  });
  await close();
  expect(verifyJournal(opened(directory).connection).findings).toEqual([]);
});

test('a panel on a port answers the practice customer; what the switch prints on a socket stands in the journal', {
  timeout: 90_000,
}, async () => {
  const line = await startSerialLine();
  onTestFinished(() => line.stop());
  await line.plug();
  const port = await freePort();
  const equipment = [
    { id: 'eao', use: 'panel', port: { path: line.path }, profile: 'eao-panel' },
    { id: 'log', use: 'call-records', layout: 'mitel-5000', source: { kind: 'listen', port } },
  ];
  const keys = { panels: { eao: { pages: [{ keys: { '2': { do: 'answer' } } }] } } };
  const { seat, close, directory } = await seatWith({ 'settings.json': { equipment }, 'keys.json': keys });
  const commands = seat.commands.watch();
  await shows(seat, ({ devices }) => devices.find(({ deviceId }) => deviceId === 'eao')?.state.kind).toBe('open');
  expect(seat.view.value.panels).toMatchObject([{ deviceId: 'eao', isBuiltIn: false }]);
  line.clear();
  seat.report(ring('c'));
  // The profile's ringing lamp (1) and the lamp of the bound key (2) flash together.
  await line.waitForHost('01 4C 03 00 03 00');
  await line.waitForHost('01 4C 00 00 03 00');
  line.send('02 00 02 00 00 03 00');
  expect((await commands.next()).value).toEqual({ kind: 'answer', callId: 'c' });

  const [printed = ''] = recorded('mitel-5000').lines;
  const socket = connect(port, '127.0.0.1');
  const lines = 3_000;
  socket.end(`${printed}\r\n`.repeat(lines - 1).concat('what nobody knows\r\n'));
  await expect
    .poll(() => seat.store.switchRecords({ search: '', before: null, limit: 1 }).total, { timeout: waitMs })
    .toBe(lines);
  expect(seat.store.switchRecords({ search: 'nobody knows', before: null, limit: 5 })).toMatchObject({
    ...{ total: 1, unread: 1 },
    rows: [{ equipmentId: 'log', entry: { kind: 'unread' } }],
  });
  expect(seat.view.value.calls[0]?.state.kind).toBe('ringing');
  await close();
  expect(verifyJournal(opened(directory).connection).findings).toEqual([]);
});
