import { idleLamps } from '../../core/key.ts';
import { startDeviceProcess } from '../../native/device-client.ts';

/** A parent of the device process that rings for ever: to be killed by a test. */
const log = (_level: string, message: string): void => void process.stderr.write(`${message}\n`);
const devices = startDeviceProcess({ simulated: false, log });
devices.show({ ...idleLamps, isRinging: true });
devices.showSign('talking');
