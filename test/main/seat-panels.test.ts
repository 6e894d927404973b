import { expect, test } from 'vitest';
import type { PhoneCommand } from '../../core/console-api.ts';
import type { KeyBindings } from '../../core/key-command.ts';
import { ring, seatWithFakes } from './seat-fakes.ts';
import { equipmentInfo, panelInfo } from './some-equipment.ts';

const bindings: KeyBindings = {
  panels: {
    panel: {
      pages: [
        {
          name: 'Calls',
          keys: {
            k1: { do: 'answer' },
            k2: { do: 'hold' },
            k3: { do: 'park', number: '701', name: '' },
            k4: { do: 'page', page: 1 },
            k5: { do: 'talk' },
          },
        },
        {
          name: '',
          keys: {
            k1: { do: 'work-code', code: 'order' },
            k2: { do: 'not-ready', reason: 'lunch' },
            k3: { do: 'message-waiting', number: '8001', name: '' },
            k4: { do: 'page', page: 0 },
            k6: { do: 'page', page: 9 },
          },
        },
      ],
    },
  },
};
const desk = { id: 'smdi', use: 'message-desk', port: { path: '/dev/ttyUSB0' } };

function seat(given: Parameters<typeof seatWithFakes>[0] = { bindings, settings: { equipment: [desk] } }) {
  const fakes = seatWithFakes(given);
  fakes.plug([panelInfo('panel', 6)]);
  const commands: PhoneCommand[] = [];
  // Taken as they come, so that a test can look at any moment.
  const watch = fakes.seat.commands.watch();
  void (async () => {
    for await (const command of watch) commands.push(command);
  })();
  const key = (keyId: string, isDown = true) => fakes.press({ key: 'panel', keyId, isDown }, 'panel');
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
  const talk = () => {
    fakes.seat.report(ring('c'));
    fakes.seat.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  };
  return { ...fakes, key, commands, settled, talk };
}

test('keys answer, hold, park and turn the page; a key that makes no sense now does nothing', async () => {
  const { seat: running, key, commands, settled } = seat();
  for (const keyId of ['k1', 'k2', 'k6', 'unknown']) key(keyId);
  running.report(ring('c'));
  key('k1');
  key('k1', false);
  running.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  key('k2');
  running.report({ kind: 'call', callId: 'c', event: { kind: 'held', at: 1_000_003 } });
  key('k2');
  running.report({ kind: 'call', callId: 'c', event: { kind: 'resumed', at: 1_000_004 } });
  key('k3');
  key('k3');
  running.report({ kind: 'transferred', callId: 'c', at: 1_000_005, number: '701' });
  running.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 1_000_006, cause: 'hung-up-here' } });
  await settled();
  expect(commands).toEqual([
    { kind: 'answer', callId: 'c' },
    { kind: 'hold', callId: 'c' },
    { kind: 'resume', callId: 'c' },
    { kind: 'transfer', callId: 'c', number: '701' },
  ]);
  expect(running.view.value.afterCall).toMatchObject({ callId: 'c', cause: 'hung-up-here' });
  key('k4');
  key('k6');
  expect(running.view.value.panels[0]).toMatchObject({ page: 1, isBuiltIn: false });
  // What somebody is typing is not lost by coding with a key.
  running.ask({ kind: 'draft', callId: 'c', draft: { note: 'two boxes', chosen: null } });
  key('k1');
  expect(running.store.callRow('c')).toMatchObject({ workCode: 'order', note: 'two boxes' });
  key('k2');
  expect(running.view.value.agent.activity).toEqual({ kind: 'not-ready', reason: 'lunch' });
});

test('parked by nobody talking, the key fetches the call that waits there', async () => {
  const { key, commands, settled } = seat();
  key('k3');
  await settled();
  expect(commands).toMatchObject([{ kind: 'dial', number: '701' }]);
});

test('hold to talk: down lets the customer hear, up mutes, and a panel that is pulled out lets go', async () => {
  const { seat: running, key, commands, settled, talk, plug } = seat();
  const muted = (isMuted: boolean) =>
    running.report({ kind: 'call', callId: 'c', event: { kind: isMuted ? 'muted' : 'unmuted', at: 1_000_009 } });
  talk();
  key('k5');
  key('k5', false);
  muted(true);
  key('k5');
  muted(false);
  // The page is turned while the key is held: letting go is letting go all the same.
  key('k4');
  key('k5', false);
  muted(true);
  key('k4');
  key('k5');
  muted(false);
  plug([]);
  await settled();
  const mute = (isMuted: boolean) => ({ kind: 'mute', callId: 'c', isMuted });
  expect(commands).toEqual([mute(true), mute(false), mute(true), mute(false), mute(true)]);
});

