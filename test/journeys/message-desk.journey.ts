import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Equipment, equipment } from '../../core/equipment.ts';
import type { DeskMessage, EquipmentEvent } from '../../core/equipment-event.ts';
import { systemClock } from '../../native/clock.ts';
import { equipmentPorts } from '../../native/equipment/equipment-ports.ts';
import { openMessageDesk } from '../../native/equipment/message-desk.ts';
import { type SerialPair, startSerialPair } from '../rig/serial-pair.ts';
import { type SmdiAsterisk, smdiStation, startSmdiAsterisk } from '../rig/smdi-asterisk.ts';

/** Our side of a link, on a real serial port. */
function openDesk(path: string, settings: Partial<Extract<Equipment, { readonly use: 'message-desk' }>>) {
  const set = equipment.parse({ id: 'desk', use: 'message-desk', port: { path }, ...settings });
  if (set.use !== 'message-desk') throw new Error('not a message desk');
  const events: EquipmentEvent[] = [];
  const troubles: string[] = [];
  const part = openMessageDesk({
    ...{ equipment: set, folder: '', clock: systemClock, ports: equipmentPorts({ clock: systemClock }) },
    listener: {
      onInfo: () => undefined,
      onKey: () => undefined,
      onEvent: (event) => events.push(event),
      onTrouble: (doing, detail) => troubles.push(`${doing}: ${detail}`),
      onFailed: (detail) => troubles.push(detail),
    },
  });
  const tell = (message: DeskMessage) => part.command?.({ kind: 'tell-call', id: 'desk', message });
  return { part, events, troubles, tell };
}

describe("our switch side with Asterisk's own res_smdi, over 1200 baud", () => {
  let pair: SerialPair;
  let peer: SmdiAsterisk;
  let desk: ReturnType<typeof openDesk>;

  beforeAll(async () => {
    pair = await startSerialPair(120);
    peer = await startSmdiAsterisk(pair.b);
    desk = openDesk(pair.a, { role: 'switch', digits: 10 });
    await vi.waitFor(() => expect(desk.part.info.state.kind).toBe('open'), 10_000);
  });

  afterAll(async () => {
    await desk.part.close();
    await peer.asterisk.stop();
    await pair.stop();
  });

  it.each([
    ['forwarded-all', 'A', '2565550001'],
    ['forwarded-busy', 'B', '2565550002'],
    ['forwarded-no-answer', 'N', '2565550003'],
    ['forwarded', 'U', '2565550004'],
    ['extension', 'H', '2565550005'],
  ] as const)('%s', async (reason, letter, forwardedFrom) => {
    const message = { desk: '001', terminal: '0007', reason, letter, forwardedFrom, calling: '3500' };
    expect(desk.tell(message)).toEqual({ kind: 'begun' });
    expect(await peer.take(forwardedFrom)).toEqual({
      ...{ type: letter, station: forwardedFrom, caller: '0000003500', desk: '001', terminal: '0007' },
    });
  });

  it('a direct call, found by its terminal', async () => {
    const message = { desk: '002', terminal: '0042', reason: 'direct' as const, letter: 'D', forwardedFrom: '' };
    desk.tell({ ...message, calling: '2565559876' });
    expect(await peer.take('0042', 't')).toEqual({
      ...{ type: 'D', station: '', caller: '2565559876', desk: '002', terminal: '0042' },
    });
  });

  it('a call whose caller is not told, and the one after it', async () => {
    const message = { desk: '001', terminal: '0008', reason: 'forwarded-busy' as const, letter: 'B', calling: '' };
    desk.tell({ ...message, forwardedFrom: '2565550006' });
    desk.tell({ ...message, forwardedFrom: '2565550007', calling: '2565550008' });
    expect(await peer.take('2565550006')).toMatchObject({ type: 'B', station: '2565550006', caller: '' });
    expect(await peer.take('2565550007')).toMatchObject({ station: '2565550007', caller: '2565550008' });
  });

  it('hears the lamp lit when mail comes and darkened when it is gone', async () => {
    peer.setMail(true);
    await expect.poll(() => desk.events, { timeout: 15_000 }).toHaveLength(1);
    peer.setMail(false);
    await expect.poll(() => desk.events, { timeout: 15_000 }).toHaveLength(2);
    expect(desk.events).toEqual([
      { kind: 'lamp-asked', id: 'desk', number: smdiStation, isOn: true },
      { kind: 'lamp-asked', id: 'desk', number: smdiStation, isOn: false },
    ]);
    // The last byte comes after the message was understood.
    await expect.poll(() => pair.sent('b')).toBe(`OP:MWI ${smdiStation}!\x04RMV:MWI ${smdiStation}!\x04`);
    expect(desk.troubles).toEqual([]);
  });
});

describe('our two sides with each other, over 1200 baud', () => {
  let pair: SerialPair;
  let ours: ReturnType<typeof openDesk>;
  let theirs: ReturnType<typeof openDesk>;

  beforeEach(async () => {
    pair = await startSerialPair(120);
    ours = openDesk(pair.a, { role: 'desk', keepAliveNumber: '9999999' });
    theirs = openDesk(pair.b, { role: 'switch', keepAliveNumber: '9999999' });
    await vi.waitFor(
      () => expect([ours, theirs].map(({ part }) => part.info.state.kind)).toEqual(['open', 'open']),
      10_000,
    );
  });

  afterEach(async () => {
    await Promise.all([ours.part.close(), theirs.part.close()]);
    await pair.stop();
  });

  it("calls, lamps and the test of the link arrive; the test is nobody's error", async () => {
    const message = { desk: '001', terminal: '0001', reason: 'forwarded-no-answer' as const, letter: 'N' };
    theirs.tell({ ...message, forwardedFrom: '3401', calling: '3500' });
    ours.part.command?.({ kind: 'message-waiting', id: 'desk', number: '3401', isOn: true });
    ours.part.command?.({ kind: 'message-waiting', id: 'desk', number: '9999999', isOn: true });
    await expect.poll(() => ours.events, { timeout: 15_000 }).toHaveLength(2);
    expect(theirs.events).toEqual([{ kind: 'lamp-asked', id: 'desk', number: '3401', isOn: true }]);
    expect(ours.events).toEqual([
      { kind: 'desk-message', id: 'desk', message: { ...message, forwardedFrom: '3401', calling: '3500' } },
      { kind: 'lamp-failed', id: 'desk', number: '9999999', cause: 'INV' },
    ]);
  });
});
