import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

const rule = fileURLToPath(new URL('../../../assets/udev/70-hookline.rules', import.meta.url));
const port = '/devices/pci0000:00/0000:00:14.0/usb1/1-1';
const node = `${port}/1-1:1.0/0003:0B0E:24C7.0001/hidraw/hidraw0`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-udev-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** An interface as USB 2.0 section 9.6.5 describes it: class, subclass, protocol. */
type Interface = readonly [number, number, number];
const sound: Interface = [0x01, 0x02, 0x00];
const hid: Interface = [0x03, 0x00, 0x00];
const bootKeyboard: Interface = [0x03, 0x01, 0x01];
const storage: Interface = [0x08, 0x06, 0x50];

/** Has the system's own udev read the rule for a made-up device; answers whether its hidraw node goes to who sits there. */
async function isGivenAway(
  interfaces: readonly Interface[],
  ids = ['0b0e', '24c7'],
  interfaceNumber = '00',
): Promise<boolean> {
  const device = [18, 1, 0, 2, 0, 0, 0, 64, 0x0e, 0x0b, 0xc7, 0x24, 0, 1, 1, 2, 3, 1];
  const config = [9, 2, 9 + 16 * interfaces.length, 0, interfaces.length, 1, 0, 0x80, 50];
  const each = interfaces.flatMap(([kind, sub, protocol], index) => [
    ...[9, 4, index, 0, 1, kind, sub, protocol, 0],
    ...[7, 5, 0x81 + index, 3, 64, 0, 1],
  ]);
  const descriptors = Buffer.from([...device, ...config, ...each])
    .toString('hex')
    .toUpperCase();
  const description = `P: ${port}
E: SUBSYSTEM=usb
E: DEVTYPE=usb_device
A: idVendor=${ids[0]}\\n
A: idProduct=${ids[1]}\\n
A: product=Headset\\n
H: descriptors=${descriptors}

P: ${port}/1-1:1.0
E: SUBSYSTEM=usb
E: DEVTYPE=usb_interface
A: bInterfaceClass=03\\n
A: bInterfaceNumber=${interfaceNumber}\\n

P: ${port}/1-1:1.0/0003:0B0E:24C7.0001
E: SUBSYSTEM=hid

P: ${node}
E: SUBSYSTEM=hidraw
E: DEVNAME=/dev/hidraw0
N: hidraw0
`;
  const file = join(folder, 'device.umockdev');
  await writeFile(file, description);
  // In a mount namespace of its own: rules are read from /run, and the machine's own /run is none of ours.
  const inside = `mount -t tmpfs none /run && mkdir -p /run/udev/rules.d && cp '${rule}' /run/udev/rules.d/ &&
    umockdev-run --device '${file}' -- udevadm test --action=add '/sys${node}' 2>/dev/null`;
  const output = await new Promise<string>((resolve, reject) => {
    execFile('unshare', ['--map-root-user', '--mount', 'sh', '-c', inside], (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
  return /^TAGS=.*:uaccess:/m.test(output);
}

test.each([
  ['a headset', [sound, hid], true],
  ['a headset that shows its keys first', [hid, sound, sound], true],
  ['a keyboard', [bootKeyboard, hid], false],
  ['a keyboard with a sound jack', [sound, bootKeyboard], false],
  ['a mouse, a security key or a foot pedal', [hid], false],
  ['a stick with something on it', [storage, hid], false],
])('%s', async (_what, interfaces: readonly Interface[], isGiven) => {
  expect(await isGivenAway(interfaces)).toBe(isGiven);
});

test('a status light goes by its numbers', async () => {
  expect([await isGivenAway([hid], ['27bb', '3bcd']), await isGivenAway([hid], ['27bb', '3bd0'])]).toEqual([
    true,
    false,
  ]);
});

test.each([
  ['a Stream Deck', [hid], ['0fd9', '0080'], '00', true],
  ['something else of its maker', [hid], ['0fd9', '0081'], '00', false],
  ['an X-keys panel', [hid, hid], ['05f3', '0405'], '00', true],
  ['the keys of an X-keys that has a keyboard too', [hid, bootKeyboard], ['05f3', '0405'], '00', true],
  ['that keyboard', [hid, bootKeyboard], ['05f3', '0405'], '01', false],
  ['an X-keys that begins with a keyboard', [bootKeyboard, hid], ['05f3', '0405'], '00', false],
  ['the Infinity pedal, which has the same maker number', [hid], ['05f3', '00ff'], '00', true],
  ['a keyboard of that maker', [bootKeyboard], ['05f3', '0007'], '00', false],
])('%s goes by its numbers', async (_what, interfaces: readonly Interface[], ids, number, isGiven) => {
  expect(await isGivenAway(interfaces, ids, number)).toBe(isGiven);
});
