import { parse, Submit, utils } from 'node-pdu';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cutText } from '../../../native/modem/gsm-text.ts';
import { mobileAnswers, type ScriptedModem, startScriptedModem } from '../../rig/scripted-modem.ts';
import { isReady, type ModemBench, openModemBench, openReadyModem } from './modem-bench.ts';

const { Header, Helper } = utils;
const hello = '07919730071111F1000B919746121611F10000811170021222230DC8329BFD6681EE6F399B1C02';
const other = '07914889200009F4040B914843807079F300006220813205908205CF35C84D00';
const helloText = { from: '+79642161111', text: 'Hello, world!', sentAt: Date.UTC(2018, 10, 7, 12, 21, 22) };

/** The messages of a long text as a network delivers them; the parts' time stamps are a second apart. */
function delivered(text: string, reference: number): readonly string[] {
  const { pieces } = cutText(text);
  return pieces.map((piece, index) => {
    const { length, result } = Helper.encode16Bit(piece);
    const header = new Header({ POINTER: reference, SEGMENTS: pieces.length, CURRENT: index + 1 }).toString();
    const size = Helper.toStringHex(length + 7);
    return `00440B813108108300F0000862112200000${index}23${size}${header}${result}`;
  });
}

let modem: ScriptedModem;
let bench: ModemBench;
/** What lies in the modem's memory. */
let memory: Map<number, string>;

beforeEach(async () => {
  modem = await startScriptedModem(mobileAnswers);
  memory = new Map();
  modem.on(/^AT\+CMGL=4$/, () => [
    ...[...memory].flatMap(([index, pdu]) => [`+CMGL: ${index},1,"",${pdu.length / 2 - 1}`, pdu]),
    'OK',
  ]);
  modem.on(/^AT\+CMGR=(\d+)$/, (found) => {
    const pdu = memory.get(Number(found[1]));
    return pdu === undefined ? '+CMS ERROR: 321' : [`+CMGR: 0,"",${pdu.length / 2 - 1}`, pdu, 'OK'];
  });
  modem.on(/^AT\+CMGD=(\d+)$/, (found) => (memory.delete(Number(found[1])) ? 'OK' : '+CMS ERROR: 321'));
  await modem.line.plug();
});
afterEach(async () => {
  await bench?.close();
  await modem.stop();
});

async function ready(): Promise<void> {
  bench = await openReadyModem(modem, 'mobile');
}
const texts = () => bench.events.filter((event) => event.kind === 'text-received');

