import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { DeviceInfo } from '../../../core/device-api.ts';
import { type Equipment, equipment, equipmentList } from '../../../core/equipment.ts';
import type { EquipmentEvent } from '../../../core/equipment-event.ts';
import { openMessageDesk } from '../../../native/equipment/message-desk.ts';
import { handClock } from '../hand-clock.ts';
import { fakePort } from '../smdi/fake-port.ts';

type MessageDesk = Extract<Equipment, { readonly use: 'message-desk' }>;

/** A message desk on a port in memory. */
function desk(settings: Partial<MessageDesk> = {}) {
  const clock = handClock();
  const port = fakePort();
  const events: EquipmentEvent[] = [];
  const infos: DeviceInfo[] = [];
  const troubles: string[] = [];
  const set = equipment.parse({ id: 'desk', use: 'message-desk', port: { path: '/dev/ttyUSB0' }, ...settings });
  if (set.use !== 'message-desk') throw new Error('not a message desk');
  const part = openMessageDesk({
    ...{ equipment: set, folder: '', clock, ports: port.ports },
    listener: {
      onInfo: (info) => infos.push(info),
      onKey: () => undefined,
      onEvent: (event) => events.push(event),
      onTrouble: (doing, detail) => troubles.push(`${doing}: ${detail}`),
      onFailed: (detail) => troubles.push(`failed: ${detail}`),
    },
  });
  const lamp = (number: string, isOn = true) => part.command?.({ kind: 'message-waiting', id: 'desk', number, isOn });
  return { clock, port, events, infos, troubles, part, lamp };
}

async function plugged(settings: Partial<MessageDesk> = {}) {
  const made = desk(settings);
  made.port.plug();
  await made.clock.pass(10_000);
  return made;
}

const called = { desk: '001', terminal: '0007', letter: 'B', forwardedFrom: '3401', calling: '3500' } as const;

