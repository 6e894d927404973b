import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Run, runProgram } from './run-program.ts';

const hookline = fileURLToPath(new URL('../../../main/cli/hookline.ts', import.meta.url));
let folder = '';

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-serial-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const serial = (args: readonly string[], input: string | Uint8Array = ''): Promise<Run> =>
  runProgram(hookline, ['serial', ...args], input);

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** A panel that is not shipped. */
const door = `{
  "id": "door-panel",
  "version": 1,
  "title": "Door panel",
  "source": "capture",
  "serial": { "baudRate": 9600 },
  "framing": { "type": "startEnd", "start": "02", "end": "03", "after": 1 },
  "checksum": { "kind": "xor8", "from": 1, "to": -2, "at": -1 },
  "events": [{ "on": "/^K(\\\\d)([DU])$/", "emit": { "key": "{1}" } }],
  "tests": [{ "rx": "02 'K1D' 03 3D", "expect": [{ "key": "1", "edge": "press" }] }]
}
`;

// Each run starts a Node: 0.3 s alone, several under a whole suite on two cores.
describe('hookline serial', { timeout: 60_000 }, () => {
  it('check: a sound profile is told with its source and what is unproven', async () => {
    const shipped = await serial(['check', 'lcus-relay']);
    expect(shipped.code).toBe(0);
    expect(shipped.out).toMatch(
      /^lcus-relay version 1: .*\nsource: .*\nunproven: .*\nunproven: .*\n3 test vectors passed\.\n$/,
    );
    expect(await serial(['check', await file('door.json', door)])).toEqual({
      code: 0,
      out: 'door-panel version 1: Door panel\nsource: capture\n1 test vector passed.\n',
      err: '',
    });
  });

  it('check: every fault names the line and the path', async () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [door.replace('9600', '"fast"'), /wrong\.json:6: serial\.baudRate: /],
      [door.replace('"after": 1', '"aftr": 1'), /wrong\.json:7: framing: Unrecognized key: "aftr"/],
      [door.replace('{1}', '{2}{3}'), /wrong\.json:9: events\[0\]\.emit\.key: \{3\} is not caught by "on"/],
      [door.replace('([DU])', '([DU]'), /wrong\.json:9: events\[0\]\.on: .*\( without \)/],
      [door.replace('"press"', '"release"'), /wrong\.json:10: tests\[0\]\.expect: expected .*release.*says .*press/],
      [door.replace('"id": "door-panel",', '"id": "door-panel"'), /wrong\.json:3: not JSON: comma expected/],
      [door.replace('"{1}" }', '"{1}", "run": "rm -rf /" }'), /wrong\.json:9: events\[0\]\.emit: Unrecognized key/],
      [door.replace('"source"', '"sorce"'), /wrong\.json:5: Unrecognized key: "sorce"/],
      [door.replace('"source"', '"sorce"'), /wrong\.json:1: source: is missing \(string\)/],
      [
        door.replace('"events"', '"framing": { "type": "bytes" },\n  "events"'),
        /wrong\.json:9: framing: "framing" stands/,
      ],
      [
        door.replace('"press" }', '"press",\n "edge": "release" }'),
        /wrong\.json:11: tests\[0\]\.expect\[0\]\.edge: "edge" stands here twice; only one would count/,
      ],
      ['', /wrong\.json:1: /],
      ['['.repeat(100_000), /nested/],
    ];
    for (const [text, words] of cases) {
      const run = await serial(['check', await file('wrong.json', text)]);
      expect({ code: run.code, out: run.out }).toEqual({ code: 2, out: '' });
      expect(run.err).toMatch(words);
    }
    const missing = await serial(['check', 'no-such-panel']);
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/no shipped profile of this name; shipped are eao-panel, /);
  });

  it('the profile that docs/serial-profile.md writes is sound and decodes', async () => {
    const docs = await readFile(new URL('../../../docs/serial-profile.md', import.meta.url), 'utf8');
    const written = await file('written.json', /```json\n(.*?)```/s.exec(docs)?.[1] ?? '');
    expect(await serial(['check', written])).toMatchObject({ code: 0, err: '' });
    const run = await serial(['decode', '--profile', written, '--hex', '-'], '02 4B 31 44 03 3D 02 4B 31 55 03 2C');
    expect(run).toMatchObject({
      code: 0,
      out: '{"key":"1","edge":"press","action":"answer"}\n{"key":"1","edge":"release","action":"answer"}\n',
      err: '2 frames, 2 events\n',
    });
  });

  it('decode: events as JSON lines, what fits nothing is counted', async () => {
    const bytes = Uint8Array.from([0xff, 0x02, 0x4b, 0x31, 0x44, 0x03, 0x3d, 0x02, 0x4b, 0x31, 0x44, 0x03, 0x00]);
    expect(await serial(['decode', '--profile', await file('door.json', door), '-'], bytes)).toEqual({
      code: 0,
      out: '{"key":"1","edge":"press"}\n',
      err: '1 frame, 1 event; 1 frame with a wrong check; 7 bytes outside of frames\n',
    });
    const recording = await file('viking.hex', '3F 05\n3F 85 0C 00\n');
    expect((await serial(['decode', '--profile', 'viking-vx', '--hex', recording])).out).toBe(
      '{"key":"5","edge":"press"}\n{"key":"5","edge":"release"}\n{"hook":"off"}\n',
    );
  });

  it('decode: input that is no hex, and a file that is not there, are refused in words', async () => {
    const odd = await serial(['decode', '--profile', 'viking-vx', '--hex', '-'], '3F 0');
    expect({ code: odd.code, err: odd.err }).toEqual({ code: 2, err: 'standard input: an odd number of hex digits\n' });
    const missing = await serial(['decode', '--profile', 'viking-vx', join(folder, 'none')]);
    expect(missing.code).toBe(2);
    expect(missing.err).toMatch(/no such file/);
  });
});