describe('texts in', { timeout: 60_000 }, () => {
  it('kept in the memory: told, and deleted only when it is written down', async () => {
    await ready();
    memory.set(3, hello);
    modem.say('+CMTI: "SM",3');
    const { ref, ...told } = await bench.waitFor('text-received');
    expect(told).toEqual({ kind: 'text-received', id: 'modem', ...helloText });
    expect(memory.size).toBe(1);
    expect(bench.command({ kind: 'keep-text', ref })).toEqual({ kind: 'begun' });
    await modem.waitForAsked(/^AT\+CMGD=3$/);
    // The network brings it once more: it is known, and only deleted.
    memory.set(4, hello);
    modem.say('+CMTI: "SM",4');
    await modem.waitForAsked(/^AT\+CMGD=4$/);
    expect(texts()).toHaveLength(1);
  });

  it('what lay there at the start is told, and told again under the same ref by the next start', async () => {
    memory.set(7, hello);
    await ready();
    const first = await bench.waitFor('text-received');
    memory.set(8, other);
    modem.say('+CMTI: "SM",8');
    await bench.waitFor('text-received', (event) => event.text === 'Ok nè');
    expect(texts()).toHaveLength(2);
    const since = bench.events.length;
    await modem.line.unplug();
    await bench.waitFor('modem', (event) => event.state === 'absent');
    await modem.line.plug();
    const again = await bench.waitFor('text-received', undefined, since);
    await bench.close();
    bench = openModemBench(modem.path, 'mobile');
    const afterRestart = await bench.waitFor('text-received');
    expect([again.ref, afterRestart.ref]).toEqual([first.ref, first.ref]);
  });

  it('handed over in two lines, with a ring between them and while a command is under way', async () => {
    await ready();
    modem.on(/^AT\+CSQ$/, () => ['+CSQ: 15,0', '+CMT: "",32', hello, 'OK']);
    modem.say('+CREG: 1');
    expect(await bench.waitFor('text-received')).toMatchObject(helloText);
    modem.on(/^AT\+CSQ$/, () => ['+CSQ: 15,0', 'OK']);
    modem.say('+CMT: "",32', 'RING', other);
    await bench.waitFor('text-received', (event) => event.text === 'Ok nè');
    await bench.waitFor('modem-call-offered');
    expect(texts()).toHaveLength(2);
  });

  it('a long Chinese text in parts, out of order, is one text; its parts are deleted together', async () => {
    await ready();
    const long = '话务台收到一条很长的短信😀，'.repeat(20);
    const parts = delivered(long, 0x4711);
    expect(parts.length).toBe(5);
    for (const [place, part] of [2, 0, 4, 1, 3].entries()) {
      memory.set(10 + place, parts[part] ?? '');
      modem.say(`+CMTI: "SM",${10 + place}`);
    }
    const told = await bench.waitFor('text-received');
    expect([told.from, told.text]).toEqual(['13800138000', long]);
    expect(texts()).toHaveLength(1);
    bench.command({ kind: 'keep-text', ref: told.ref });
    await modem.waitForAsked(/^AT\+CMGD=14$/);
    expect(memory.size).toBe(0);
  });

  it('bytes that are no message are told as they came', async () => {
    memory.set(1, '0700');
    await ready();
    expect(await bench.waitFor('text-received')).toMatchObject({ from: '', text: '0700', sentAt: 0 });
    expect(bench.troubles).toEqual([expect.stringContaining('reading a text')]);
  });

  it('new texts go to another memory than the one that is read: it is chosen', async () => {
    modem.on(/^AT\+CPMS\?$/, () => ['+CPMS: "ME",0,20,"ME",0,20,"SM",1,20', 'OK']);
    modem.on(/^AT\+CPMS="SM","SM","SM"$/, () => ['+CPMS: 1,20,1,20,1,20', 'OK']);
    await ready();
    expect(modem.asked).toContain('AT+CPMS="SM","SM","SM"');
  });
});

/** The texts the modem was given at its prompt. */
const submitted = () =>
  modem.asked
    .filter((one) => one.startsWith('> '))
    .map((one) => {
      const read = parse(one.slice(2));
      return read instanceof Submit ? read.data.getText() : undefined;
    });

