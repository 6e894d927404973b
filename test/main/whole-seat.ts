import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type RunningSeat, runSeat } from '../../main/running-seat.ts';
import { fileKeyKeeper } from '../../main/store/profile-key.ts';
import { noDevices } from './no-devices.ts';

/** A whole seat on the practice line with nothing plugged in, in this folder; closed when the test ends. */
export async function startWholeSeat(directory: string): Promise<RunningSeat> {
  const outcome = await runSeat({
    firstNotices: [],
    directory,
    keys: fileKeyKeeper(join(directory, 'profile.key')),
    devices: noDevices,
    version: '1.0.0',
    isPractice: true,
    locale: 'en',
    log: () => undefined,
  });
  if (outcome.kind !== 'running') throw new Error(outcome.message);
  onTestFinished(() => outcome.running.close().catch(() => undefined));
  return outcome.running;
}
