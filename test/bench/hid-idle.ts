import HID from 'node-hid';

/** What devices that say nothing cost without us: node-hid alone, listening to each of these paths. */
for (const path of process.argv.slice(2)) {
  const device = await HID.HIDAsync.open(path);
  device.on('data', () => undefined);
}
process.send?.('ready');
process.once('disconnect', () => process.kill(process.pid, 'SIGKILL'));
