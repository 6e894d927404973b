import { expect, test } from 'vitest';
import type { OpenedPort, PortListener, PortOpener } from '../../../native/serial/serial-bus.ts';
import { startSerialLink } from '../../../native/serial/serial-link.ts';
import { handClock } from '../hand-clock.ts';
import { compiledProfile } from './link-bench.ts';

/** A profile with one lamp and one key, and whatever a test adds. */
function profile(more: object): string {
  return JSON.stringify({
    id: 'bench',
    version: 1,
    title: 'bench',
    source: 'test',
    serial: { baudRate: 9600 },
    framing: { type: 'line', max: 16 },
    events: [{ on: '/^K(\\d)$/', emit: { key: '{1}' } }],
    lamps: { mode: 'perLamp', range: [1, 1], encode: { on: "'L1'", off: "'L0'" } },
    tests: [{ rx: "'K1\\r'", expect: [{ key: '1' }] }],
    ...more,
  });
}

type Answer = (sent: string, say: (text: string) => void) => void;

/** A port that is not there, on a clock moved by hand. `answer` is called for what the host writes. */
async function bench(more: object, answer: Answer = () => undefined, refuse?: Partial<OpenedPort>) {
  const clock = handClock();
  const said: string[] = [];
  const sent: string[] = [];
  let opened: PortListener | undefined;
  let opens = 0;
  const open: PortOpener = (_path, _settings, listener) => {
    opened = listener;
    opens += 1;
    const port: OpenedPort = {
      write: async (bytes) => {
        const text = Buffer.from(bytes).toString('latin1');
        sent.push(text);
        answer(text, (reply) => listener.onData(Buffer.from(reply, 'latin1')));
      },
      setPins: async () => undefined,
      readPins: async () => ({ cts: false, dsr: false, dcd: false }),
      rest: () => undefined,
      close: async () => undefined,
      ...refuse,
    };
    return Promise.resolve({ kind: 'open', port });
  };
  const link = startSerialLink({
    compiled: await compiledProfile(profile(more)),
    clock,
    find: async () => 'port',
    open,
    listener: {
      onEvent: (event) => said.push(JSON.stringify(event)),
      onState: (state, detail) => said.push(`${state}: ${detail}`),
      onTraffic: () => undefined,
      onTrouble: (doing, detail) => said.push(`trouble ${doing}: ${detail}`),
    },
  });
  await clock.pass(1);
  const say = (text: string): void => opened?.onData(Buffer.from(text, 'latin1'));
  return { link, clock, said, sent, say, opens: () => opens, gone: () => opened?.onGone('unplugged') };
}

test('init waits for its answers, keys are told, lamps are shown after it', async () => {
  const init = [
    { send: "'V\\r'", expect: '/^V/', timeoutMs: 500 },
    { send: "'E0\\r'", waitMs: 100 },
  ];
  const { clock, said, sent, say } = await bench({ init }, (text, reply) => text === 'V\r' && reply('V2\r\n'));
  expect(sent).toEqual(['V\r', 'E0\r']);
  await clock.pass(100);
  expect({ said, sent }).toEqual({ said: ['opening: port', 'ready: port'], sent: ['V\r', 'E0\r', 'L0'] });
  say('K4\r\n');
  expect(said.at(-1)).toBe('{"key":"4","edge":"press"}');
});

test('no answer to init: given up in words and tried again, ever more rarely', async () => {
  const { clock, said, opens } = await bench({ init: [{ send: "'V\\r'", expect: '/^V/', timeoutMs: 500 }] });
  await clock.pass(500);
  expect(said.at(-1)).toBe('lost: no answer to step 1 of init');
  await clock.pass(60_000);
  expect(opens()).toBeGreaterThan(8);
  expect(opens()).toBeLessThan(20);
});

