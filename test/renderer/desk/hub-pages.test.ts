import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { SeatView } from '../../../core/console-api.ts';
import { type EnrolRefusal, enrolRefusal } from '../../../core/hub-console-api.ts';
import en from '../../../renderer/words/en.json' with { type: 'json' };
import { scenePages } from './scene-pages.ts';
import { scenesAt } from './scenes.ts';

/** The hub as a person meets it: the data light, joining and leaving, recordings on their way; on a fake seat. */
const { open, complaints, page: opened } = scenePages({ width: 1280, height: 720 });
let page: Page;
beforeAll(() => {
  page = opened();
});

type Refusal = { readonly kind: 'refused'; readonly why: EnrolRefusal; readonly detail: string };
type OnPage = {
  readonly seat: {
    show(change: Partial<SeatView>): void;
    readonly hub: {
      refusal: Refusal | 'pending' | 'throws' | null;
      readonly asked: { readonly what: string; readonly input: unknown }[];
    };
  };
  readonly link: { set(isUp: boolean): void };
};
const refuse = (how: Refusal | 'pending' | 'throws' | null): Promise<void> =>
  page.evaluate((it) => {
    (globalThis as unknown as OnPage).seat.hub.refusal = it;
  }, how);
const show = (change: Partial<SeatView>): Promise<void> =>
  page.evaluate((it) => (globalThis as unknown as OnPage).seat.show(it), change);
const asked = (what: string): Promise<unknown[]> =>
  page.evaluate(
    (it) => (globalThis as unknown as OnPage).seat.hub.asked.filter((each) => each.what === it).map((a) => a.input),
    what,
  );
const viewOf = (scene: string): SeatView => {
  const view = scenesAt(Date.now())[scene]?.view;
  if (view === undefined) throw new Error(`no scene ${scene}`);
  return view;
};
const button = (name: string | RegExp) => page.getByRole('button', { name });
const site = () => page.getByRole('region', { name: 'Site' });
const code = () => page.getByLabel('Enrolment code');
const text = (words: string) => page.getByText(words).first().waitFor();
const dataLight = () => button(/^Data:/);

/** As a QR scanner on a USB port types it: quickly, with Enter at the end. */
const scanned = 'hookline:enrol?hub=https%3A%2F%2Fhub.example%3A7420&code=7K4M-9QXD';

describe('joining a hub', () => {
  it('takes what a scanner types, once, and says that the seat has joined', async () => {
    await open('site');
    await code().focus();
    await page.keyboard.type(`${scanned}\n`);
    await page.getByRole('status').filter({ hasText: 'This seat has joined the hub.' }).waitFor();
    await text('https://hub.example:7420');
    expect([await asked('enrol'), await code().count(), complaints]).toEqual([[{ text: scanned }], 0, []]);
  });

  it.each(enrolRefusal.options)('says what to do when it is refused: %s; what was typed stays', async (why) => {
    await open('site');
    await refuse({ kind: 'refused', why, detail: 'E_FOR_THE_TECHNICIAN' });
    await code().fill('https://hub.example 7K4M');
    await page.keyboard.press('Enter');
    const alert = site().getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toBe(`${en.site.refused[why]}For a technician: E_FOR_THE_TECHNICIAN`);
    expect(await code().inputValue()).toBe('https://hub.example 7K4M');
    await refuse(null);
    await button('Join the hub').click();
    await text('This seat has joined the hub.');
  });

  it('asks once however often Enter is pressed, and says when the question did not arrive', async () => {
    await open('site');
    await refuse('pending');
    await code().fill(scanned);
    for (let times = 0; times < 3; times++) await page.keyboard.press('Enter');
    await button('Joining…').waitFor();
    expect((await asked('enrol')).length).toBe(1);
    await open('site');
    await refuse('throws');
    await code().fill(scanned);
    await page.keyboard.press('Enter');
    await site().getByRole('alert').filter({ hasText: 'did not reach the seat process' }).waitFor();
  });

  it('takes a file that is picked or dropped; a file that is too long or empty is refused without being sent', async () => {
    await open('site');
    const file = (name: string, body: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(body) });
    const picker = site().locator('input[type=file]');
    for (const body of ['x'.repeat(4_001), '', '  ']) {
      await picker.setInputFiles(file('seat.json', body));
      await site().getByRole('alert').filter({ hasText: 'neither an enrolment file' }).waitFor();
    }
    expect(await asked('enrol')).toEqual([]);
    const body = '{"hookline":1,"kind":"enrolment","hub":"https://hub.example:7420","code":"7K4M"}';
    const dropped = await page.evaluateHandle((it) => {
      const data = new DataTransfer();
      data.items.add(new File([it], 'seat-12.json', { type: 'application/json' }));
      return data;
    }, body);
    await site()
      .getByRole('group', { name: 'Open an enrolment file' })
      .dispatchEvent('drop', { dataTransfer: dropped });
    await text('This seat has joined the hub.');
    expect(await asked('enrol')).toEqual([{ text: body }]);
  });
});

