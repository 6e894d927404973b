import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { mobileAnswers, type ScriptedModem, startScriptedModem } from '../../rig/scripted-modem.ts';
import { isEnded, isReady, type ModemBench, openModemBench, openReadyModem } from './modem-bench.ts';

let modem: ScriptedModem;
let bench: ModemBench;

beforeEach(async () => {
  modem = await startScriptedModem(mobileAnswers);
  await modem.line.plug();
});
afterEach(async () => {
  await bench?.close();
  await modem.stop();
});

async function ready(): Promise<void> {
  bench = await openReadyModem(modem, 'mobile');
}

describe('a mobile modem on the real serialport', { timeout: 60_000 }, () => {
  it('is set up, and tells model, operator and signal', async () => {
    await ready();
    expect(await bench.waitFor('modem', isReady)).toEqual({
      kind: 'modem',
      id: 'modem',
      state: 'ready',
      operator: 'CHINA MOBILE',
      signal: 22 / 31,
      detail: '',
    });
    expect(bench.part.info).toMatchObject({
      name: 'SIMCOM_Ltd SIMCOM_SIM800L',
      firmware: '1418B05SIM800L24',
      state: { kind: 'open' },
      kind: 'modem',
    });
    expect(modem.asked.slice(0, 5)).toEqual(['AT', 'ATE0V1', 'ATS0=0', 'AT+CMEE=2', 'AT+CGMI']);
  });

  it('asks for the PIN, tries each once, and goes on when it is right', async () => {
    let isLocked = true;
    modem.on(/^AT\+CPIN\?$/, () => [isLocked ? '+CPIN: SIM PIN' : '+CPIN: READY', 'OK']);
    modem.on(/^AT\+CPIN="(\d+)"$/, (found) => {
      if (found[1] !== '4711') return '+CME ERROR: incorrect password';
      isLocked = false;
      return 'OK';
    });
    bench = openModemBench(modem.path, 'mobile');
    await bench.waitFor('modem', (event) => event.state === 'needs-pin');
    expect(bench.part.info.state).toMatchObject({ kind: 'problem', problem: 'needs-pin' });
    expect(bench.command({ kind: 'dial', callId: 'c1', number: '10086' })).toMatchObject({ kind: 'refused' });
    expect(bench.command({ kind: 'unlock', pin: '0000' })).toEqual({ kind: 'begun' });
    await bench.waitFor('modem', (event) => event.detail.includes('did not take this PIN'));
    expect(bench.command({ kind: 'unlock', pin: '0000' })).toMatchObject({ kind: 'refused' });
    expect(modem.asked.filter((one) => one.startsWith('AT+CPIN='))).toEqual(['AT+CPIN="0000"']);
    expect(bench.command({ kind: 'unlock', pin: '4711' })).toEqual({ kind: 'begun' });
    await bench.waitFor('modem', isReady);
  });

  it('no SIM is said in words', async () => {
    modem.on(/^AT\+CPIN\?$/, () => '+CME ERROR: SIM not inserted');
    bench = openModemBench(modem.path, 'mobile');
    expect(await bench.waitFor('modem', (event) => event.state === 'failed')).toMatchObject({
      detail: 'no SIM card in the modem',
    });
  });

  it('older words: causes in numbers, registration on LTE alone, no CSQ value', async () => {
    modem.on(/^AT\+CMEE=2$/, () => undefined);
    modem.on(/^AT\+CREG\?$/, () => ['+CREG: 0,0', 'OK']);
    modem.on(/^AT\+CEREG\?$/, () => ['+CEREG: 0,5', 'OK']);
    modem.on(/^AT\+CSQ$/, () => ['+CSQ: 99,99', 'OK']);
    await ready();
    expect(await bench.waitFor('modem', isReady)).toMatchObject({ signal: null });
    await modem.waitForAsked(/^AT\+CMEE=1$/);
  });

  it('the network goes and comes', async () => {
    await ready();
    modem.on(/^AT\+CREG\?$/, () => ['+CREG: 1,2', 'OK']);
    modem.say('+CREG: 2');
    expect(await bench.waitFor('modem', (event) => event.state === 'no-network')).toMatchObject({
      detail: 'searching for a network',
      operator: '',
    });
    const since = bench.events.length;
    modem.on(/^AT\+CREG\?$/, () => ['+CREG: 1,5', 'OK']);
    modem.say('+CREG: 5');
    await bench.waitFor('modem', isReady, since);
  });

  it('dials out: dialled, rings there, answered, digits, ended there', async () => {
    await ready();
    let state = '';
    modem.on(/^ATD10086;$/, () => {
      state = '2';
      return 'OK';
    });
    modem.on(/^AT\+CLCC$/, () => (state === '' ? 'OK' : [`+CLCC: 1,0,${state},0,0,"10086",129,""`, 'OK']));
    modem.on(/^AT\+VTS=/, () => 'OK');
    expect(bench.command({ kind: 'dial', callId: 'c1', number: '100-86' })).toEqual({ kind: 'begun' });
    expect(bench.command({ kind: 'dial', callId: 'c2', number: '10086' })).toMatchObject({ kind: 'refused' });
    await bench.waitFor('modem', (event) => event.state === 'busy');
    await modem.waitForAsked(/^ATD10086;$/);
    await modem.waitForAsked(/^AT\+CLCC$/, modem.asked.indexOf('ATD10086;'));
    expect(bench.callSteps('c1')).toEqual([]);
    state = '3';
    await bench.waitFor('modem-call', (event) => event.event.kind === 'alerting');
    state = '0';
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    expect(bench.command({ kind: 'digits', callId: 'c1', digits: '1*#' })).toEqual({ kind: 'begun' });
    await modem.waitForAsked(/^AT\+VTS=#$/);
    state = '';
    modem.say('NO CARRIER');
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual(['alerting', 'established', 'ended hung-up-there']);
    expect(modem.asked.filter((one) => one.startsWith('AT+VTS'))).toEqual(['AT+VTS=1', 'AT+VTS=*', 'AT+VTS=#']);
    const since = bench.events.findIndex((event) => event.kind === 'modem-call' && event.event.kind === 'ended');
    await bench.waitFor('modem', isReady, since);
  });

  it.each([
    ['BUSY', 'ended busy-there'],
    ['NO ANSWER', 'ended no-answer'],
    ['NO CARRIER', 'ended failed'],
    ['NO DIALTONE', 'ended failed'],
    ['+CME ERROR: 30', 'ended failed'],
  ])('a call that comes to nothing: %s', async (code, steps) => {
    await ready();
    modem.on(/^ATD/, () => code);
    bench.command({ kind: 'dial', callId: 'c1', number: '+8610086' });
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual([steps]);
    expect(modem.asked).toContain('ATD+8610086;');
  });

  it('busy told after OK, and a call that vanishes from the list', async () => {
    await ready();
    let list: readonly string[] = ['+CLCC: 1,0,2,0,0,"10086",129', 'OK'];
    modem.on(/^ATD/, () => 'OK');
    modem.on(/^AT\+CLCC$/, () => list);
    bench.command({ kind: 'dial', callId: 'c1', number: '10086' });
    await modem.waitForAsked(/^ATD10086;$/);
    await modem.waitForAsked(/^AT\+CLCC$/, modem.asked.indexOf('ATD10086;'));
    modem.say('BUSY');
    await bench.waitFor('modem-call', isEnded);
    list = ['+CLCC: 1,0,0,0,0,"10086",129', '+CLCC: 2,0,0,1,0,"",129', 'OK'];
    bench.command({ kind: 'dial', callId: 'c2', number: '10086' });
    await bench.waitFor('modem-call', (event) => event.callId === 'c2' && event.event.kind === 'established');
    // The data connection of a 4G modem stays.
    list = ['+CLCC: 2,0,0,1,0,"",129', 'OK'];
    await bench.waitFor('modem-call', (event) => event.callId === 'c2' && isEnded(event));
    expect([bench.callSteps('c1'), bench.callSteps('c2')]).toEqual([
      ['ended busy-there'],
      ['established', 'ended hung-up-there'],
    ]);
  });

  it('service codes are not dialled', async () => {
    await ready();
    for (const number of ['*#21#', '**21*123#', 'ATH', '']) {
      expect(bench.command({ kind: 'dial', callId: 'c1', number })).toMatchObject({ kind: 'refused' });
    }
    expect(bench.events.some((event) => event.kind === 'modem-call')).toBe(false);
  });

  it('a call comes in, is answered and hung up here; a second caller is sent away', async () => {
    await ready();
    let list: readonly string[] = ['+CLCC: 1,1,4,0,0,"13800138000",129', 'OK'];
    modem.on(/^AT\+CLCC$/, () => list);
    modem.on(/^ATA$/, () => {
      list = ['+CLCC: 1,1,0,0,0,"13800138000",129', 'OK'];
      return 'OK';
    });
    modem.say('RING', '+CLIP: "8613800138000",145,"",0,"Wang",0');
    const { callId, ...offer } = await bench.waitFor('modem-call-offered');
    expect(offer).toEqual({
      kind: 'modem-call-offered',
      id: 'modem',
      remote: { number: '+8613800138000', displayName: 'Wang' },
      withheld: 'no',
    });
    modem.say('RING', '+CLIP: "8613800138000",145,"",0,"Wang",0');
    expect(bench.command({ kind: 'answer', callId: 'another' })).toMatchObject({ kind: 'refused' });
    expect(bench.command({ kind: 'answer', callId })).toEqual({ kind: 'begun' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    list = [...list.slice(0, 1), '+CLCC: 2,1,5,0,0,"10010",129', 'OK'];
    modem.say('+CCWA: "10010",129,1');
    const second = await bench.waitFor('modem-call-offered', (event) => event.callId !== callId);
    expect(second.remote.number).toBe('10010');
    await bench.waitFor('modem-call', (event) => event.callId === second.callId && isEnded(event));
    list = list.slice(0, 1).concat('OK');
    expect(modem.asked.filter((one) => one === 'AT+CHLD=0')).toHaveLength(1);
    bench.command({ kind: 'hang-up', callId });
    await bench.waitFor('modem-call', (event) => event.callId === callId && isEnded(event));
    // What the modem says of it afterwards is no news.
    modem.say('NO CARRIER');
    await modem.waitForAsked(/^AT\+CHUP$/);
    expect([bench.callSteps(callId), bench.callSteps(second.callId)]).toEqual([
      ['answering', 'established', 'ended hung-up-here'],
      ['ended declined-here'],
    ]);
  });

  it('a caller who gives up, one who is declined, one who withholds the number', async () => {
    await ready();
    let list: readonly string[] = ['+CLCC: 1,1,4,0,0', 'OK'];
    modem.on(/^AT\+CLCC$/, () => list);
    modem.say('+CRING: VOICE', '+CLIP: "",128,,,,1');
    const first = await bench.waitFor('modem-call-offered');
    expect([first.withheld, first.remote.number]).toEqual(['private', '']);
    list = ['OK'];
    modem.say('NO CARRIER');
    await bench.waitFor('modem-call', (event) => event.callId === first.callId && isEnded(event));
    list = ['+CLCC: 1,1,4,0,0', 'OK'];
    const second = await ringsUntilOffered(first.callId);
    modem.on(/^AT\+CHUP$/, () => {
      list = ['OK'];
      return 'OK';
    });
    bench.command({ kind: 'hang-up', callId: second.callId });
    await bench.waitFor('modem-call', (event) => event.callId === second.callId && isEnded(event));
    expect([bench.callSteps(first.callId), bench.callSteps(second.callId)]).toEqual([
      ['ended cancelled'],
      ['ended declined-here'],
    ]);
  });

  /** Right after a call that was not taken a ring may be its last. */
  async function ringsUntilOffered(before: string) {
    const timer = setInterval(() => modem.say('RING'), 500);
    try {
      return await bench.waitFor('modem-call-offered', (event) => event.callId !== before);
    } finally {
      clearInterval(timer);
    }
  }

  it('pulled out in mid-call: the call is over, line lost, and the modem is set up again when it is back', async () => {
    await ready();
    modem.on(/^ATD/, () => 'OK');
    modem.on(/^AT\+CLCC$/, () => ['+CLCC: 1,0,0,0,0,"10086",129', 'OK']);
    bench.command({ kind: 'dial', callId: 'c1', number: '10086' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    await modem.line.unplug();
    await bench.waitFor('modem', (event) => event.state === 'absent');
    expect(bench.callSteps('c1')).toEqual(['established', 'ended line-lost']);
    expect(bench.part.info.state).toMatchObject({ kind: 'problem', problem: 'not-plugged-in' });
    expect(bench.command({ kind: 'dial', callId: 'c2', number: '10086' })).toMatchObject({ kind: 'refused' });
    modem.on(/^AT\+CLCC$/, () => 'OK');
    const since = bench.events.length;
    await modem.line.plug();
    await bench.waitFor('modem', isReady, since);
  });

  it('garbage between answers and in mid-line changes nothing', async () => {
    modem.on(/^AT\+CSQ$/, () => ['\x00\xff\x80', '+CSQ: 15,0', '\x10\x10\x1b[2J', 'OK']);
    modem.on(/^AT\+COPS\?$/, () => ['^RSSI: 14', '+COPS: 0,0,"46000"', 'RDY', 'OK']);
    await ready();
    modem.sayRaw('\r\n+CMT');
    modem.sayRaw(`${'\xfe'.repeat(5000)}\r\n`);
    modem.sayRaw('\r\nRI');
    modem.sayRaw('NG\r\n');
    await bench.waitFor('modem-call-offered');
    expect(await bench.waitFor('modem', isReady)).toMatchObject({ operator: '46000', signal: 15 / 31 });
  });

  it('a modem that stops answering is opened anew; its late answers answer nothing', async () => {
    await ready();
    let isDeaf = true;
    modem.on(/^AT/, () => (isDeaf ? [] : ['013', 'OK']));
    modem.say('+CREG: 2');
    expect(await bench.waitFor('modem', (event) => event.state === 'failed')).toMatchObject({
      detail: 'the modem does not answer',
    });
    expect(bench.part.info.state).toMatchObject({ kind: 'problem', problem: 'no-answer' });
    isDeaf = false;
    for (const [command, answer] of Object.entries(mobileAnswers)) {
      modem.on(new RegExp(`^${command.replaceAll(/[+?=]/g, '\\$&')}$`), () => answer);
    }
    const since = bench.events.length;
    await bench.waitFor('modem', isReady, since);
  });
});