test('three heartbeats without an answer are a loss; an answer in between forgives', async () => {
  const heartbeat = { send: "'P'", expect: '/^P$/', everyMs: 1000, missed: 3 };
  let beats = 0;
  const { clock, said } = await bench({ heartbeat }, (text, reply) => {
    if (text === 'P') beats += 1;
    if (text === 'P' && beats === 3) reply('P\r');
  });
  await clock.pass(5900);
  expect(said.at(-1)).toBe('ready: port');
  await clock.pass(3000);
  expect(said.filter((line) => line.startsWith('lost'))).toEqual(['lost: no answer to 3 heartbeats']);
});

test('silence is a loss where the profile says so', async () => {
  const { clock, said, say } = await bench({ heartbeat: { everyMs: 60_000, rxSilenceMs: 2000 } });
  await clock.pass(1500);
  say('K1\r');
  await clock.pass(1900);
  expect(said.some((line) => line.startsWith('lost'))).toBe(false);
  await clock.pass(200);
  expect(said).toContain('lost: nothing heard for 2000 ms');
});

test('an echo is stripped, and a key pressed right behind it is not', async () => {
  const serial = { baudRate: 9600, halfDuplexEcho: 'strip' };
  const { link, clock, said, say } = await bench({ serial }, (text, reply) => reply(`${text}K7\r`));
  await clock.pass(1);
  say('K1\r');
  expect(link.wish(1, 'on')).toBe(true);
  await clock.pass(30);
  expect(said.filter((line) => line.startsWith('{'))).toEqual([
    '{"key":"7","edge":"press"}',
    '{"key":"1","edge":"press"}',
    '{"key":"7","edge":"press"}',
  ]);
});

test('where the echo is the acknowledgement, its absence repeats the command', async () => {
  const serial = { baudRate: 9600, halfDuplexEcho: 'expect' };
  let writes = 0;
  const { clock, said, sent } = await bench({ serial }, (text, reply) => {
    writes += 1;
    if (writes === 2) reply(text);
  });
  await clock.pass(2000);
  expect(sent).toEqual(['L0', 'L0']);
  expect(said).toEqual(['opening: port', 'ready: port']);
});

test('a device that holds up the flow is lost, not waited for', async () => {
  const { clock, said } = await bench({}, undefined, { write: () => new Promise(() => undefined) });
  await clock.pass(2100);
  expect(said).toContain('lost: the device took no bytes for 2000 ms');
});

test('gone twice is gone once; the lamp is shown again on the next port', async () => {
  const { link, clock, said, sent, gone, opens } = await bench({});
  link.wish(1, 'on');
  await clock.pass(50);
  gone();
  gone();
  await clock.pass(300);
  expect({ said, sent, opens: opens() }).toEqual({
    said: ['opening: port', 'ready: port', 'lost: unplugged', 'opening: port', 'ready: port'],
    sent: ['L0', 'L1', 'L1'],
    opens: 2,
  });
});

test('close shows the safe state, is done once and nothing is said after it', async () => {
  const { link, clock, said, sent, say } = await bench({});
  link.wish(1, 'on');
  await clock.pass(50);
  await Promise.all([link.close(), link.close()]);
  say('K1\r');
  await clock.pass(60_000);
  expect({ said, sent }).toEqual({
    said: ['opening: port', 'ready: port', 'closed: '],
    sent: ['L0', 'L1', 'L0'],
  });
});

test('parity bits on a line that does not strip them: acknowledgements and echoes are heard without them', async () => {
  const parity = (text: string): string =>
    Array.from(text, (char) => {
      const isOdd = [...char.charCodeAt(0).toString(2)].filter((bit) => bit === '1').length % 2 === 1;
      return String.fromCharCode(char.charCodeAt(0) | (isOdd ? 0x80 : 0));
    }).join('');
  const serial = { baudRate: 9600, mask7: true, halfDuplexEcho: 'strip' };
  const ack = { expect: "'OK'", nak: '15', timeoutMs: 100, retries: 1 };
  const { link, clock, said, sent } = await bench({ serial, ack }, (text, reply) => reply(parity(`${text}OK`)));
  link.wish(1, 'on');
  await clock.pass(2_000);
  expect({ said, sent }).toEqual({ said: ['opening: port', 'ready: port'], sent: ['L0', 'L1'] });
});
