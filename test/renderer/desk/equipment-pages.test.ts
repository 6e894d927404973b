import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KeyEvent } from '../../../core/key.ts';
import type { KeyBindings } from '../../../core/key-command.ts';
import { streamDeck } from './fake-equipment.ts';
import { scenePages } from './scene-pages.ts';

/** The pages of what is plugged in, used as a person uses them, on a fake seat under the product's own content policy. */
const { open, complaints, page: opened } = scenePages({ width: 1280, height: 800 });
let page: Page;
beforeAll(() => {
  page = opened();
});

type OnPage = {
  readonly seat: {
    refusal: string | null;
    readonly equipment: {
      refusal: string | null;
      readonly asked: { readonly what: string; readonly input: unknown }[];
      press(event: KeyEvent): void;
    };
  };
};
const press = (event: KeyEvent): Promise<void> =>
  page.evaluate((it) => (globalThis as unknown as OnPage).seat.equipment.press(it), event);
const refuse = (why: string | null): Promise<void> =>
  page.evaluate((it) => {
    const { seat } = globalThis as unknown as OnPage;
    seat.refusal = it;
    seat.equipment.refusal = it;
  }, why);
const asked = (what: string): Promise<unknown[]> =>
  page.evaluate(
    (it) =>
      (globalThis as unknown as OnPage).seat.equipment.asked.filter((each) => each.what === it).map((a) => a.input),
    what,
  );
const lastKeys = async (): Promise<KeyBindings['panels'][string]['pages'][number]['keys']> => {
  const saved = (await asked('saveBindings')).at(-1) as KeyBindings | undefined;
  return saved?.panels[streamDeck.deviceId]?.pages[0]?.keys ?? {};
};
const key = (name: string | RegExp) => page.getByRole('button', { name });
const status = (text: string) => page.getByRole('status').filter({ hasText: text }).first().waitFor();

describe('the Keys page', () => {
  it('takes commands by dragging, and moves what is on a key by dragging it onto another', async () => {
    await open('keys');
    await key('Swap').dragTo(key('Key 12:'));
    await key('Key 12: Swap').waitFor();
    await key('Key 1: Answer').dragTo(key('Key 2: Hang up'));
    await key('Key 2: Answer').waitFor();
    expect(await lastKeys()).toMatchObject({
      'key-11': { do: 'swap' },
      'key-0': { do: 'hang-up' },
      'key-1': { do: 'answer' },
    });
    expect(complaints).toEqual([]);
  });

  it('is worked by keyboard alone: choose a key, choose a command, clear, undo', async () => {
    await open('keys');
    await key('Key 1: Answer').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Key 11: nothing' }).waitFor();
    await key('Hold to talk').focus();
    await page.keyboard.press('Enter');
    await key('Key 11: Hold to talk').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Delete');
    await key('Key 11: nothing').waitFor();
    await page.keyboard.press('Control+z');
    await key('Key 11: Hold to talk').waitFor();
    await status('Undone and saved');
    await page.keyboard.press('Alt+ArrowRight');
    await key('Key 12: Hold to talk').waitFor();
    expect(await lastKeys()).not.toHaveProperty('key-10');
  });

  it('asks for a number before it binds one, and keeps what panels that are away do', async () => {
    await open('keys');
    await key('Key 11: nothing').click();
    await key('Dial…').click();
    await page.keyboard.press('Enter');
    await page.getByText('Type the number to dial.').waitFor();
    expect(await asked('saveBindings')).toEqual([]);
    await page.keyboard.type('8001');
    await page.getByLabel('Name on the key').fill('Reception');
    await page.keyboard.press('Enter');
    await key('Key 11: Dial 8001 · Reception').waitFor();
    const saved = (await asked('saveBindings')).at(-1) as KeyBindings;
    expect(Object.keys(saved.panels).sort()).toEqual(['door-panel', streamDeck.deviceId].sort());
  });

  it('chooses the key that is pressed on the panel, and lights it', async () => {
    await open('keys');
    await press({ deviceId: streamDeck.deviceId, press: { key: 'panel', keyId: 'key-4', isDown: true } });
    await page.getByRole('heading', { name: 'Key 5: Park 701 · Park 1' }).waitFor();
    expect(await key('Key 5').getAttribute('data-pressed')).toBe('true');
    await press({ deviceId: streamDeck.deviceId, press: { key: 'panel', keyId: 'key-4', isDown: false } });
    await page.waitForFunction(() => document.querySelector('#panel-key-key-4[data-pressed]') === null);
  });

  it('refuses a file with a mistake and changes nothing; what the seat refuses is told', async () => {
    await open('keys');
    const file = (text: string) => ({ name: 'keys.json', mimeType: 'application/json', buffer: Buffer.from(text) });
    await page.getByLabel('Open a keys file').first().setInputFiles(file('{"panels":{"x":{"pages":[]}}}'));
    await page.getByRole('alert').filter({ hasText: 'panels › x › pages' }).waitFor();
    expect(await asked('saveBindings')).toEqual([]);
    await refuse('The disk is full.');
    await key('Key 11: nothing').click();
    await key('Swap').click();
    await status('Not saved. The disk is full.');
    await key('Key 11: nothing').waitFor();
  });

  it('hands out every key as a file', async () => {
    await open('keys');
    const download = page.waitForEvent('download');
    await key('Save all keys as a file').click();
    const stream = await (await download).createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    const saved: KeyBindings = JSON.parse(text);
    expect(saved.panels[streamDeck.deviceId]?.pages.map(({ name }) => name)).toEqual(['Calls', 'Stations']);
  });
});

