import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { equipmentEvent } from '../../../core/equipment-event.ts';
import { systemClock } from '../../../native/clock.ts';
import { openCallRecords } from '../../../native/equipment/call-records.ts';
import { equipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { startSerialLine } from '../../rig/serial-line.ts';
import { recorded } from '../smdr/recorded-lines.ts';
import { type EquipmentBench, equipmentOf, startEquipmentBench } from './equipment-bench.ts';

let folder: string;
let bench: EquipmentBench;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-seat-'));
  bench = startEquipmentBench(folder);
});
afterEach(async () => {
  await bench.equipment.close();
  await rm(folder, { recursive: true, force: true });
});

const log = (source: object, layout = 'mitel-5000', more: object = {}): object => ({
  ...{ id: 'log', use: 'call-records', layout, source },
  ...more,
});
const mitel = recorded('mitel-5000');
const mitelLine = mitel.lines[0] ?? '';
/** What the last event told: a record's number, or an unread line's text. */
const told = (): readonly (string | null)[] =>
  bench.events.map((event) => {
    if (event.kind === 'call-record') return event.record.number;
    return event.kind === 'unread-record' ? `? ${event.unread.text}` : null;
  });

it('from a serial port: pulled out and back on the same line of the log, half a line kept as it came', async () => {
  const line = await startSerialLine();
  try {
    await line.plug();
    bench.set([log({ kind: 'port', port: { path: line.path } })]);
    await bench.waitFor('log: state open');
    line.send(mitel.hex ?? '');
    await bench.waitFor('"number":"961-9000"');
    line.send(Buffer.from('TLC 112').toString('hex'));
    await systemWait();
    await line.unplug();
    await bench.waitFor('log: state not-plugged-in');
    await bench.waitFor('"reason":"no-shape"');
    const since = bench.said.length;
    await line.plug();
    await bench.waitFor('log: state open', since);
    line.send(mitel.hex ?? '');
    await bench.waitFor('"number":"961-9000"', since);
    expect(told()).toEqual(['961-9000', '? TLC 112', '961-9000']);
    expect(bench.events.map((event) => equipmentEvent.safeParse(event).success)).toEqual([true, true, true]);
  } finally {
    await line.stop();
  }
});

it('from a switch that waits to be asked', async () => {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.write(`${mitelLine}\r\nwhat is this\r\n`);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
  bench.set([log({ kind: 'connect', host: '127.0.0.1', port })]);
  await bench.waitFor('"text":"what is this"');
  expect(told()).toEqual(['961-9000', '? what is this']);
  expect(bench.info('log')).toMatchObject({ kind: 'call-records', path: `127.0.0.1:${port}`, unproven: [] });
  for (const socket of sockets) socket.destroy();
  await bench.waitFor('log: state no-answer');
  server.close();
  await bench.waitFor('log: state cannot-open');
});

it('from a switch that brings its log; a port that is taken is tried again', async () => {
  const holder = createServer();
  const port = await new Promise<number>((resolve) => {
    holder.listen(0, () => {
      const address = holder.address();
      resolve(typeof address === 'object' ? (address?.port ?? 0) : 0);
    });
  });
  bench.set([log({ kind: 'listen', port })]);
  await bench.waitFor('log: state in-use');
  await new Promise<void>((resolve) => holder.close(() => resolve()));
  await bench.waitFor('log: state no-answer the switch has not connected');
  const socket = connect({ host: '127.0.0.1', port });
  socket.write(`${mitelLine}\r\n`);
  await bench.waitFor('"number":"961-9000"');
  expect(bench.info('log')?.state).toEqual({ kind: 'open' });
  socket.destroy();
  await bench.waitFor('log: state no-answer the switch closed');
});

it('from a file, across a restart of the seat: every line once', async () => {
  const path = join(folder, 'smdr.log');
  await writeFile(path, `${mitelLine}\r\n`);
  const line = (number: string): string => `${mitelLine.replace('961-9000', number)}\r\n`;
  bench.set([log({ kind: 'file', path })]);
  await bench.waitFor('log: state open');
  await appendFile(path, line('555-0001').slice(0, 40));
  await appendFile(path, line('555-0001').slice(40));
  await bench.waitFor('"number":"555-0001"');
  await bench.equipment.close();
  await appendFile(path, line('555-0002'));
  const next = startEquipmentBench(folder);
  next.set([log({ kind: 'file', path })]);
  await appendFile(path, line('555-0003'));
  await next.waitFor('"number":"555-0003"');
  const numbers = next.events.map((event) => event.kind === 'call-record' && event.record.number);
  expect(numbers).toEqual(['555-0002', '555-0003']);
  await next.equipment.close();
});

