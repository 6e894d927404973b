import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { analogAnswers, type ScriptedModem, startScriptedModem } from '../../rig/scripted-modem.ts';
import { isEnded, isReady, type ModemBench, openReadyModem } from './modem-bench.ts';

let modem: ScriptedModem;
let bench: ModemBench;

const dle = '\x10';

beforeEach(async () => {
  modem = await startScriptedModem(analogAnswers);
  await modem.line.plug();
});
afterEach(async () => {
  await bench?.close();
  await modem.stop();
});

async function ready(): Promise<void> {
  bench = await openReadyModem(modem, 'analog');
}

describe('an analog modem on the real serialport', { timeout: 60_000 }, () => {
  it('is set up for callers and voice, by the newer words or the older', async () => {
    modem.on(/^AT\+VCID=1$/, () => undefined);
    modem.on(/^AT#CID=1$/, () => 'OK');
    await ready();
    expect(bench.part.info).toMatchObject({ name: 'ROCKWELL RCV56DPF-PLL L8571A', firmware: 'V1.100-V90_2M_DLS' });
    expect(modem.asked).toContain('AT#CID=1');
    expect(bench.command({ kind: 'unlock', pin: '0000' })).toMatchObject({ kind: 'refused' });
    expect(bench.command({ kind: 'send-text', textId: 't', to: '1', text: 'x' })).toMatchObject({ kind: 'refused' });
  });

  /** What the manuals print between the first and the second ring (facts/serial.md section 3.1; Askey 1456VQH manual). */
  it.each([
    [
      'a formatted block with spaces',
      ['RING', '', 'DATE = 0321', 'TIME = 1405', 'NMBR = 504551234', 'NAME = A N OTHER'],
      { number: '504551234', displayName: 'A N OTHER' },
      'no',
    ],
    [
      'one without spaces, name first',
      ['RING', 'NAME=SMITH', 'NMBR=5551234'],
      { number: '5551234', displayName: 'SMITH' },
      'no',
    ],
    ['a withheld number', ['RING', 'NMBR = P', 'NAME = P'], { number: '', displayName: '' }, 'private'],
    ['one the network does not know', ['RING', 'NMBR = O'], { number: '', displayName: '' }, 'out-of-area'],
    [
      'the whole packet in hex (ME Labs’ example)',
      ['RING', 'MESG = 8020010830333234303930320708 4A4F484E20444F45020A383030353535313231327D'],
      { number: '8005551212', displayName: 'JOHN DOE' },
      'no',
    ],
    [
      'a single message in hex (Askey’s example)',
      ['RING', 'MESG = 0412303332323234303539313435353132333435'],
      { number: '9145512345', displayName: '' },
      'no',
    ],
    ['one parameter in hex: withheld', ['RING', 'MESG = 040150'], { number: '', displayName: '' }, 'private'],
    [
      'a parameter nobody knows',
      ['RING', 'MESG = 06034242431', 'NMBR = 5551234'],
      { number: '5551234', displayName: '' },
      'no',
    ],
    ['before the first ring', ['NMBR = 5551234', 'RING'], { number: '5551234', displayName: '' }, 'no'],
    ['rings told by DLE', [`${dle}R`, 'NMBR = 5551234'], { number: '5551234', displayName: '' }, 'no'],
  ])('the caller: %s', async (_, lines, remote, withheld) => {
    await ready();
    modem.say(...lines);
    expect(await bench.waitFor('modem-call-offered')).toMatchObject({ remote, withheld });
  });

  it('a caller told late, distinctive ring, and giving up', async () => {
    await ready();
    modem.say('DRON=8', 'DROF=4', 'DRON=8', 'RING');
    const { callId, ...offer } = await bench.waitFor('modem-call-offered');
    expect(offer).toMatchObject({
      remote: { number: '', displayName: '' },
      withheld: 'no',
      cadenceMs: [800, 400, 800],
    });
    modem.say('NMBR = 5551234');
    modem.say('NAME = LATE');
    await bench.waitFor('modem-caller', (event) => event.remote.displayName === 'LATE');
    expect(bench.events.filter((event) => event.kind === 'modem-caller')).toEqual([
      { kind: 'modem-caller', id: 'modem', callId, remote: { number: '5551234', displayName: '' }, withheld: 'no' },
      { kind: 'modem-caller', id: 'modem', callId, remote: { number: '5551234', displayName: 'LATE' }, withheld: 'no' },
    ]);
    // No ring any more: it takes the six seconds between two rings to know.
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps(callId)).toEqual(['ended cancelled']);
    // The next caller has nothing of this one; a ring right after the last is still the old call's.
    const timer = setInterval(() => modem.say('RING', 'NMBR = P'), 400);
    const next = await bench.waitFor('modem-call-offered', (event) => event.callId !== callId);
    clearInterval(timer);
    expect([next.remote, next.withheld]).toEqual([{ number: '', displayName: '' }, 'private']);
  });

  it('answered, digits heard, busy tone: they hung up', async () => {
    await ready();
    modem.on(/^ATA$/, () => 'VCON');
    modem.say('RING');
    const { callId } = await bench.waitFor('modem-call-offered');
    bench.command({ kind: 'answer', callId });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    // Plain, and held down as V.253 has it: start, repeats, end. A shielded 0x10 is none.
    modem.sayRaw(`${dle}5${dle}5${dle}/${dle}7${dle}7${dle}7${dle}~${dle}${dle}7${dle}*`);
    await bench.waitFor('modem-digit', (event) => event.digit === '*');
    modem.sayRaw(`${dle}b`);
    modem.sayRaw(`${dle}b${dle}b`);
    await bench.waitFor('modem-call', isEnded);
    expect(bench.events.flatMap((event) => (event.kind === 'modem-digit' ? [event.digit] : []))).toEqual([
      '5',
      '5',
      '7',
      '*',
    ]);
    expect(bench.callSteps(callId)).toEqual(['answering', 'established', 'ended hung-up-there']);
    expect(modem.asked.filter((one) => one === 'ATH')).toHaveLength(1);
  });

  it('dialled, rings there, answered, hung up here', async () => {
    await ready();
    modem.on(/^ATDT5551234$/, () => 'RINGING');
    bench.command({ kind: 'dial', callId: 'c1', number: '+555-1234' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'alerting');
    modem.say('RINGING', 'VCON');
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    bench.command({ kind: 'hang-up', callId: 'c1' });
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual(['alerting', 'established', 'ended hung-up-here']);
    expect(modem.asked.at(-1)).toBe('ATH');
  });

  it('dialling broken off here', async () => {
    await ready();
    modem.on(/^ATDT/, () => 'RINGING');
    modem.on(/^<CR>$/, () => 'NO CARRIER');
    bench.command({ kind: 'dial', callId: 'c1', number: '5551234' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'alerting');
    bench.command({ kind: 'hang-up', callId: 'c1' });
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual(['alerting', 'ended hung-up-here']);
  });

  it.each([
    ['BUSY', 'ended busy-there'],
    ['NO CARRIER', 'ended no-answer'],
    ['NO ANSWER', 'ended no-answer'],
    ['NO DIAL TONE', 'ended failed'],
    ['DELAYED 00:30', 'ended refused-there'],
  ])('a call that comes to nothing: %s', async (code, steps) => {
    await ready();
    modem.on(/^ATDT/, () => code);
    bench.command({ kind: 'dial', callId: 'c1', number: '5551234' });
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual([steps]);
    const state = await bench.waitFor(
      'modem',
      isReady,
      bench.events.findIndex((event) => event.kind === 'modem-call'),
    );
    expect(state.detail.includes('dial tone')).toBe(code === 'NO DIAL TONE');
  });

  it('busy told as a tone while it dials', async () => {
    await ready();
    modem.on(/^ATDT/, () => []);
    modem.on(/^<CR>$/, () => 'OK');
    bench.command({ kind: 'dial', callId: 'c1', number: '5551234' });
    await modem.waitForAsked(/^ATDT/);
    // The dial tone before dialling is none of the call's.
    modem.sayRaw(`${dle}d${dle}b`);
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps('c1')).toEqual(['ended busy-there']);
    expect(modem.asked.slice(-2)).toEqual(['<CR>', 'ATH']);
  });

  it('the telephone beside it is lifted and put back', async () => {
    await ready();
    modem.say('RING');
    const { callId } = await bench.waitFor('modem-call-offered');
    modem.sayRaw(`${dle}H`);
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    modem.sayRaw(`${dle}h`);
    await bench.waitFor('modem-call', isEnded);
    expect(bench.callSteps(callId)).toEqual(['established', 'ended hung-up-here']);
  });

  it('without a voice mode it dials for the telephone, and answers nothing', async () => {
    modem.on(/^AT\+FCLASS=8$/, () => undefined);
    modem.on(/^ATDT5551234;$/, () => 'OK');
    await ready();
    expect(bench.events.at(-1)).toMatchObject({ detail: 'it has no voice mode: answer with the telephone beside it' });
    bench.command({ kind: 'dial', callId: 'c1', number: '5551234' });
    await bench.waitFor('modem-call', (event) => event.event.kind === 'established');
    bench.command({ kind: 'hang-up', callId: 'c1' });
    await bench.waitFor('modem-call', isEnded);
    modem.say('RING');
    const { callId } = await bench.waitFor('modem-call-offered');
    expect(bench.command({ kind: 'answer', callId })).toMatchObject({ kind: 'refused' });
    expect(modem.asked).not.toContain('ATA');
  });

  it('pulled out while it rings', async () => {
    await ready();
    modem.say('RING');
    const { callId } = await bench.waitFor('modem-call-offered');
    await modem.line.unplug();
    await bench.waitFor('modem', (event) => event.state === 'absent');
    expect(bench.callSteps(callId)).toEqual(['ended line-lost']);
  });
});