describe('the Devices page', () => {
  it('lights keys as they are pressed, and tries a lamp', async () => {
    await open('devices-all');
    await press({ deviceId: 'hid-9', press: { key: 'mute', to: 'toggle' } });
    await status('Pressed: Mute');
    await page.getByRole('button', { name: 'Try the lamp for two seconds: Hold' }).first().click();
    await key(/Try the lamp for two seconds: Key 12/)
      .first()
      .click();
    expect(await asked('tryLamp')).toEqual([
      { deviceId: 'hid-9', lamp: 'hold', state: 'on' },
      { deviceId: streamDeck.deviceId, lamp: 'key-11', state: 'on' },
    ]);
  });

  it('offers the mend of each problem: the rule, else the line to type; a PIN, tried once', async () => {
    await open('devices-trouble');
    await page.getByText('night-bell.json:14: framing.length').waitFor();
    await refuse('No one was asked.');
    await key('Install the udev rule').first().click();
    await page.getByText('Not installed: No one was asked.').waitFor();
    await page.getByText('sudo hookline device rules --install').waitFor();
    const pin = page.getByLabel('PIN of the SIM card');
    await pin.fill('12');
    await pin.press('Enter');
    expect(await asked('unlockModem')).toEqual([]);
    await pin.fill('1234');
    await pin.press('Enter');
    await status('Not unlocked: No one was asked.');
    expect(await asked('unlockModem')).toEqual([{ id: 'p4', pin: '1234' }]);
    expect(await pin.inputValue()).toBe('');
  });

  it('says of each closed device what does not work, and offers no udev rule for a serial port', async () => {
    await open('devices-trouble');
    const card = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
    const panel = card('Porter’s lodge panel');
    await panel.getByText('Hookline may not open its port. Calls go on without it.').waitFor();
    await panel.getByText('sudo usermod -aG dialout "$USER"').waitFor();
    expect(await panel.getByRole('button', { name: 'Install the udev rule' }).count()).toBe(0);
    const light = card('Kuando Busylight Alpha');
    await light.getByText('Hookline may not open it, so it stays dark.').waitFor();
    expect(await light.getByRole('button', { name: 'Install the udev rule' }).count()).toBe(1);
    await card('PCsensor FootSwitch')
      .getByText(/^It types like a keyboard, .* F8 \(answer, hang up\)/)
      .waitFor();
  });
});

describe('equipment in the settings', () => {
  it('keeps what was typed when it cannot be saved, and adds it when it can', async () => {
    await open('settings-equipment');
    await key('Switch log').click();
    await key('Add').click();
    await page.getByText('Choose the layout of your switch.').waitFor();
    await page.getByLabel('Layout of the log').selectOption('mitel-5000');
    await page.getByLabel('Where it comes from').selectOption('connect');
    await page.getByLabel('Address of the switch').fill('192.0.2.44');
    await page.getByLabel('TCP port').fill('4000');
    await refuse('The disk is full.');
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('Not saved. The disk is full.').first().waitFor();
    expect(await page.getByLabel('Address of the switch').inputValue()).toBe('192.0.2.44');
    await refuse(null);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    await page.getByText('192.0.2.44:4000').waitFor();
    await key('Remove KX-TDA200 log').click();
    await key('Really remove').click();
    await page.getByText('192.0.2.10:2300').waitFor({ state: 'detached' });
  });
});

describe('texts and message lamps', () => {
  it('keeps a text that could not be sent, and lists one that could', async () => {
    await open('text-detail');
    await key('Answer').click();
    await page.keyboard.type('On its way.');
    await refuse('No network.');
    await page.keyboard.press('Control+Enter');
    await status('Not sent: No network.');
    expect(await page.getByLabel('Text', { exact: true }).last().inputValue()).toBe('On its way.');
    await refuse(null);
    await page.keyboard.press('Control+Enter');
    await page.locator('[role=option]').filter({ hasText: 'On its way.' }).waitFor();
    expect(await asked('sendText')).toEqual(Array(2).fill({ to: '+442079460958', text: 'On its way.' }));
  });

  it('offers the station a call was forwarded from, lights its lamp, and keeps the number when that is refused', async () => {
    await open('arrival');
    await page.getByText('Forwarded from 3500: busy').waitFor();
    const station = page.getByLabel('Station');
    expect(await station.inputValue()).toBe('3500');
    await refuse('BLK');
    await station.press('Enter');
    await status('3500: BLK');
    expect(await station.inputValue()).toBe('3500');
    await refuse(null);
    await station.press('Enter');
    await key('Darken the message lamp of 3500').click();
    await key('Darken the message lamp of 3500').waitFor({ state: 'detached' });
    expect((await asked('setMessageWaiting')).at(-1)).toEqual({ id: 'desk-link', number: '3500', isOn: false });
  });
});

describe('a screen that cannot be drawn', () => {
  it('says so, and leaves the call card and the other screens', async () => {
    await open('idle');
    await page.route('**/keys-screen*.js', (route) => route.abort());
    await page.locator('nav [href="#/keys"]').click();
    await page.getByText("This screen can't be drawn.").waitFor();
    await page.getByRole('button', { name: 'Dial', exact: false }).first().waitFor();
    await page.locator('nav [href="#/devices"]').click();
    await page.getByRole('heading', { name: 'Devices' }).waitFor();
    await page.unroute('**/keys-screen*.js');
  });
});

describe('a call on the modem', () => {
  it('says so, and why hold, mute and recording do nothing', async () => {
    await open('modem-call');
    await page.getByText('Calls go by the modem: China Mobile').waitFor();
    for (const name of ['Hold', 'Mute', 'Pause rec.']) {
      expect(await page.getByRole('button', { name, exact: true }).getAttribute('aria-description')).toBe(
        'Not on the modem’s line',
      );
    }
  });
});
