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

describe('what makers do their own way', { timeout: 60_000 }, () => {
  /** A modem whose list of calls is empty: what it says unasked has to do. */
  it.each([
    ['Huawei', ['^ORIG: 1,0', '^CONF: 1'], '^CONN: 1,0', '^CEND: 1,12,25'],
    ['SIMCom', ['RINGBACK'], 'VOICE CALL: BEGIN', 'VOICE CALL: END: 000005'],
    ['Neoway', ['ALERTING'], 'CONNECT', 'NO CARRIER'],
  ])('%s tells of a call in its own words', async (_, before, up, over) => {
    await ready();
    modem.on(/^ATD/, () => 'OK');
    bench.command({ kind: 'dial', callId: 'c1', number: '10086' });
    await modem.waitForAsked(/^ATD/);
    modem.say(...before, up);
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    modem.say(over);
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1').slice(-2)).toEqual(['established', 'ended hung-up-there']);
    expect(bench.callSteps('c1').includes('alerting')).toBe(before[0] !== 'RINGBACK');
  });

  it('no list of calls at all: dialled counts as up, and what the network says counts', async () => {
    await ready();
    modem.on(/^ATD/, () => 'OK');
    modem.on(/^AT\+CLCC$/, () => undefined);
    bench.command({ kind: 'dial', callId: 'c1', number: '10086' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    modem.say('BUSY');
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual(['established', 'ended busy-there']);
  });

  it('ATD that answers only when the call is up is broken off to hang up', async () => {
    await ready();
    modem.on(/^ATD/, () => []);
    modem.on(/^<CR>$/, () => 'NO CARRIER');
    bench.command({ kind: 'dial', callId: 'c1', number: '10086' });
    await modem.waitForAsked(/^ATD/);
    expect(bench.command({ kind: 'hang-up', callId: 'c1' })).toEqual({ kind: 'begun' });
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual(['ended hung-up-here']);
    expect(modem.asked.slice(-2)).toEqual(['<CR>', 'AT+CHUP']);
  });

  it('the caller is in the list of calls alone; digits come as +DTMF', async () => {
    await ready();
    let list: readonly string[] = ['+CLCC: 1,1,4,0,0,"8613800138000",145', 'OK'];
    modem.on(/^AT\+CLCC$/, () => list);
    modem.on(/^ATA$/, () => {
      list = ['+CLCC: 1,1,0,0,0,"8613800138000",145', 'OK'];
      return 'OK';
    });
    modem.say('RING');
    const { callId } = await bench.waitFor('modem-call-offered');
    expect(await bench.waitFor('modem-caller')).toMatchObject({ callId, remote: { number: '+8613800138000' } });
    bench.command({ kind: 'answer', callId });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    modem.say('+DTMF: 7', '+DTMF:#,160', '+DTMF:1400');
    await bench.waitFor('modem-digit', (event) => event.digit === '#');
    expect(bench.events.flatMap((event) => (event.kind === 'modem-digit' ? [event.digit] : []))).toEqual(['7', '#']);
  });

  it('a SIM that is put in later', async () => {
    modem.on(/^AT\+CPIN\?$/, () => '+CME ERROR: 10');
    bench = openModemBench(modem.path, 'mobile');
    await bench.waitFor('modem', (event) => event.state === 'failed');
    modem.on(/^AT\+CPIN\?$/, () => ['+CPIN: READY', 'OK']);
    modem.say('+CPIN: READY');
    await bench.waitFor('modem', isReady);
  });

  it('a SIM with a PUK, and one that is slow', async () => {
    let tries = 0;
    modem.on(/^AT\+CPIN\?$/, () => {
      tries += 1;
      return tries < 3 ? '+CME ERROR: SIM busy' : ['+CPIN: SIM PUK', 'OK'];
    });
    bench = openModemBench(modem.path, 'mobile');
    expect((await bench.waitFor('modem', (event) => event.state === 'failed')).detail).toContain('PUK');
    expect(bench.command({ kind: 'unlock', pin: '0000' })).toMatchObject({ kind: 'refused' });
  });

  it('a modem that falls back to what it was switched on as is set up again; its call is over', async () => {
    await ready();
    modem.on(/^ATD/, () => 'OK');
    modem.on(/^AT\+CLCC$/, () => ['+CLCC: 1,0,0,0,0,"10086",129', 'OK']);
    bench.command({ kind: 'dial', callId: 'c1', number: '10086' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    modem.on(/^AT\+CLCC$/, () => 'OK');
    const [since, asked] = [bench.events.length, modem.asked.length];
    modem.say('RDY', '+CFUN: 1', '+CPIN: READY', 'Call Ready');
    await modem.waitForAsked(/^AT\+CNMI=/, asked);
    await bench.waitFor('modem', isReady, since);
    expect(bench.callSteps('c1')).toEqual(['established', 'ended line-lost']);
  });

  it('a modem that tells nothing of SIM and network may dial: it will show', async () => {
    for (const command of [/^AT\+CPIN\?$/, /^AT\+C(?:E)?REG/, /^AT\+CSQ$/, /^AT\+COPS/, /^AT\+CG/]) {
      modem.on(command, () => undefined);
    }
    await ready();
    modem.on(/^ATD/, () => 'NO CARRIER');
    expect(bench.command({ kind: 'dial', callId: 'c1', number: '10086' })).toEqual({ kind: 'begun' });
    await bench.waitFor('modem-call', isEnded);
    expect(bench.part.info.name).toBe('Mobile modem');
  });
});
