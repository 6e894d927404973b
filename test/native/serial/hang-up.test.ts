import { expect, it } from 'vitest';
import { openSerialPort } from '../../../native/serial/serial-bus.ts';
import { startSerialLine } from '../../rig/serial-line.ts';

const settings = { baudRate: 9600, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', lock: true } as const;

/** Far more than a hang-up that serialport overlooks is found in, on a machine that does other things too. */
const noticedWithinMs = 8_000;

/**
 * The hang-up falls between the moment the system says that bytes are there and their being read: about one in five of
 * these. Then no byte comes and no read ever fails.
 */
it('an unplugging right behind the last byte is noticed', { timeout: 60_000 }, async () => {
  const line = await startSerialLine();
  for (let round = 0; round < 25; round += 1) {
    await line.plug();
    const gone = new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`round ${round}: not noticed`)), noticedWithinMs);
      void openSerialPort(line.path, settings, {
        onData: () => undefined,
        onGone: (detail) => {
          clearTimeout(late);
          resolve(detail);
        },
      }).then(() => {
        line.send('35');
        return line.unplug();
      });
    });
    expect(await gone).not.toBe('');
  }
  await line.stop();
});