describe('the side of the desk', () => {
  it('is set up as docs/message-desk.md says', () => {
    const page = readFileSync(new URL('../../../docs/message-desk.md', import.meta.url), 'utf8');
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(equipmentList.parse(JSON.parse(`{${example}}`).equipment)).toMatchObject([
      {
        use: 'message-desk',
        role: 'desk',
        digits: 7,
        line: { baudRate: 1200, dataBits: 7, parity: 'even', stopBits: 1 },
      },
    ]);
  });

  it('tells calls and refused lamps, from a line of 1200 baud, seven bits, even parity', async () => {
    const { port, events, part, troubles } = await plugged();
    expect(port.opened).toEqual([
      { baudRate: 1200, dataBits: 7, parity: 'even', stopBits: 1, flow: 'none', lock: true },
    ]);
    expect(part.info).toMatchObject({ kind: 'message-desk', path: '/dev/ttyUSB0', state: { kind: 'open' } });
    port.say('\r\nMD0010007B0003401 000');
    port.say('3500 \r\n\x19\r\nMWI0009999 BLK\r\n\x19');
    expect(events).toEqual([
      { kind: 'desk-message', id: 'desk', message: { ...called, reason: 'forwarded-busy' } },
      { kind: 'lamp-failed', id: 'desk', number: '9999', cause: 'BLK' },
    ]);
    expect(troubles).toEqual([]);
  });

  it('lights and darkens lamps, in order, at the pace of the line', async () => {
    const { clock, port, lamp } = await plugged();
    expect([lamp('3500'), lamp('5551234'), lamp('3500', false)]).toEqual(Array(3).fill({ kind: 'begun' }));
    await clock.pass(0);
    expect(port.takeWritten()).toBe('OP:MWI 0003500!\x04');
    await clock.pass(16 * (10_000 / 1200) - 1);
    expect(port.takeWritten()).toBe('');
    await clock.pass(10_000);
    expect(port.takeWritten()).toBe('OP:MWI 5551234!\x04RMV:MWI 0003500!\x04');
  });

  it('tells a refusal with the number as it was asked for', async () => {
    const { port, events, lamp } = await plugged();
    lamp('03500');
    port.say('MWI0003500 INV\r');
    expect(events).toEqual([{ kind: 'lamp-failed', id: 'desk', number: '03500', cause: 'INV' }]);
  });

  it('refuses what the link cannot carry, and what is not its side', async () => {
    const { lamp, part } = await plugged();
    expect(lamp('12345678')).toEqual({ kind: 'refused', why: 'A number on this link has 1 to 7 digits.' });
    const message = { ...called, reason: 'forwarded-busy' as const };
    expect(part.command?.({ kind: 'tell-call', id: 'desk', message })?.kind).toBe('refused');
    expect(part.command?.({ kind: 'answer', id: 'desk', callId: 'a' })?.kind).toBe('refused');
  });

  it('keeps the last wish for each number while the link is away, and not more than 2,000', async () => {
    const { clock, port, lamp } = desk();
    lamp('3500');
    lamp('3401');
    lamp('0003500', false);
    await clock.pass(60_000);
    port.plug();
    await clock.pass(10_000);
    expect(port.takeWritten()).toBe('OP:MWI 0003401!\x04RMV:MWI 0003500!\x04');
    await clock.pass(60_000);
    port.unplug();
    await clock.pass(1);
    const outcomes = Array.from({ length: 2001 }, (_, index) => lamp(String(10_000 + index))?.kind);
    expect(outcomes.filter((kind) => kind === 'begun').length).toBe(2000);
    expect(lamp('10001', false)).toEqual({ kind: 'begun' });
  });

  it('asks again what was sent just before the link was lost, unless somebody changed his mind', async () => {
    const { clock, port, lamp } = await plugged();
    lamp('3500');
    lamp('3401');
    await clock.pass(1000);
    port.takeWritten();
    port.unplug();
    lamp('3401', false);
    port.plug();
    await clock.pass(10_000);
    expect(port.takeWritten()).toBe('OP:MWI 0003500!\x04RMV:MWI 0003401!\x04');
  });

  it.each(['refused', 'hang'] as const)('opens the port anew when a write is %s, and loses no lamp', async (how) => {
    const { clock, port, lamp, infos } = await plugged();
    port.writes(how);
    lamp('3500');
    await clock.pass(5_000);
    port.writes('taken');
    await clock.pass(10_000);
    expect(port.takeWritten()).toBe('OP:MWI 0003500!\x04');
    expect(infos.map((info) => info.state.kind).slice(0, 4)).toEqual(['problem', 'open', 'problem', 'open']);
    // Not four times a second: a port that takes no byte is waited for longer each time.
    expect(infos.length).toBeLessThan(14);
  });

  it('says so when the line echoes, once, and takes nothing of it for the other side', async () => {
    const { port, events, troubles } = await plugged();
    port.say('OP:MWI 0003500!\x04OP:MWI 0003500!\x04');
    expect(events).toEqual([]);
    expect(troubles).toEqual(['reading: the line sends back what we send, or the other side is a desk too']);
  });

  it('tells unreadable bytes now and then', async () => {
    const { clock, port, troubles } = await plugged();
    for (let turn = 0; turn < 100; turn += 1) port.say('MDx');
    await clock.pass(10_000);
    port.say('MD00\r');
    expect(troubles).toEqual(['reading: 1 unreadable, the last: MD', 'reading: 100 unreadable, the last: MD00']);
  });

  it('leaves a port that floods unread for a while, and gives it up when it never stops', async () => {
    const { clock, port, troubles } = await plugged();
    for (let second = 0; second < 6; second += 1) {
      port.say('x'.repeat(5000));
      await clock.pass(1000);
    }
    expect(port.rests.length).toBe(4);
    expect(troubles.at(-1)).toBe('failed: the other side floods the line');
  });

  it('is silent once it is closed, and lets the port go', async () => {
    const { clock, port, infos, events, part } = await plugged({ keepAliveNumber: '9999999' });
    port.takeWritten();
    const told = infos.length;
    await part.close();
    port.say('\r\nMD0010007B0003401 0003500 \r\n\x19');
    await clock.pass(300_000);
    expect({ told: infos.length, events, written: port.takeWritten() }).toEqual({ told, events: [], written: '' });
  });
});