describe('a seat that has joined', () => {
  it('leaves only when it was asked twice, after saying what is not at the hub yet', async () => {
    await open('site-away');
    await button('Leave the hub').click();
    await text('Not at the hub yet: 214 lines, 12 recordings.');
    await button('Stay').click();
    expect(await asked('leave')).toEqual([]);
    await button('Leave the hub').click();
    await button('Really leave').click();
    await code().waitFor();
    expect([(await asked('leave')).length, complaints]).toEqual([1, []]);
  });

  it('tries now, and lists what was set aside with the reason in words, reached by keyboard', async () => {
    await open('hub-away');
    await dataLight().press('Enter');
    await page.getByRole('link', { name: 'Show' }).press('Enter');
    const list = page.getByRole('list', { name: 'Lines set aside' });
    await list.waitFor();
    expect(await list.getByRole('listitem').allTextContents()).toEqual([
      'Line 48,211does not fit its kindbody.remote.number: expected string',
      'Line 48,102of a kind this hub does not knowkind: queue-moved',
      'Line 12,007too large',
    ]);
    expect(await list.evaluate((it) => it.getBoundingClientRect().top < innerHeight)).toBe(true);
    expect(await page.evaluate(() => document.scrollingElement?.scrollTop)).toBe(0);
    await button('Try now').press('Enter');
    expect((await asked('tryNow')).length).toBe(1);
  });

  it('joins again with a new code when the hub does not know it any more', async () => {
    await open('site-refused');
    await text('The hub does not accept this seat any more');
    await code().fill(scanned);
    await page.keyboard.press('Enter');
    await text('This seat has joined the hub.');
  });
});

describe('the data light', () => {
  const strip = () => page.locator('main [role=status]').first();

  it.each([
    [
      'hub-away',
      /The hub has not answered since .*\. You can go on working\. Everything is kept here and goes up when/,
    ],
    ['hub-refused', /does not accept this seat any more.*You can go on working; everything is kept here\./],
    ['hub-forked', /nothing is sent to it.*You can go on working; everything is kept here\. Call a technician\./],
    ['disk-read-only', /nothing of today is on it yet\. Calls go on/],
  ])('%s: says by itself what happened and what still works', async (scene, says) => {
    await open(scene);
    await strip().filter({ hasText: says }).waitFor();
  });

  it.each([
    ['hub-in-step', 'Everything you see is on disk and at the hub.'],
    ['hub-catching-up', 'The hub takes what waited, in order.'],
    ['hub-three-days', 'Waiting: 18,412 lines, 2,013 recordings.'],
    ['hub-voice-first', 'The log is on disk and at the hub.'],
  ])('%s: says more when it is asked', async (scene, says) => {
    await open(scene);
    await strip().filter({ hasText: says }).waitFor();
  });

  it('is put away while the trouble is the same, keeps its shape, and comes back with another', async () => {
    await open('hub-away');
    await strip().filter({ hasText: 'The hub has not answered' }).waitFor();
    await button('Close').click();
    expect(await strip().textContent()).toBe('');
    expect(await dataLight().getAttribute('aria-label')).toBe('Data: weak');
    const { hub, lights } = viewOf('hub-away');
    if (hub.kind === 'none') throw new Error('no hub');
    await show({ hub: { ...hub, waiting: 300 } });
    expect(await strip().textContent()).toBe('');
    await show({
      hub: { ...hub, state: 'refused' },
      lights: { ...lights, data: { ...lights.data, code: 'hub-refused', sinceAt: Date.now() } },
    });
    await strip().filter({ hasText: 'does not accept this seat any more' }).waitFor();
  });

  it('does not read the counts out as they go down', async () => {
    await open('hub-catching-up');
    await text('Recordings go up: 117 left.');
    const live = await page
      .getByText(/Waiting: 3,120 lines|Recordings go up/)
      .evaluateAll((parts) => parts.map((part) => part.closest('[aria-live]')?.getAttribute('aria-live')));
    expect([...new Set(live)]).toEqual(['off']);
  });

  it('pauses the sending of recordings and goes on, and a pause is seen without asking', async () => {
    await open('hub-catching-up');
    await button('Pause the sending of recordings').press('Enter');
    await text('Recordings are paused: 117 wait.');
    expect(await dataLight().getAttribute('aria-label')).toBe('Data: good. The sending of recordings is paused.');
    await button('Go on sending recordings').press('Enter');
    await text('Recordings go up: 117 left.');
    expect(await asked('pauseUploads')).toEqual([{ isPaused: true }, { isPaused: false }]);
  });
});

