import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Equipment } from '../../../core/equipment.ts';
import type { EquipmentEvent } from '../../../core/equipment-event.ts';
import { type DeviceProcess, startDeviceProcess } from '../../../native/device-client.ts';
import { mobileAnswers, type ScriptedModem, startScriptedModem } from '../../rig/scripted-modem.ts';

let modem: ScriptedModem;
let devices: DeviceProcess;

beforeEach(async () => {
  modem = await startScriptedModem(mobileAnswers);
  await modem.line.plug();
});
afterEach(async () => {
  await devices.close();
  await modem.stop();
});

function firstEvent<Kind extends EquipmentEvent['kind']>(
  kind: Kind,
  fits: (event: Extract<EquipmentEvent, { kind: Kind }>) => boolean,
): Promise<Extract<EquipmentEvent, { kind: Kind }>> {
  return new Promise((resolve) => {
    type Wanted = Extract<EquipmentEvent, { kind: Kind }>;
    const isWanted = (event: EquipmentEvent): event is Wanted => event.kind === kind;
    const unwatch = devices.watchEquipment((event) => {
      if (!isWanted(event) || !fits(event)) return;
      resolve(event);
      queueMicrotask(() => unwatch());
    });
  });
}

it('through the device process: set up, a call in and answered, a text out, closed in mid-call', {
  timeout: 60_000,
}, async () => {
  let isUp = false;
  modem.on(/^ATA$/, () => {
    isUp = true;
    return 'OK';
  });
  modem.on(/^AT\+CMGS=\d+$/, () => '>');
  modem.on(/^> /, () => ['+CMGS: 5', 'OK']);
  modem.on(/^AT\+CLCC$/, () => (isUp ? ['+CLCC: 1,1,0,0,0,"13800138000",129', 'OK'] : 'OK'));
  devices = startDeviceProcess({ simulated: false, log: () => undefined });
  const ready = firstEvent('modem', (event) => event.state === 'ready');
  const setUp: Equipment = {
    use: 'modem',
    id: 'fallback',
    name: 'Fallback',
    kind: 'mobile',
    port: { path: modem.path, vendorId: null, productId: null, serialNumber: null },
    line: { baudRate: 115_200, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none' },
    isFallback: true,
  };
  devices.setEquipment('', [setUp]);
  expect(await ready).toMatchObject({ id: 'fallback', operator: 'CHINA MOBILE' });
  const offered = firstEvent('modem-call-offered', () => true);
  modem.say('RING', '+CLIP: "13800138000",129,,,,0');
  const { callId, remote } = await offered;
  expect(remote.number).toBe('13800138000');
  const established = firstEvent('modem-call', (event) => event.event.kind === 'established');
  expect(await devices.command({ kind: 'answer', id: 'fallback', callId })).toEqual({ kind: 'begun' });
  await established;
  const sent = firstEvent('text-outcome', (event) => event.outcome === 'sent');
  await devices.command({ kind: 'send-text', id: 'fallback', textId: 't1', to: '10086', text: '你好' });
  await sent;
  const ended = firstEvent('modem-call', (event) => event.event.kind === 'ended');
  devices.setEquipment('', []);
  expect((await ended).event).toMatchObject({ cause: 'hung-up-here' });
  await modem.waitForAsked(/^AT\+CHUP$/);
  expect(await devices.command({ kind: 'dial', id: 'fallback', callId: 'c2', number: '10086' })).toMatchObject({
    kind: 'refused',
  });
});
