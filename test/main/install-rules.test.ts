import { expect, test } from 'vitest';
import { installRules, type RunWithInput } from '../../main/install-rules.ts';
import { equipmentInfo } from './some-equipment.ts';

const adapter = {
  ...equipmentInfo('a', 'headset'),
  ...{ name: 'EHS; rm -rf "$HOME" `adapter`\nMODE="0666"', vendorId: 0x9999, productId: 0x00ff, path: '/dev/hidraw4' },
};
const others = [
  equipmentInfo('gsm', 'modem'),
  { ...adapter, deviceId: 'simulated', vendorId: 0, path: 'simulated' },
  { ...adapter, deviceId: 'mouse', productId: 0x2222, state: { kind: 'not-telephony' } as const },
  { ...adapter, deviceId: 'serial', productId: 0x1111, path: '/dev/ttyACM0' },
];

test('the rules of what is plugged in are handed to a fixed program as root, on its standard input', async () => {
  const ran: { program: string; args: readonly string[]; input: string }[] = [];
  const run: RunWithInput = (program, args, input) => {
    ran.push({ program, args, input });
    return Promise.resolve(0);
  };
  expect(await installRules([adapter, ...others], run, 'linux')).toEqual({ kind: 'done' });
  const [one] = ran;
  expect([one?.program, one?.args.slice(0, 2), one?.args.join(' ').includes('9999')]).toEqual([
    ...['pkexec', ['/bin/sh', '-c'], false],
  ]);
  const rules = one?.input.split('\n').filter((line) => line.includes('9999'));
  expect(rules).toEqual(['KERNEL=="hidraw*", ATTRS{idVendor}=="9999", ATTRS{idProduct}=="00ff", TAG+="uaccess"']);
  const named = one?.input.split('\n').filter((line) => line.includes('adapter')) ?? [];
  expect(named.every((line) => line.startsWith('# ') && !/["`$;]/.test(line))).toBe(true);
  expect(one?.input).not.toMatch(/^[^#]*MODE/m);
});

test.each([
  [null, /no PolicyKit.*hookline device rules/],
  [126, /password was not given/],
  [127, /did not allow.*hookline device rules/],
  [1, /exit code 1.*hookline device rules/],
])('exit code %s is told in words, with what to do instead', async (code, words) => {
  const outcome = await installRules([adapter], () => Promise.resolve(code), 'linux');
  expect(outcome).toEqual({ kind: 'refused', why: expect.stringMatching(words) });
});

test('where there is no PolicyKit at all nothing is run', async () => {
  const path = process.env.PATH;
  process.env.PATH = '/nowhere';
  try {
    expect(await installRules([adapter], undefined, 'linux')).toMatchObject({ kind: 'refused' });
  } finally {
    process.env.PATH = path;
  }
  expect(await installRules([adapter], undefined, 'win32')).toMatchObject({ kind: 'refused' });
});