describe('recordings', () => {
  it('say in the list where they stand, by a shape and by name, and ask in few questions', async () => {
    await open('recordings');
    const row = (index: number) => page.locator(`#call-row-${index} [role=img]`).last();
    const names = ['Here and at the hub', 'Goes to the hub, 43 %', 'Waits its turn to go to the hub'];
    for (const [index, name] of names.entries()) {
      await page.waitForSelector(`#call-row-${index} [aria-label="Recording: ${name}"]`);
      expect(await row(index).getAttribute('title')).toBe(`Recording: ${name}`);
    }
    expect((await asked('recordingPlaces')).length).toBeLessThan(4);
  });

  it('count up with the feed while they go', async () => {
    await open('recordings');
    await page.waitForSelector('#call-row-1 [aria-label="Recording: Goes to the hub, 43 %"]');
    const { uploads } = viewOf('hub-catching-up');
    await show({ uploads: { ...uploads, current: { recordingId: 'recording-1', sentBytes: 99, bytes: 100 } } });
    await page.waitForSelector('#call-row-1 [aria-label="Recording: Goes to the hub, 99 %"]');
  });

  it.each([
    ['recording-removed', 'The sound is at the hub. The copy here was let go'],
    ['recording-erased', "This recording was erased and can't be played anywhere."],
  ])('%s: says so instead of a player', async (scene, says) => {
    await open(scene);
    await text(says);
    expect(await page.getByRole('region', { name: 'Recording' }).count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it('that the hub did not take play here and can be sent again', async () => {
    await open('recording-set-aside');
    await text('The hub did not take it; it is kept here');
    await page.getByRole('region', { name: 'Recording' }).waitFor();
    await button('Send again').click();
    expect(await asked('retryUpload')).toEqual([{ recordingId: 'recording-3' }]);
  });

  it('are simply recordings on a seat without a hub', async () => {
    await open('call-detail');
    await page.waitForSelector('#call-row-2 [aria-label="Has a recording"]');
    await page.getByRole('region', { name: 'Recording' }).waitFor();
    expect(await page.getByText('Only here on this seat').count()).toBe(0);
  });
});

describe('notices', () => {
  it('have their numbers in the sentence, and what is for a technician under it', async () => {
    await open('notices');
    const said = page.getByRole('log').locator('p');
    await said.nth(2).waitFor();
    expect(await said.allTextContents()).toEqual([
      '1,204 lines of the call log that were lost here came back from the hub. Missing, because the hub does not have them either: 3.',
      'The disk is nearly full. Copies of 48 recordings that are safe at the hub were let go here early.',
      'The disk is 91 % full. Make room before recording has to stop.',
    ]);
    await open('notices-stand-in');
    await said.nth(2).waitFor();
    expect(await said.locator('small').allTextContents()).toEqual([
      "EROFS: read-only file system, open '/var/lib/hookline/seat.db'",
      '24 h',
    ]);
  });
});

describe('lists of lines that come by a port', () => {
  it('are read anew when the seat has written some, and not before', async () => {
    await open('texts');
    await page.getByRole('status').filter({ hasText: '6 texts' }).waitFor();
    await page.evaluate(async () => {
      const { seat } = globalThis as unknown as {
        seat: { console: { equipment: { sendText(text: { to: string; text: string }): Promise<unknown> } } };
      };
      await seat.console.equipment.sendText({ to: '139', text: 'by another hand' });
    });
    await page.getByRole('status').filter({ hasText: '7 texts' }).waitFor();
  });
});