describe('the test of the link', () => {
  const test = 'RMV:MWI 9999999!\x04';
  const refusal = '\r\nMWI9999999 INV\r\n\x19';

  async function tested() {
    const made = desk({ keepAliveNumber: '9999999' });
    made.port.plug();
    await made.clock.pass(1000);
    return made;
  }

  it('is sent at once and every minute; its refusal is the proof, not an error', async () => {
    const { clock, port, events, part } = await tested();
    expect(port.takeWritten()).toBe(test);
    port.say(refusal);
    await clock.pass(59_999);
    expect(port.takeWritten()).toBe('');
    await clock.pass(1);
    expect(port.takeWritten()).toBe(test);
    expect({ events, state: part.info.state }).toEqual({ events: [], state: { kind: 'open' } });
  });

  it('makes the link bad when two go unanswered, and good with the next refusal', async () => {
    const { clock, port, part } = await tested();
    await clock.pass(9_500);
    expect(port.takeWritten()).toBe(test + test);
    expect(part.info.state.kind).toBe('open');
    await clock.pass(10_000);
    expect(part.info.state).toEqual({
      kind: 'problem',
      problem: 'no-answer',
      detail: 'the switch does not refuse the test number 9999999',
    });
    await clock.pass(15_000);
    expect(port.takeWritten()).toBe(test);
    port.say(refusal);
    expect(part.info.state).toEqual({ kind: 'open' });
  });

  it('still takes calls and lamps while it goes unanswered', async () => {
    const { clock, port, events, lamp } = await tested();
    await clock.pass(20_000);
    port.takeWritten();
    port.say('MD0010007D 0003500 \r');
    lamp('3500');
    await clock.pass(0);
    expect(port.takeWritten()).toBe('OP:MWI 0003500!\x04');
    expect(events.map((event) => event.kind)).toEqual(['desk-message']);
  });

  it('awaits nothing while the link is away, and begins anew', async () => {
    const { clock, port, part } = await tested();
    port.takeWritten();
    port.unplug();
    await clock.pass(120_000);
    expect(part.info.state).toMatchObject({ problem: 'not-plugged-in' });
    port.plug();
    await clock.pass(5_000);
    expect(port.takeWritten()).toBe(test);
  });

  it('is not begun with a number the link cannot carry', async () => {
    const { port, part } = await plugged({ keepAliveNumber: '12345678' });
    expect(port.opened).toEqual([]);
    expect(part.info.state).toMatchObject({ problem: 'bad-profile' });
    await part.close();
  });
});

describe('the side of the switch', () => {
  it('tells calls and hears lamps', async () => {
    const { clock, port, events, part } = await plugged({ role: 'switch', digits: 10 });
    const message = { ...called, reason: 'forwarded-busy' as const };
    expect(part.command?.({ kind: 'tell-call', id: 'desk', message })).toEqual({ kind: 'begun' });
    await clock.pass(0);
    expect(port.takeWritten()).toBe('\r\nMD0010007B0000003401 0000003500 \r\n\x19');
    port.say('OP:MWI 2565551234!\x04RMV:MWI 2565551234!\x04');
    expect(events).toEqual([
      { kind: 'lamp-asked', id: 'desk', number: '2565551234', isOn: true },
      { kind: 'lamp-asked', id: 'desk', number: '2565551234', isOn: false },
    ]);
    expect(part.command?.({ kind: 'message-waiting', id: 'desk', number: '1', isOn: true })?.kind).toBe('refused');
  });

  it('refuses the test number and one longer than the link carries', async () => {
    const { clock, port, events } = await plugged({ role: 'switch', keepAliveNumber: '9999999' });
    port.say('RMV:MWI 9999999!\x04OP:MWI 25655512!\x04OP:MWI 0003500!\x04');
    await clock.pass(1000);
    expect(port.takeWritten()).toBe('\r\nMWI9999999 INV\r\n\x19\r\nMWI25655512 INV\r\n\x19');
    expect(events).toEqual([{ kind: 'lamp-asked', id: 'desk', number: '3500', isOn: true }]);
  });

  it('tells no call that waited half a minute, and not more than 100 at once', async () => {
    const { clock, port, part, troubles } = desk({ role: 'switch' });
    const tell = (calling: string) =>
      part.command?.({
        kind: 'tell-call',
        id: 'desk',
        message: { ...called, reason: 'direct', forwardedFrom: '', calling },
      });
    tell('3500');
    await clock.pass(30_001);
    const outcomes = Array.from({ length: 100 }, (_, index) => tell(String(index))?.kind);
    expect(outcomes.filter((kind) => kind === 'begun').length).toBe(99);
    port.plug();
    await clock.pass(6_000);
    expect(port.takeWritten()).toContain('\r\nMD0010007D 0000000 \r\n\x19\r\nMD0010007D 0000001 ');
    expect(troubles).toEqual(['telling calls: 1 waited too long for the link and were not told']);
  });

  it('refuses a message no switch would send', async () => {
    const { part } = await plugged({ role: 'switch' });
    const message = { ...called, reason: 'direct' as const, calling: '3500\r\nMD' };
    expect(part.command?.({ kind: 'tell-call', id: 'desk', message })).toEqual({
      kind: 'refused',
      why: 'A number on this link has 1 to 7 digits.',
    });
  });
});