it('a file that is not there is told and waited for', async () => {
  const path = join(folder, 'later.log');
  bench.set([log({ kind: 'file', path })]);
  await bench.waitFor(`log: state cannot-open there is no file ${path}`);
  await writeFile(path, `${mitelLine}\r\n`);
  await bench.waitFor('"number":"961-9000"');
});

it('calls told in several lines are joined; what was begun is told incomplete when the log is closed', async () => {
  const path = join(folder, 'ipo.log');
  await writeFile(path, '');
  bench.set([log({ kind: 'file', path }, 'avaya-ip-office')]);
  await bench.waitFor('log: state open');
  const leg = (continues: 0 | 1): string =>
    `2026/11/21 09:30:57,00:00:13,7,01707392200,I,299999,299999,,0,77,${continues},E4750,John Smith,T9002,LINE 1.2,11,0\r\n`;
  await appendFile(path, leg(1) + leg(0) + leg(1).replace(',77,', ',78,'));
  await bench.waitFor('"callId":"77"');
  await bench.equipment.close();
  const records = bench.events.flatMap((event) => (event.kind === 'call-record' ? [event.record] : []));
  expect(records.map(({ callId, legs, isComplete }) => [callId, legs.length, isComplete])).toEqual([
    ['77', 2, true],
    ['78', 0, false],
  ]);
});

it('a layout of one’s own: named with its fault, mended without being set anew', async () => {
  await mkdir(join(folder, 'smdr-layouts'));
  const file = join(folder, 'smdr-layouts', 'mine.json');
  await writeFile(file, '{ "id": "mine",\n"title": 7 }');
  const path = join(folder, 'smdr.log');
  await writeFile(path, '');
  bench.set([log({ kind: 'file', path }, 'mine')]);
  await bench.waitFor(`log: state bad-profile ${file}:2: title: `);
  const layout = {
    ...{ id: 'mine', title: 'Mine', source: 'test', proof: 'none', dateOrder: 'ymd' },
    shapes: [{ name: 'call', unproven: true, form: { kind: 'words', parts: ['time:time', 'number:digits'] } }],
  };
  await writeFile(file, JSON.stringify(layout));
  await bench.waitFor('log: state open');
  expect(bench.info('log')?.unproven).toEqual(['none', 'shape call']);
  await appendFile(path, '12:30 8001\n');
  await bench.waitFor('"number":"8001"');
});

it('an endless line is told in pieces an event may have, bytes and all', async () => {
  const path = join(folder, 'smdr.log');
  await writeFile(path, '');
  bench.set([log({ kind: 'file', path })]);
  await bench.waitFor('log: state open');
  await appendFile(path, `${'y'.repeat(12_345)}\n`);
  await bench.waitFor('"reason":"too-long"');
  expect(bench.events.map((event) => equipmentEvent.safeParse(event).success)).toEqual([true, true, true]);
  expect(told().join('').replaceAll('? ', '')).toBe('y'.repeat(12_345));
});

it('the day of a record that prints none is the day it comes, and around midnight the nearer one', async () => {
  const path = join(folder, 'smdr.log');
  await writeFile(path, '');
  const [set] = equipmentOf([log({ kind: 'file', path })]);
  if (set?.use !== 'call-records') throw new Error('no call records');
  const days: (string | null | undefined)[] = [];
  let now = new Date(2026, 10, 20, 17, 0);
  let heard = (): void => undefined;
  const part = openCallRecords(
    {
      ...{ equipment: set, folder, clock: systemClock, ports: equipmentPorts({ clock: systemClock }) },
      listener: {
        onInfo: ({ state }) => state.kind === 'open' && heard(),
        onKey: () => undefined,
        onEvent: (event) => {
          if (event.kind === 'call-record') days.push(event.record.startedAt?.date);
          heard();
        },
        onTrouble: () => undefined,
        onFailed: () => undefined,
      },
    },
    () => now,
  );
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      heard = resolve;
    });
  const tell = async (time: string): Promise<void> => {
    const came = next();
    await appendFile(path, `${mitelLine.replace('08:36', time)}\r\n`);
    await came;
  };
  await next();
  await tell('16:59');
  // Friday to Monday, later in the day than before: no midnight shows in the times.
  now = new Date(2026, 10, 23, 18, 0);
  await tell('17:59');
  now = new Date(2026, 10, 24, 0, 0, 5);
  await tell('23:59');
  now = new Date(2026, 10, 24, 23, 59, 58);
  await tell('00:00');
  await part.close();
  expect(days).toEqual(['2026-11-20', '2026-11-23', '2026-11-23', '2026-11-25']);
});

/** Long enough for bytes to get through a pty, before it is pulled out. */
function systemWait(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, 50));
}
