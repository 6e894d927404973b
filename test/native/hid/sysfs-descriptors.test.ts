import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { sysfsDescriptors } from '../../../native/hid/sysfs-descriptors.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hookline-sysfs-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function put(node: string, bytes: Uint8Array): void {
  const folder = join(root, 'class/hidraw', node, 'device');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'report_descriptor'), bytes);
}

it('reads the descriptor of a node', async () => {
  put('hidraw3', Uint8Array.of(5, 11, 9, 5));
  expect(await sysfsDescriptors(root).descriptorOf('/dev/hidraw3')).toEqual({
    kind: 'ok',
    bytes: Uint8Array.of(5, 11, 9, 5),
  });
});

it('reads no more of an endless file than the parser refuses', async () => {
  put('hidraw0', new Uint8Array(100_000));
  const answer = await sysfsDescriptors(root).descriptorOf('/dev/hidraw0');
  if (answer.kind !== 'ok') throw new Error(answer.kind);
  expect(answer.bytes.length).toBe(4097);
  expect(parseReportDescriptor(answer.bytes)).toMatchObject({ kind: 'error', code: 'too-long' });
});

it('says why there is none, and looks at nothing outside of its folder', async () => {
  expect(await sysfsDescriptors(root).descriptorOf('/dev/hidraw9')).toMatchObject({ kind: 'unavailable' });
  put('hidraw1', Uint8Array.of(1));
  expect(await sysfsDescriptors(root).descriptorOf('/dev/../../hidraw1')).toMatchObject({ kind: 'ok' });
});
