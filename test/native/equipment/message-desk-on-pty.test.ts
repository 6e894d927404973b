import { afterEach, beforeEach, expect, it } from 'vitest';
import { equipment } from '../../../core/equipment.ts';
import type { EquipmentEvent } from '../../../core/equipment-event.ts';
import { systemClock } from '../../../native/clock.ts';
import type { EquipmentPart } from '../../../native/equipment/equipment-part.ts';
import { equipmentPorts } from '../../../native/equipment/equipment-ports.ts';
import { openMessageDesk } from '../../../native/equipment/message-desk.ts';
import { type SerialLine, startSerialLine } from '../../rig/serial-line.ts';

/** The desk's side on the real serialport, with a scripted switch at the other end of a pty. */
let line: SerialLine;
let part: EquipmentPart;
let events: EquipmentEvent[];
let states: string[];

beforeEach(async () => {
  line = await startSerialLine();
  events = [];
  states = [];
  await line.plug();
  const set = equipment.parse({
    id: 'desk',
    use: 'message-desk',
    port: { path: line.path },
    keepAliveNumber: '9999999',
  });
  if (set.use !== 'message-desk') throw new Error('not a message desk');
  part = openMessageDesk({
    ...{ equipment: set, folder: '', clock: systemClock, ports: equipmentPorts({ clock: systemClock }) },
    listener: {
      onInfo: ({ state }) => states.push(state.kind === 'problem' ? state.problem : state.kind),
      onKey: () => undefined,
      onEvent: (event) => events.push(event),
      onTrouble: (doing, detail) => states.push(`${doing}: ${detail}`),
      onFailed: (detail) => states.push(detail),
    },
  });
  await line.waitForHost(hexOf('RMV:MWI 9999999!\x04'));
  say('\r\nMWI9999999 INV\r\n\x19');
});

afterEach(async () => {
  await part.close();
  await line.stop();
});

it('takes calls with each reason, though a pty brings the parity bit', async () => {
  const letters = ['D', 'A', 'B', 'N', 'U', 'C', 'E', 'H', 'I', 'R'];
  for (const letter of letters) say(`\r\nMD0010007${letter}${letter === 'D' ? '' : '0003401'} 0003500 \r\n\x19`, 0x80);
  await expect.poll(() => events.length).toBe(letters.length);
  const reasons = ['direct', 'forwarded-all', 'forwarded-busy', 'forwarded-no-answer', 'forwarded'];
  expect(events).toEqual(
    letters.map((letter, index) => ({
      kind: 'desk-message',
      id: 'desk',
      message: {
        ...{ desk: '001', terminal: '0007', reason: reasons[index] ?? 'extension', letter },
        ...{ forwardedFrom: letter === 'D' ? '' : '3401', calling: '3500' },
      },
    })),
  );
});

it('lights and darkens lamps, and hears that one is refused or blocked', async () => {
  light('3401', true);
  await line.waitForHost(hexOf('OP:MWI 0003401!\x04'));
  light('3401', false);
  await line.waitForHost(hexOf('RMV:MWI 0003401!\x04'));
  say('\r\nMWI0003401 INV\r\n\x19\r\nMWI 0003402 BLK\r\n\x19');
  await expect
    .poll(() => events)
    .toEqual([
      { kind: 'lamp-failed', id: 'desk', number: '3401', cause: 'INV' },
      { kind: 'lamp-failed', id: 'desk', number: '3402', cause: 'BLK' },
    ]);
});

it.each(['with', 'without'])(
  'is plugged out %s traffic; what was asked meanwhile is lit when it is back',
  async (how) => {
    if (how === 'with') say('\r\nMD0010007B00034');
    await line.unplug();
    await expect.poll(() => part.info.state, { timeout: 10_000 }).toMatchObject({ problem: 'not-plugged-in' });
    light('3401', true);
    light('3402', true);
    light('3401', false);
    line.clear();
    await line.plug();
    await line.waitForHost(hexOf('OP:MWI 0003402!\x04RMV:MWI 0003401!\x04'));
    say('01 0003500 \r\n\x19\r\nMD0010007D 0003500 \r\n\x19');
    await expect.poll(() => events.map((event) => event.kind)).toEqual(['desk-message']);
    expect(part.info.state).toEqual({ kind: 'open' });
  },
);

function light(number: string, isOn: boolean): void {
  expect(part.command?.({ kind: 'message-waiting', id: 'desk', number, isOn })).toEqual({ kind: 'begun' });
}

function say(text: string, bit = 0): void {
  line.send(Buffer.from(Buffer.from(text, 'latin1').map((byte) => byte | bit)).toString('hex'));
}

function hexOf(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex');
}