test('faces follow the seat, told to the devices only when they change', () => {
  const { seat: running, faces } = seat();
  const count = faces.length;
  const face = (keyId: string) => faces.at(-1)?.[0]?.faces.find((each) => each.keyId === keyId);
  expect(face('k1')).toMatchObject({ caption: 'Answer', lamp: 'off', isEnabled: false });
  running.ask({ kind: 'draft', callId: 'c', draft: { note: '', chosen: null } });
  expect(faces.length).toBe(count);
  running.report(ring('c'));
  expect(face('k1')).toEqual({
    ...{ keyId: 'k1', caption: 'Answer', icon: 'answer', lamp: 'fast', tone: 'ringing', isEnabled: true },
    sinceAt: 1_000_001,
  });
  running.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  running.report({ kind: 'call', callId: 'c', event: { kind: 'held', at: 1_000_003 } });
  expect(face('k2')).toMatchObject({ lamp: 'slow', sinceAt: 1_000_003 });
});

test('a message lamp is lit by its key and darkened by it; a refusal is told', async () => {
  const { seat: running, key, equipmentCommands, settled, deviceOutcome } = seat();
  key('k4');
  key('k3');
  await settled();
  expect(running.view.value.panels[0]?.faces.find((face) => face.keyId === 'k3')).toMatchObject({
    ...{ caption: '8001', lamp: 'on' },
  });
  key('k3');
  await settled();
  deviceOutcome.outcome = { kind: 'refused', why: 'the port is not there' };
  key('k3');
  await settled();
  expect(equipmentCommands.map((command) => command.kind === 'message-waiting' && command.isOn)).toEqual([
    ...[true, false, true],
  ]);
  expect(running.notices.takeEarly()).toEqual([{ code: 'message-lamp-refused', detail: 'the port is not there' }]);
});

test('keys pressed on the screen are the panel’s, and every moment is told to who watches', async () => {
  const { seat: running, press } = seat();
  const moments = running.keyMoments.watch();
  running.report(ring('c'));
  running.pressKey({ deviceId: 'panel', press: { key: 'panel', keyId: 'k1', isDown: true } });
  press({ key: 'flash' }, 'headset');
  const seen = [(await moments.next()).value, (await moments.next()).value];
  expect(seen).toEqual([
    { deviceId: 'panel', press: { key: 'panel', keyId: 'k1', isDown: true } },
    { deviceId: 'headset', press: { key: 'flash' } },
  ]);
  await moments.return();
});

test('bindings are saved, hold at once, and wait for a panel that is not there; without any, the built-in ones hold', async () => {
  const { seat: running, savedBindings, plug } = seat({});
  expect(running.view.value.panels[0]).toMatchObject({ isBuiltIn: true, page: 0 });
  expect(running.view.value.panels[0]?.faces.map(({ icon }) => icon)).toContain('answer');
  const next: KeyBindings = { panels: { later: { pages: [{ name: '', keys: { k1: { do: 'redial' } } }] } } };
  await running.saveBindings(next);
  expect([savedBindings, running.panels.bindings()]).toEqual([[next], next]);
  plug([panelInfo('panel', 2), panelInfo('later', 2), equipmentInfo('headset', 'headset')]);
  expect(running.view.value.panels.map(({ deviceId, isBuiltIn }) => [deviceId, isBuiltIn])).toEqual([
    ['panel', true],
    ['later', false],
  ]);
  expect(running.view.value.panels[1]?.faces).toMatchObject([{ keyId: 'k1', icon: 'redial' }]);
});

test('equipment is set up at the start and again when the settings change; WebHID collections are handed on', async () => {
  const { seat: running, told } = seat();
  const [equipment] = running.view.value.settings.equipment;
  running.report({ kind: 'hid-collections', collections: [] });
  await running.saveSettings({ ...running.view.value.settings, theme: 'dark' }, null);
  await running.saveSettings({ ...running.view.value.settings, equipment: [] }, null);
  expect(told).toEqual([['/profile', [equipment]], [], ['/profile', []]]);
});

test('a device that becomes useless is told once, and not because its plug is out', () => {
  const { seat: running, plug } = seat();
  const problem = (name: 'quarantined' | 'not-plugged-in' | 'no-answer') => ({
    ...equipmentInfo('gsm', 'modem'),
    state: { kind: 'problem', problem: name, detail: '' } as const,
  });
  plug([problem('not-plugged-in')]);
  plug([problem('no-answer')]);
  plug([problem('no-answer')]);
  plug([{ ...problem('quarantined'), deviceId: 'h', kind: 'headset' }]);
  expect(running.notices.takeEarly()).toEqual([
    { code: 'equipment', detail: 'the modem' },
    { code: 'device-problem', detail: 'the modem' },
  ]);
});
