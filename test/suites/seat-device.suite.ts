import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../core/device-api.ts';
import { idleLamps, type KeyPress, type Lamps } from '../../core/key.ts';

/** One device on the bench: what the seat has of it, and the hand and eye of a person beside it. */
export type SeatDeviceBench = {
  info(): DeviceInfo;
  show(lamps: Lamps): void;
  /** Everything it called back with, oldest first. */
  readonly presses: readonly KeyPress[];
  /** Resolves at the next call back for which this holds, or at once if it holds already. */
  until(holds: () => boolean): Promise<void>;
  /** What its lamps show now, read off the device itself. */
  lamps(): Lamps;
  /** Moves the hook switch by hand. */
  hook(isUp: boolean): Promise<void>;
  /** Presses the mute key once. */
  mute(): Promise<void>;
  /** Pulls the cable; resolves when the seat has been told. */
  unplug(): Promise<'unplugged' | 'failed' | 'gone'>;
  close(): Promise<void>;
  /** Ends the bench, whatever was done before. */
  stop(): Promise<void>;
};

const ringing: Lamps = { ...idleLamps, isRinging: true };
const talking: Lamps = { ...idleLamps, isOffHook: true };

/** The duties of the port SeatDevice (native/device.ts), run on every implementation. The device has hook, mute, and lamps. */
export function seatDeviceSuite(name: string, plugIn: () => Promise<SeatDeviceBench>): void {
  // A real process and a test bed in Python start for each: seconds on a loaded machine.
  describe(`SeatDevice: ${name}`, { timeout: 60_000 }, () => {
    let bench: SeatDeviceBench;
    beforeEach(async () => {
      bench = await plugIn();
    });
    afterEach(async () => {
      await bench.stop();
    });
    const shows = (lamps: Lamps): Promise<void> =>
      bench.until(() => JSON.stringify(bench.lamps()) === JSON.stringify(lamps));

    it('says what it is and can', () => {
      expect(bench.info()).toMatchObject({
        state: { kind: 'open' },
        keys: expect.arrayContaining(['Hook Switch', 'Phone Mute']),
        lamps: expect.arrayContaining(['off-hook', 'ring', 'mute', 'hold']),
        isBusyElsewhere: false,
        presence: 'unknown',
        battery: null,
      });
    });

    it('carries a call: ring, the hook answers, mute, hold, the hook ends; no echo is taken for a person', async () => {
      bench.show(ringing);
      await shows(ringing);
      await bench.hook(true);
      await bench.until(() => bench.presses.length === 1);
      bench.show(talking);
      await shows(talking);
      await bench.mute();
      await bench.until(() => bench.presses.length === 2);
      bench.show({ ...talking, isMuted: true });
      await shows({ ...talking, isMuted: true });
      bench.show({ ...talking, isHeld: true });
      await shows({ ...talking, isHeld: true });
      bench.show(idleLamps);
      await shows(idleLamps);
      expect(bench.presses).toEqual([
        { key: 'hook', to: 'off-hook' },
        { key: 'mute', to: 'toggle' },
      ]);
    });

    it('shows the last of many wishes', async () => {
      for (let n = 0; n < 200; n += 1) bench.show(n % 2 === 0 ? ringing : talking);
      bench.show({ ...talking, isMuted: true, isHeld: true });
      await shows({ ...talking, isMuted: true, isHeld: true });
      expect(bench.presses).toEqual([]);
    });

    it('offers a press on an idle device and is dark again when nobody takes it', async () => {
      await bench.hook(true);
      await bench.until(() => bench.presses.length === 1);
      await shows(idleLamps);
      expect(bench.presses).toEqual([{ key: 'hook', to: 'off-hook' }]);
    });

    it('tells that it was unplugged, not that it failed', async () => {
      bench.show(talking);
      expect(['unplugged', 'gone']).toContain(await bench.unplug());
    });

    it('goes dark when closed, and says nothing after it', async () => {
      bench.show({ ...talking, isHeld: true });
      await shows({ ...talking, isHeld: true });
      await bench.close();
      expect(bench.lamps()).toEqual(idleLamps);
      await bench.hook(false);
      await bench.mute();
      expect(bench.presses).toEqual([]);
    });
  });
}
