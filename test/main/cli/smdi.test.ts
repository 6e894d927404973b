import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startSerialPair } from '../../rig/serial-pair.ts';
import { type Run, runProgram } from './run-program.ts';

const hookline = fileURLToPath(new URL('../../../main/cli/hookline.ts', import.meta.url));

function smdi(args: readonly string[], input: string | Uint8Array = ''): Promise<Run> {
  return runProgram(hookline, ['smdi', ...args], input);
}

const recording = '\r\nMD0010007B0003401 0003500 \r\n\x19OP:MWI 0003401!\x04\r\nMWI0003401 INV\r\n\x19';
const lines = [
  '{"kind":"desk-message","message":{"desk":"001","terminal":"0007","reason":"forwarded-busy","letter":"B","forwardedFrom":"3401","calling":"3500"}}',
  '{"kind":"lamp-asked","number":"3401","isOn":true}',
  '{"kind":"lamp-failed","number":"3401","cause":"INV"}',
];

/** A monitor that is told what to type, and says line by line what it saw. */
function monitor(port: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, [hookline, 'smdi', 'monitor', port, ...args]);
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    said,
    type: (text: string) => void child.stdin.write(`${text}\n`),
    stop: () => {
      child.kill('SIGINT');
      return exited;
    },
  };
}

// Each run starts a Node: 0.3 s alone, several under a whole suite on two cores.
describe('hookline smdi', { timeout: 60_000 }, () => {
  it('decode: both directions as JSON lines, from bytes and from hex', async () => {
    const out = `${lines.join('\n')}\n`;
    expect(await smdi(['decode', '-'], recording)).toEqual({ code: 0, out, err: '3 messages\n' });
    const hex = Buffer.from(recording).toString('hex').toUpperCase().replaceAll(/(..)/g, '$1 ');
    expect(await smdi(['decode', '--hex', '-'], hex)).toEqual({ code: 0, out, err: '3 messages\n' });
  });

  it('decode: the width of the link decides what is padding; what is unreadable is shown and counted', async () => {
    const run = await smdi(['decode', '--digits', '10', '-'], 'xyMD00100MWI0003401 BLK\r\nOP:MWI 0000003500!\x04');
    expect(run).toEqual({
      code: 0,
      out: [
        '{"kind":"unreadable","text":"MD00100"}',
        '{"kind":"lamp-failed","number":"0003401","cause":"BLK"}',
        '{"kind":"lamp-asked","number":"3500","isOn":true}\n',
      ].join('\n'),
      err: '2 messages; 1 unreadable; 2 bytes outside of messages\n',
    });
  });

  it('decode: a file that is not there, a width there is not, no hex', async () => {
    expect(await smdi(['decode', '/nowhere'])).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/ENOENT/),
    });
    expect(await smdi(['decode', '--digits', '6', '-'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/5, 7 or 10\./),
    });
    expect(await smdi(['decode', '--hex', '-'], 'MD')).toMatchObject({
      code: 2,
      err: expect.stringMatching(/standard input: not hex/),
    });
    expect(await smdi(['monitor', '--line', '1200', '/x'])).toMatchObject({
      code: 1,
      err: expect.stringMatching(/1200-7E1/),
    });
  });

  it('monitor: both sides of a link, typed at', async () => {
    const pair = await startSerialPair(0);
    const desk = monitor(pair.a);
    const centre = monitor(pair.b, '--role', 'switch', '--test-number', '9999999');
    for (const one of [desk, centre])
      await expect.poll(() => one.said, { timeout: 20_000 }).toContain('{"link":"open"}');
    centre.type('call B 3500 3401');
    desk.type('lamp 3401 on');
    desk.type('lamp 9999999 on');
    desk.type('lamp 3401 maybe');
    centre.type('lamp 3401 on');
    const called = lines[0]?.replace('0007', '0001');
    const seen = [called, '{"kind":"lamp-failed","number":"9999999","cause":"INV"}'];
    for (const line of seen) await expect.poll(() => desk.said, { timeout: 20_000 }).toContain(line);
    await expect.poll(() => centre.said).toContain('{"kind":"lamp-asked","number":"3401","isOn":true}');
    expect(desk.said.filter((line) => line.includes('"a command"')).length).toBe(1);
    await expect.poll(() => centre.said.some((line) => line.includes('Lamps are lit by the desk'))).toBe(true);
    expect([await desk.stop(), await centre.stop()]).toEqual([0, 0]);
    await pair.stop();
  });
});
