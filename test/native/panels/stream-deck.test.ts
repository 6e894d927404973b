import { expect, it } from 'vitest';
import { bounceMs } from '../../../native/panels/key-moments.ts';
import { keyGapMs } from '../../../native/panels/panel.ts';
import type { PanelMake } from '../../../native/panels/panel-make.ts';
import { streamDeckMake } from '../../../native/panels/stream-deck.ts';
import { face, type PanelBench, panelBench } from './panel-bench.ts';

function deckOf(productId: number): PanelMake {
  const make = streamDeckMake({ vendorId: 0x0fd9, productId });
  if (make === undefined) throw new Error('not a Stream Deck');
  return make;
}

/** Lets drawing, which takes turns of the real event loop, and the gaps between keys pass. */
async function settle({ clock }: PanelBench, keys: number): Promise<void> {
  for (let turn = 0; turn < keys * 4; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await clock.pass(keyGapMs);
  }
}

it('a Mini, which has no colour fill, gets whole pictures one after the other, each in parts that are in order', async () => {
  const bench = await panelBench(deckOf(0x63));
  await settle(bench, 6);
  const parts = bench.seen
    .filter((line) => line.startsWith('write 0201'))
    .map((line) => Buffer.from(line.slice(6), 'hex'))
    .map((report) => `${report[5]}.${report[2]}`);
  // 80 x 80 pixels of three bytes and a header of 54, 1,008 bytes a report.
  const meant = Array.from({ length: 6 }, (_, key) => Array.from({ length: 20 }, (_, part) => `${key + 1}.${part}`));
  expect(parts).toEqual(meant.flat());
  expect(bench.seen.some((line) => line.startsWith('trouble'))).toBe(false);
});

it('a Stream Deck +: knobs click and are pressed, the strip is made dark, and a turn is never a key that stays down', async () => {
  const bench = await panelBench(deckOf(0x84));
  await settle(bench, 8);
  bench.seen.length = 0;
  const knob = (kind: number, ...values: readonly number[]) => Uint8Array.of(1, 3, 5, 0, kind, ...values, 0, 0, 0, 0);
  bench.says(knob(1, 2, 0xff, 0, 0));
  bench.says(knob(0, 0, 0, 1, 0));
  await bench.clock.pass(bounceMs);
  bench.says(knob(0, 0, 0, 0, 0));
  expect(bench.seen).toEqual([
    ...['key knob-0-right down', 'key knob-0-right up', 'key knob-0-right down', 'key knob-0-right up'],
    ...['key knob-1-left down', 'key knob-1-left up', 'key knob-2 down', 'key knob-2 up'],
  ]);
});

it('above each knob of a + stands its face; a tap on it presses the knob', async () => {
  const bench = await panelBench(deckOf(0x84));
  await settle(bench, 12);
  bench.seen.length = 0;
  bench.device?.showFaces?.([face({ keyId: 'knob-2', caption: 'Redial', icon: 'redial' })]);
  await settle(bench, 2);
  // Report 2, command 0c: x 400, y 0, 200 x 100, as little-endian words.
  const parts = bench.seen.filter((line) => line.startsWith('write 020c'));
  expect([parts.length > 0, parts.every((line) => line.slice(10).startsWith('90010000c8006400'))]).toEqual([
    true,
    true,
  ]);
  bench.seen.length = 0;
  bench.says(Uint8Array.of(1, 2, 14, 0, 1, 0, 0xf4, 0x01, 10, 0, 0, 0, 0, 0));
  expect(bench.seen).toEqual(['key knob-2 down', 'key knob-2 up']);
});

it('a Neo has two touch keys with a colour and no picture', async () => {
  const bench = await panelBench(deckOf(0x9a));
  await settle(bench, 10);
  bench.seen.length = 0;
  bench.device?.showFaces?.([face({ keyId: '8', lamp: 'on', tone: 'danger' })]);
  await settle(bench, 1);
  expect(bench.seen).toEqual(['feature 030608ff']);
});

it('the pedal is read and never written to but for its reset', async () => {
  const bench = await panelBench(deckOf(0x86));
  bench.says(Uint8Array.of(1, 0, 3, 0, 0, 1, 0));
  await bench.clock.pass(bounceMs);
  bench.says(Uint8Array.of(1, 0, 3, 0, 0, 0, 0));
  await bench.device?.close();
  expect(bench.seen).toEqual(['read 5', 'key 1 down', 'key 1 up', 'closed']);
});

it('a flashing key goes from one picture to the other and back, and no other key is written', async () => {
  const bench = await panelBench(deckOf(0x80));
  await settle(bench, 15);
  bench.seen.length = 0;
  bench.device?.showFaces?.([face({ keyId: '3', caption: '保持', lamp: 'fast' })]);
  for (let half = 0; half < 8; half += 1) {
    await settle(bench, 2);
    await bench.clock.pass(250 - 2 * 4 * keyGapMs);
  }
  const firstParts = bench.seen.filter((line) => /^write 0207..[01]\d.{4}0000/.test(line)).map((line) => line.slice(6));
  expect([firstParts.length >= 7, new Set(firstParts).size]).toEqual([true, 2]);
  expect(firstParts.every((picture, at) => at === 0 || picture !== firstParts[at - 1])).toBe(true);
  expect(new Set(firstParts.map((picture) => picture.slice(4, 6)))).toEqual(new Set(['03']));
});
