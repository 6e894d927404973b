import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { udevRule, udevRules } from '../../../main/cli/udev-rules.ts';
import { knownLights } from '../../../native/lights/known-lights.ts';
import { mockBlynclight } from '../../native/lights/mock-lights.ts';
import { type MockHeadset, startMockHeadset } from '../../rig/mock-headset.ts';
import { replayed } from './replay-recording.ts';

const runner = fileURLToPath(new URL('./run-command.ts', import.meta.url));
const shipped = readFileSync(new URL('../../../assets/udev/70-hookline.rules', import.meta.url), 'utf8');
const blackwire = '047f-c056-plantronics-blackwire-3220.telephony.json';
const folder = mkdtempSync(join(tmpdir(), 'hookline-device-'));

/** One run of a command, its terminal in our hands. */
class Terminal {
  readonly #child;
  readonly ended: Promise<number | null>;
  out = '';
  err = '';
  #wake = (): void => undefined;

  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(process.execPath, [runner, ...args], { env: { ...process.env, ...env } });
    this.#child.stdout.on('data', (chunk) => {
      this.out += chunk;
    });
    this.#child.stderr.on('data', (chunk) => {
      this.err += chunk;
      this.#wake();
    });
    this.ended = new Promise((resolve) => this.#child.on('close', resolve));
  }

  /** Resolves when standard error ends with this. */
  async sees(text: string): Promise<void> {
    while (!this.err.endsWith(text)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  type(line: string): void {
    this.#child.stdin.write(line);
  }
}

describe('udev rules', () => {
  it('of the repository name every known light, and no device is open to everybody', () => {
    const missing = knownLights
      .flatMap(({ ids }) => ids)
      .map(([vendorId, productId]) => udevRule({ vendorId, productId }))
      .filter((rule) => !shipped.includes(rule));
    expect(missing).toEqual([]);
    expect(shipped).not.toMatch(/^[^#]*(MODE|GROUP|RUN)/m);
  });

  it('for a device stand behind the guards, once, and its name cannot say anything to udev', () => {
    const device = { vendorId: 0x1234, productId: 0x5678, name: 'Pedal"\nRUN+="/bin/sh' };
    const added = `# PedalRUNbinsh\n${udevRule(device)}\n`;
    const [head, label] = shipped.split('LABEL="hookline_end"');
    expect(udevRules(shipped, [device, device])).toBe(`${head}${added}LABEL="hookline_end"${label}`);
    expect(udevRules(udevRules(shipped, [device]), [device])).toBe(udevRules(shipped, [device]));
    // An X-keys is named among others, with the interface of its keys; a line of its own would give its keyboard too.
    expect(udevRules(shipped, [{ vendorId: 0x05f3, productId: 0x0405, name: 'XK-24' }])).toBe(shipped);
  });
});

describe.skipIf(!existsSync('/usr/bin/umockdev-wrapper'))('hookline device', { timeout: 60_000 }, () => {
  let mock: MockHeadset;
  beforeAll(async () => {
    mock = await startMockHeadset();
    await mock.plug(blackwire, 0);
    await mock.plug(mockBlynclight, 1);
  });
  afterAll(() => mock.stop());

  it('record saves what was pressed as it was asked, without the serial number, in a form the test bed plugs in', async () => {
    const file = join(folder, 'blackwire.json');
    const terminal = new Terminal(['device', 'record', 'blackwire', '-o', file], mock.env);
    for (const [key, reports] of [
      ['Phone Mute', ['0801', '0800']],
      ['Hook Switch', ['0802']],
      ['Flash', []],
    ] as const) {
      const question = `Press "${key}" and let go, then Enter (say so if there is no such key): `;
      await terminal.sees(question);
      for (const report of reports) await mock.send(0, report);
      await terminal.sees(question + '.'.repeat(reports.length));
      terminal.type(key === 'Flash' ? 'there is none\n' : '\n');
    }
    await terminal.sees('(Enter alone ends): ');
    terminal.type('\n');
    expect(await terminal.ended).toBe(0);
    const text = readFileSync(file, 'utf8');
    const recorded = JSON.parse(text);
    const seen = recorded.steps.map((step: { said: string; reports: { hex: string; keys: unknown }[] }) => [
      step.said,
      step.reports.map(({ hex, keys }) => [hex, keys]),
    ]);
    expect(seen).toEqual([
      [
        '',
        [
          ['0801', [{ name: 'Phone Mute', isSet: true }]],
          ['0800', [{ name: 'Phone Mute', isSet: false }]],
        ],
      ],
      ['', [['0802', [{ name: 'Hook Switch', isSet: true }]]]],
      ['there is none', []],
      ['', []],
    ]);
    const times: number[] = recorded.steps.flatMap((step: { reports: { atMs: number }[] }) =>
      step.reports.map(({ atMs }) => atMs),
    );
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(recorded).toMatchObject({ vid: '047f', pid: 'c056', end: 'finished', reportsDropped: 0, light: null });
    expect(recorded.map.keys).toHaveLength(3);
    expect(text).not.toContain('ABC123');
    const { read, said } = replayed(recorded);
    expect(read).toEqual(said);
    await mock.plug(recorded, 2);
    await mock.unplug(2);
  });

  it('record gives the serial number when asked, and ends by its time with nobody there to answer', async () => {
    const file = join(folder, 'light.json');
    const terminal = new Terminal(
      ['device', 'record', '/dev/hidraw1', '-o', file, '--seconds', '0.5', '--serial'],
      mock.env,
    );
    expect(await terminal.ended).toBe(0);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      serial: 'ABC123',
      path: '/dev/hidraw1',
      light: 'Blynclight',
      end: 'time',
    });
  });

  it('record keeps what it has on Ctrl-C, and when the device is pulled out', async () => {
    await mock.plug({ ...mockBlynclight, product: 'Pulled' }, 4);
    const files = ['interrupted.json', 'pulled.json'].map((name) => join(folder, name));
    const [interrupted, pulled] = files.map((file, index) => {
      return new Terminal(['device', 'record', ['blackwire', 'Pulled'][index] ?? '', '-o', file], mock.env);
    });
    await interrupted?.sees('(say so if there is no such key): ');
    interrupted?.interrupt();
    await pulled?.sees('(Enter alone ends): ');
    await mock.unplug(4);
    expect([await interrupted?.ended, await pulled?.ended]).toEqual([0, 0]);
    expect(files.map((file) => JSON.parse(readFileSync(file, 'utf8')).end)).toEqual(['finished', 'unplugged']);
  });

  it('record refuses what is not there, a file that is, a time that is none, and a keyboard', async () => {
    const there = join(folder, 'there.json');
    writeFileSync(there, 'mine');
    // A boot keyboard's report: eight one-bit modifiers, six key codes (HID 1.11, appendix B.1).
    const keyboard = '05010906a101050719e029e71500250175019508810295067508150025650507190029658100c0';
    await mock.plug({ vid: '1209', pid: '0002', vendor: 'Some', product: 'Keyboard', descriptor_hex: keyboard }, 3);
    const said = async (...args: string[]): Promise<string> => {
      const terminal = new Terminal(['device', 'record', ...args], mock.env);
      expect(await terminal.ended).toBe(2);
      return terminal.err;
    };
    expect(await said('nothing', '-o', join(folder, 'a'))).toMatch(/^nothing: no such device is plugged in/);
    expect(await said('hidraw0', '-o', join(folder, 'a'))).toMatch(/no such device/);
    expect(await said('blackwire', '-o', there)).toBe(`${there} is there already; give another name.\n`);
    expect(await said('blackwire', '-o', join(folder, 'a'), '--seconds', '0')).toMatch(/^--seconds/);
    expect(await said('Some Keyboard', '-o', join(folder, 'a'))).toMatch(/types: everything typed/);
    expect([readFileSync(there, 'utf8'), existsSync(join(folder, 'a'))]).toEqual(['mine', false]);
    await mock.unplug(3);
  });

  it('rules prints the rules with what is plugged in and asked for, and installs them closed to writing', async () => {
    const printed = new Terminal(['device', 'rules', '05f3:00ff'], mock.env);
    expect(await printed.ended).toBe(0);
    const blackwireRule = 'KERNEL=="hidraw*", ATTRS{idVendor}=="047f", ATTRS{idProduct}=="c056", TAG+="uaccess"';
    expect(printed.out).toContain(`# Plantronics Blackwire 3220 Series\n${blackwireRule}\n`);
    expect(printed.out).toContain('ATTRS{idVendor}=="05f3", ATTRS{idProduct}=="00ff", TAG+="uaccess"');
    const install = new Terminal(['device', 'rules', '05f3:00ff', '--install', '--directory', folder], mock.env);
    expect(await install.ended).toBe(0);
    const file = join(folder, '70-hookline.rules');
    expect([readFileSync(file, 'utf8'), statSync(file).mode & 0o777]).toEqual([printed.out, 0o644]);
  });

  it('rules refuses what is no device number, and a folder that cannot be written to', async () => {
    const number = new Terminal(['device', 'rules', '5f3:ff'], mock.env);
    expect([await number.ended, number.err]).toEqual([2, expect.stringMatching(/^5f3:ff: give vendor:product/)]);
    const place = new Terminal(['device', 'rules', '--install', '--directory', '/proc/nowhere'], mock.env);
    expect([await place.ended, place.err]).toEqual([2, expect.stringMatching(/cannot be written .*sudo tee/s)]);
  });

  it('devices shows a light, and what of it is unproven', async () => {
    const table = new Terminal(['devices'], mock.env);
    expect(await table.ended).toBe(0);
    expect(table.out).toMatch(/light {2}Blynclight: shows the state of the seat\n {2}unproven: six of its numbers/);
    const json = new Terminal(['devices', '--json'], mock.env);
    expect(await json.ended).toBe(0);
    expect(JSON.parse(json.out)).toMatchObject([
      { unproven: [] },
      { kind: 'light', unproven: [expect.stringMatching(/numbers/)] },
    ]);
  });
});
