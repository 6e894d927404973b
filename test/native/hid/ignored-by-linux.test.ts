import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { headsetsIgnoredByLinux } from '../../../native/hid/ignored-by-linux.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hookline-usb-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function plug(name: string, attributes: Readonly<Record<string, string>>): void {
  const folder = join(root, 'bus/usb/devices', name);
  mkdirSync(folder, { recursive: true });
  for (const [attribute, text] of Object.entries(attributes)) writeFileSync(join(folder, attribute), `${text}\n`);
}

it('names the headsets Linux ignores, the speakerphones with old firmware only, with the mend', async () => {
  plug('1-1', { idVendor: '0b0e', idProduct: '9350', bcdDevice: '0100' });
  plug('1-2', { idVendor: '0b0e', idProduct: '0412', bcdDevice: '0110' });
  plug('1-3', { idVendor: '0b0e', idProduct: '0412', bcdDevice: '0111' });
  plug('1-4', { idVendor: '0b0e', idProduct: '0420', bcdDevice: '0213' });
  plug('1-5', { idVendor: '047f', idProduct: 'c056', bcdDevice: '0210' });
  plug('1-5:1.3', { bInterfaceNumber: '03' });
  plug('1-6', { idVendor: 'nonsense', idProduct: '' });
  const found = await headsetsIgnoredByLinux(root);
  const rows = found.map(({ deviceId, state }) => [deviceId, state.kind === 'problem' ? state.detail : '']);
  expect(rows.sort()).toEqual([
    ['usb-1-1', expect.stringMatching(/Linux ignores.*Windows and macOS only/)],
    ['usb-1-2', expect.stringMatching(/Linux ignores.*1\.11/)],
    ['usb-1-4', expect.stringMatching(/Linux ignores.*2\.14/)],
  ]);
});

it('none where there is no USB', async () => {
  expect(await headsetsIgnoredByLinux(join(root, 'nowhere'))).toEqual([]);
});
