import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Run, runProgram } from './run-program.ts';

const recording = (name: string): string => fileURLToPath(new URL(`../../recordings/hid/${name}`, import.meta.url));
const runner = fileURLToPath(new URL('./run-command.ts', import.meta.url));

const hid = (args: readonly string[], input: string | Uint8Array = ''): Promise<Run> =>
  runProgram(runner, ['hid', ...args], input);

const minimal = '050b0905a1011500250175019501092081020508091891 02c0';
const described = {
  isTelephony: true,
  keys: [{ name: 'Hook Switch', usage: '0x000b0020', reportId: 0, bitOffset: 0, bitSize: 1, relative: false }],
  lamps: [{ name: 'Ring', usage: '0x00080018', reportId: 0, bitOffset: 0, bitSize: 1, relative: false }],
};

// Each run starts a Node: 0.2 s alone, several under a whole suite on two cores.
describe('hookline hid describe', { timeout: 60_000 }, () => {
  it('reads hex text, dumps with 0x and commas, JSON and binary alike', async () => {
    const dump = (minimal.replaceAll(' ', '').match(/../g) ?? []).map((byte) => `0x${byte},`).join(' ');
    const inputs = [
      minimal,
      `// captured by hand\n${dump} // end\n`,
      JSON.stringify({ name: '耳机', descriptor_hex: minimal }),
      Buffer.from(minimal.replaceAll(' ', ''), 'hex'),
    ];
    for (const input of inputs) {
      const run = await hid(['describe', '-', '--json'], input);
      expect({ ...run, out: JSON.parse(run.out) }).toEqual({ code: 0, out: described, err: '' });
    }
  });

  it('reads what tools print, as node-hid ships it: with headings, offsets, sentences, and everything twice', async () => {
    const data = new URL('../../../node_modules/node-hid/hidapi/windows/test/data/', import.meta.url);
    const seen: unknown[] = [];
    for (const name of ['047F_C056_0005_000B', '046D_C534_0006_0001', '046D_0A37_0001_000C', '1532_00A3_0002_0001']) {
      const run = await hid(['describe', fileURLToPath(new URL(`${name}_real.rpt_desc`, data)), '--json']);
      const { isTelephony, keys, lamps } = JSON.parse(run.out);
      seen.push([run.code, isTelephony, keys.length, lamps.length]);
    }
    expect(seen).toEqual([
      [0, true, 3, 6],
      [0, false, 0, 0],
      [0, false, 3, 0],
      [0, false, 0, 0],
    ]);
  });

  it('reads a file and prints a table for people', async () => {
    const run = await hid(['describe', recording('047f-c056-plantronics-blackwire-3220.telephony.json')]);
    expect(run.code).toBe(0);
    expect(run.out).toContain('A call-control device.');
    expect(run.out).toMatch(/Hook Switch +0x000b0020 +report +8 +bit +1 +1 bit +absolute/);
  });

  it('refuses in words, with exit code 2 and nothing on standard output', async () => {
    const refusals: readonly (readonly [string, RegExp])[] = [
      ['', /descriptor is empty/],
      ['050b0905a101', /1 collection\(s\) still open/],
      ['00 '.repeat(100_000), /at most 131072/],
    ];
    for (const [input, words] of refusals) {
      const run = await hid(['describe', '-', '--json'], input);
      expect({ code: run.code, out: run.out }).toEqual({ code: 2, out: '' });
      expect(run.err).toMatch(words);
    }
    const missing = await hid(['describe', '/no/such/file']);
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/no such file/);
  });
});
