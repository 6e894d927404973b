import { describe, expect, it } from 'vitest';
import type { ModemNotice } from '../../../native/modem/at-codes.ts';
import { type AtAnswer, commandsWaitingMax, createAtEngine } from '../../../native/modem/at-engine.ts';
import { handClock } from '../hand-clock.ts';

function bench() {
  const clock = handClock();
  const sent: string[] = [];
  const notices: ModemNotice[] = [];
  const events: string[] = [];
  const dead: string[] = [];
  const engine = createAtEngine(clock, {
    send: (bytes) => sent.push(Buffer.from(bytes).toString('latin1')),
    onNotice: (notice) => notices.push(notice),
    onEvent: (code) => events.push(code),
    onDead: (detail) => dead.push(detail),
  });
  const say = (text: string): void => engine.push(Buffer.from(text, 'latin1'));
  const lines = (...all: readonly string[]): void => say(all.map((text) => `\r\n${text}\r\n`).join(''));
  const answers: AtAnswer[] = [];
  const ask = (text: string, more: object = {}): void =>
    void engine.ask({ text, ...more }).then((answer) => answers.push(answer));
  return { clock, engine, sent, notices, events, dead, say, lines, answers, ask };
}

describe('AT engine', () => {
  it('one command at a time; the echo and empty lines are no answer', async () => {
    const { clock, sent, say, lines, answers, ask } = bench();
    ask('AT+CGMI');
    ask('AT+CGMM');
    expect(sent).toEqual(['AT+CGMI\r']);
    say('AT+CGMI\r\r\nSIM');
    say('COM\r\n\r\n\r\nOK\r\n');
    lines('ERROR');
    await clock.pass(0);
    expect(sent).toEqual(['AT+CGMI\r', 'AT+CGMM\r']);
    expect(answers).toEqual([
      { kind: 'ok', code: 'ok', lines: ['SIMCOM'] },
      { kind: 'refused', code: 'error', detail: 'ERROR', lines: [] },
    ]);
  });

  it('what is said unasked in the middle of an answer is no part of it, known or not', async () => {
    const { clock, notices, lines, answers, ask } = bench();
    ask('AT+CMGR=3', { answers: ['+CMGR'] });
    lines('+CMGR: 0,,24', '+CGEV: ME PDN DEACT 1', '+CMTI: "SM",5', '^RSSI: 12', '0791', '+CUSD: 4', 'OK');
    ask('AT+CGMM');
    lines('+CSSU: 2', '+CGMM: "E173"', 'OK');
    await clock.pass(0);
    expect(answers).toMatchObject([{ lines: ['+CMGR: 0,,24', '0791'] }, { lines: ['+CGMM: "E173"'] }]);
    expect(notices).toContainEqual({ kind: 'text-stored', memory: 'SM', index: 5 });
  });

  it('a late answer does not answer the next command', async () => {
    const { clock, sent, lines, answers, ask } = bench();
    ask('AT+COPS=?', { deadlineMs: 1000 });
    ask('AT+CSQ', { answers: ['+CSQ'] });
    await clock.pass(1001);
    expect([answers, sent]).toEqual([[{ kind: 'late' }], ['AT+COPS=?\r', 'ATS3?\r']]);
    // The late answer, with a line of its own; then what was asked for.
    lines('+COPS: (2,"A")', 'OK');
    await clock.pass(10);
    expect(sent).toHaveLength(2);
    lines('013', 'OK');
    await clock.pass(0);
    expect(sent.at(-1)).toBe('AT+CSQ\r');
    lines('+CSQ: 9,0', 'OK');
    await clock.pass(0);
    expect(answers[1]).toEqual({ kind: 'ok', code: 'ok', lines: ['+CSQ: 9,0'] });
  });

  it('a modem without S3: quiet until the deadline is good enough', async () => {
    const { clock, sent, lines, ask, dead } = bench();
    ask('AT+X', { deadlineMs: 1000 });
    ask('AT+Y');
    await clock.pass(1001);
    lines('OK', 'ERROR');
    await clock.pass(2000);
    expect(sent.at(-1)).toBe('ATS3?\r');
    await clock.pass(1500);
    expect([sent.at(-1), dead]).toEqual(['AT+Y\r', []]);
  });

  it('a modem that says nothing is dead after three tries; what waits is dropped at the end', async () => {
    const { clock, engine, sent, answers, ask, dead } = bench();
    ask('AT');
    ask('ATI');
    await clock.pass(60_000);
    expect([sent, dead]).toEqual([['AT\r', 'ATS3?\r', 'ATS3?\r', 'ATS3?\r'], ['no answer to 3 commands']]);
    engine.end();
    ask('AT');
    await clock.pass(0);
    expect(answers).toEqual([{ kind: 'late' }, { kind: 'dropped' }, { kind: 'dropped' }]);
  });

  it('the prompt has no line end; without it the text is given up and the modem led out of it', async () => {
    const { clock, sent, say, lines, answers, ask } = bench();
    ask('AT+CMGS=20', { body: 'PDU1', answers: ['+CMGS'], deadlineMs: 60_000 });
    say('\r\n>');
    expect(sent.at(-1)).toBe('PDU1\x1a');
    await clock.pass(30_000);
    say(' PDU1');
    lines('+CMGS: 7', 'OK');
    ask('AT+CMGS=20', { body: 'PDU2' });
    await clock.pass(10_001);
    expect(sent.slice(2)).toEqual(['AT+CMGS=20\r', '\x1b', 'ATS3?\r']);
    // A prompt that comes now is for nothing.
    say('\r\n> ');
    expect(sent).toHaveLength(5);
    expect(answers).toEqual([{ kind: 'ok', code: 'ok', lines: ['+CMGS: 7'] }, { kind: 'late' }]);
  });

  it('what comes unasked is told, also within an answer; NO CARRIER answers only who dials', async () => {
    const { clock, lines, answers, ask, notices } = bench();
    ask('AT+CMGL=4', { answers: ['+CMGL'] });
    lines('+CMGL: 1,1,,20', 'RING', '+CLIP: "10086",129', '0011', 'NO CARRIER', 'OK');
    ask('ATD10086;', { isCall: true });
    lines('NO CARRIER');
    await clock.pass(0);
    expect(notices).toEqual([
      { kind: 'ring' },
      { kind: 'caller', number: '10086', name: '', validity: 'valid' },
      { kind: 'call-result', code: 'no-carrier' },
    ]);
    expect(answers).toEqual([
      { kind: 'ok', code: 'ok', lines: ['+CMGL: 1,1,,20', '0011'] },
      { kind: 'refused', code: 'no-carrier', detail: 'NO CARRIER', lines: [] },
    ]);
  });

  it('registration asked for is an answer, unasked a notice', async () => {
    const { clock, lines, answers, ask, notices } = bench();
    ask('AT+CREG?', { answers: ['+CREG'] });
    lines('+CREG: 2,5,"1A2B","00C3"', 'OK');
    lines('+CREG: 1,"12","34"', '+CEREG: 0', '+CGREG: 2,3');
    await clock.pass(0);
    expect(answers).toMatchObject([{ lines: ['+CREG: 2,5,"1A2B","00C3"'] }]);
    expect(notices).toEqual([
      { kind: 'registration', status: 1 },
      { kind: 'registration', status: 0 },
      { kind: 'registration', status: 3 },
    ]);
  });

  it('shielded events come in the middle of lines; busy and dial tone are told once while they last', async () => {
    const { clock, say, lines, events, notices } = bench();
    say('RI\x105NG\r\n\x10b\x10\x03');
    await clock.pass(4000);
    say('\x10b\x10d');
    await clock.pass(4000);
    say('\x10b\x10d');
    await clock.pass(7000);
    say('\x10');
    say('b');
    lines('RING');
    expect(events).toEqual(['5', 'b', '\x03', 'd', 'b']);
    expect(notices).toEqual([{ kind: 'ring' }, { kind: 'ring' }]);
  });

  it('what is urgent goes before what waits, in its own order', async () => {
    const { clock, sent, lines, ask } = bench();
    for (const text of ['AT+A', 'AT+B']) ask(text);
    for (const text of ['AT+VTS=1', 'AT+VTS=2']) ask(text, { isUrgent: true });
    for (let count = 0; count < 3; count += 1) {
      lines('OK');
      await clock.pass(0);
    }
    expect(sent).toEqual(['AT+A\r', 'AT+VTS=1\r', 'AT+VTS=2\r', 'AT+B\r']);
  });

  it('dialling is broken off by a character', async () => {
    const { clock, engine, sent, lines, answers, ask } = bench();
    ask('AT+CSQ');
    engine.interrupt();
    lines('OK');
    ask('ATDT5551234', { isCall: true, deadlineMs: 60_000 });
    engine.interrupt();
    expect(sent).toEqual(['AT+CSQ\r', 'ATDT5551234\r', '\r']);
    lines('NO CARRIER');
    await clock.pass(0);
    expect(answers[1]).toMatchObject({ kind: 'refused', code: 'no-carrier' });
  });

  it('a queue without end is refused', async () => {
    const { clock, answers, ask } = bench();
    for (let count = 0; count < commandsWaitingMax + 3; count += 1) ask('AT');
    await clock.pass(0);
    expect(answers).toEqual([{ kind: 'dropped' }, { kind: 'dropped' }]);
  });
});
