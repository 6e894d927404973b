import { openSync, read } from 'node:fs';
import HID from 'node-hid';

/**
 * What a report costs without us: node-hid alone on one device, and a bare read of the pseudo-terminal that stands for
 * another. Tells its parent when each report came, CLOCK_MONOTONIC in nanoseconds.
 */
const [, , hidPath = '', ptyPath = ''] = process.argv;

const arrived = (via: 'nodeHid' | 'pty'): void => {
  const atNs = process.hrtime.bigint();
  process.send?.({ via, atNs });
};
const device = await HID.HIDAsync.open(hidPath);
device.on('data', () => arrived('nodeHid'));
const pty = openSync(ptyPath, 'r+');
const buffer = Buffer.alloc(64);
const readOn = (): void =>
  read(pty, buffer, (error, length) => {
    if (error !== null || length === 0) process.exit(1);
    arrived('pty');
    readOn();
  });
readOn();
process.send?.({ via: 'ready', atNs: 0n });
// A read that nothing will ever end would keep an orderly exit waiting.
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