describe('texts out', { timeout: 60_000 }, () => {
  it('a long text goes out part by part at the prompt, is reported sent, then delivered', async () => {
    let reference = 40;
    modem.on(/^AT\+CMGS=\d+$/, () => '>');
    modem.on(/^> /, () => {
      reference += 1;
      return [`+CMGS: ${reference}`, 'OK'];
    });
    await ready();
    const long = '你好，世界。'.repeat(15);
    expect(bench.command({ kind: 'send-text', textId: 't1', to: '10086', text: long })).toEqual({ kind: 'begun' });
    await bench.waitFor('text-outcome', (event) => event.outcome === 'sent');
    expect(submitted().join('')).toBe(long);
    const lengths = modem.asked.flatMap((one) => /^AT\+CMGS=(\d+)$/.exec(one)?.[1] ?? []);
    const bodies = modem.asked.filter((one) => one.startsWith('> '));
    expect(lengths.map(Number)).toEqual(bodies.map((body) => (body.length - 2) / 2 - 1));
    const report = (mr: string): string => `0006${mr}0581 0180F6 62112200000023 62112210000023 00`.replaceAll(' ', '');
    modem.say('+CDS: 25', report('29'));
    modem.say('+CDS: 25', report('99'));
    modem.say('+CDS: 25', report('2A'));
    await bench.waitFor('text-outcome', (event) => event.outcome === 'delivered');
    expect(bench.events.filter((event) => event.kind === 'text-outcome')).toMatchObject([
      { textId: 't1', outcome: 'sent' },
      { textId: 't1', outcome: 'delivered' },
    ]);
  });

  it('refused by the network, with the cause; the next text goes out', async () => {
    modem.on(/^AT\+CMGS=\d+$/, () => '>');
    const answers: (readonly string[])[] = [['+CMS ERROR: 21'], ['+CMGS: 1', 'OK']];
    modem.on(/^> /, () => answers.shift());
    await ready();
    bench.command({ kind: 'send-text', textId: 't1', to: '10086', text: 'a' });
    bench.command({ kind: 'send-text', textId: 't2', to: '10086', text: 'b' });
    await bench.waitFor('text-outcome', (event) => event.textId === 't2');
    expect(bench.events.filter((event) => event.kind === 'text-outcome')).toMatchObject([
      { textId: 't1', outcome: 'failed', detail: 'the network refused it: CMS 21' },
      { textId: 't2', outcome: 'sent' },
    ]);
  });

  it('a network that is congested is tried again; one that is slow is waited for', async () => {
    modem.on(/^AT\+CMGS=\d+$/, () => '>');
    let tries = 0;
    modem.on(/^> /, () => {
      tries += 1;
      if (tries === 1) return '+CMS ERROR: 42';
      setTimeout(() => modem.say('+CMGS: 9', 'OK'), 3000);
      return [];
    });
    await ready();
    bench.command({ kind: 'send-text', textId: 't1', to: '10086', text: 'slow' });
    await bench.waitFor('text-outcome', (event) => event.outcome === 'sent');
    expect(submitted()).toEqual(['slow', 'slow']);
  });

  it('the modem is pulled out: what waits has failed before it is told absent, and does not go out later', async () => {
    modem.on(/^AT\+CMGS=\d+$/, () => '>');
    modem.on(/^> /, () => []);
    await ready();
    bench.command({ kind: 'send-text', textId: 't1', to: '10086', text: 'a' });
    bench.command({ kind: 'send-text', textId: 't2', to: '10086', text: 'b' });
    await modem.waitForAsked(/^> /);
    const since = bench.events.length;
    await modem.line.unplug();
    await bench.waitFor('modem', (event) => event.state === 'absent');
    expect(bench.events.slice(since)).toMatchObject([
      {
        kind: 'text-outcome',
        textId: 't1',
        outcome: 'failed',
        detail: 'the modem is gone; the text may have been sent',
      },
      { kind: 'text-outcome', textId: 't2', outcome: 'failed', detail: 'the modem is gone' },
      { kind: 'modem', state: 'absent' },
    ]);
    await modem.line.plug();
    await bench.waitFor('modem', isReady, since + 3);
    await modem.waitForAsked(/^AT\+CMGL=4$/, modem.asked.lastIndexOf('ATE0V1'));
    expect(submitted()).toHaveLength(1);
  });

  it('no prompt: the modem is asked for nothing else before it is known what it does', async () => {
    modem.on(/^AT\+CMGS=\d+$/, () => '+CMS ERROR: 302');
    await ready();
    bench.command({ kind: 'send-text', textId: 't1', to: '10086', text: 'a' });
    expect(await bench.waitFor('text-outcome')).toMatchObject({ outcome: 'failed' });
    expect(submitted()).toEqual([]);
  });

  it('numbers that are none are refused; with no network the text waits for it', async () => {
    modem.on(/^AT\+CREG\?$/, () => ['+CREG: 1,2', 'OK']);
    modem.on(/^AT\+CMGS=\d+$/, () => '>');
    modem.on(/^> /, () => ['+CMGS: 1', 'OK']);
    bench = openModemBench(modem.path, 'mobile');
    await bench.waitFor('modem', (event) => event.state === 'no-network');
    expect(bench.command({ kind: 'send-text', textId: 't1', to: 'mother', text: 'a' })).toMatchObject({
      kind: 'refused',
    });
    expect(bench.command({ kind: 'send-text', textId: 't2', to: '10086', text: 'later' })).toEqual({ kind: 'begun' });
    await modem.waitForAsked(/^AT\+CMGL=4$/);
    expect(submitted()).toEqual([]);
    modem.on(/^AT\+CREG\?$/, () => ['+CREG: 1,1', 'OK']);
    modem.say('+CREG: 1');
    await bench.waitFor('text-outcome', (event) => event.outcome === 'sent');
    expect(submitted()).toEqual(['later']);
  });
});
