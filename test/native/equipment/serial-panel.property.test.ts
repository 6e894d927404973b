import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type DeviceInfo, deviceInfo } from '../../../core/device-api.ts';
import { idleLamps, keyPress } from '../../../core/key.ts';
import { equipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { openSerialPanel } from '../../../native/equipment/serial-panel.ts';
import { shippedProfileIds } from '../../../native/serial/profile-file.ts';
import type { OpenedPort, PortListener } from '../../../native/serial/serial-bus.ts';
import { handClock } from '../hand-clock.ts';
import { equipmentOf } from './equipment-bench.ts';

/** A panel of this profile on a port that takes everything. */
function bench(profile: string) {
  const clock = handClock();
  let port: PortListener = { onData: () => undefined, onGone: () => undefined };
  const infos: DeviceInfo[] = [];
  const presses: unknown[] = [];
  const failures: string[] = [];
  const opened: OpenedPort = {
    write: async () => undefined,
    setPins: async () => undefined,
    readPins: async () => ({ cts: true, dsr: false, dcd: true }),
    rest: () => undefined,
    close: async () => undefined,
  };
  const ports = equipmentPorts({
    clock,
    list: async () => ({ kind: 'unavailable', detail: 'not here' }),
    open: async (_path, _settings, listener) => {
      port = listener;
      return { kind: 'open', port: opened };
    },
  });
  const [equipment] = equipmentOf([
    { id: 'panel', use: 'panel', port: { path: '/dev/any', serialNumber: 'A' }, profile },
  ]);
  if (equipment?.use !== 'panel') throw new Error('no panel');
  const part = openSerialPanel({
    ...{ equipment, folder: '/no/such/folder', clock, ports },
    listener: {
      onInfo: (info) => infos.push(info),
      onKey: (press) => presses.push(press),
      onEvent: () => undefined,
      onTrouble: () => undefined,
      onFailed: (detail) => failures.push(detail),
    },
  });
  return {
    clock,
    part,
    infos,
    presses,
    failures,
    send: (bytes: Uint8Array) => port.onData(bytes),
    gone: () => port.onGone('x'),
  };
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 300 }) }) },
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 6_000 }) }),
  fc.record({ do: fc.constant('gone' as const) }),
  fc.record({
    do: fc.constant('lamps' as const),
    lamps: fc.record({ isOffHook: fc.boolean(), isRinging: fc.boolean(), isMuted: fc.boolean(), isHeld: fc.boolean() }),
  }),
  fc.record({ do: fc.constant('try' as const), lamp: fc.oneof(fc.string(), fc.constantFrom('1', 'ring', 'door')) }),
);

test('whatever a device sends and whenever it goes: sound presses, sound infos, a bounded panel, never a throw', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...shippedProfileIds),
      fc.array(step, { maxLength: 20 }),
      async (profile, steps) => {
        const { clock, part, infos, presses, failures, send, gone } = bench(profile);
        // The profile is looked for on the disk first.
        while (part.info.name === profile) await new Promise((resolve) => void setImmediate(resolve));
        await clock.pass(2_000);
        if (profile !== 'generic-key-lamp-panel') expect(part.info.state).toEqual({ kind: 'open' });
        for (const one of steps) {
          if (one.do === 'bytes') send(one.bytes);
          else if (one.do === 'pass') await clock.pass(one.ms);
          else if (one.do === 'gone') gone();
          else if (one.do === 'lamps') part.show?.({ ...idleLamps, ...one.lamps });
          else part.tryLamp?.(one.lamp, 'fast');
        }
        for (const press of presses) keyPress.parse(press);
        for (const info of infos) deviceInfo.parse(info);
        expect(part.info.layout?.keys.length ?? 0).toBeLessThanOrEqual(256);
        expect(failures.filter((detail) => !detail.includes('floods'))).toEqual([]);
        const closing = part.close();
        await clock.pass(5_000);
        await closing;
        const said = infos.length + presses.length;
        send(Uint8Array.of(0x35, 0x0a));
        await clock.pass(10_000);
        expect(infos.length + presses.length).toBe(said);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);
