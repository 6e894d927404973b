import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { layoutChoices, profileChoices } from '../../main/equipment-choices.ts';

const models = new URL('../../native/models/', import.meta.url);

function folder(part: string, files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-choices-'));
  mkdirSync(join(directory, part));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, part, name), text);
  return directory;
}

test('profiles: the shipped ones with what is unproven of them, then those of the folder, broken ones with the line', async () => {
  const own = readFileSync(new URL('serial/eao-panel.json', models), 'utf8');
  const directory = folder('serial-profiles', { 'our-panel.json': own, 'torn.json': '{\n,', 'notes.txt': '' });
  const choices = await profileChoices(directory);
  const shipped = choices.filter(({ isShipped }) => isShipped);
  expect(shipped.map(({ id }) => id)).toEqual(expect.arrayContaining(['eao-panel', 'lcus-relay', 'zetron-model-25']));
  expect(shipped.some(({ unproven }) => unproven.length > 0)).toBe(true);
  expect(choices.filter(({ isShipped }) => !isShipped)).toMatchObject([
    { id: 'our-panel', title: shipped.find(({ id }) => id === 'eao-panel')?.title },
    { id: 'torn', title: expect.stringMatching(/^torn: line 2: /) },
  ]);
});

test('layouts: the shipped ones say which of their shapes no sample proves; those of the folder follow', async () => {
  const own = readFileSync(new URL('smdr/mitel-5000.json', models), 'utf8');
  const directory = folder('smdr-layouts', { 'ours.json': own, 'bad.json': '{}' });
  const choices = await layoutChoices(directory);
  expect(choices.filter(({ isShipped }) => isShipped).length).toBeGreaterThanOrEqual(10);
  expect(choices.some(({ unproven }) => unproven.length > 0)).toBe(true);
  expect(choices.filter(({ isShipped }) => !isShipped)).toMatchObject([
    { id: 'bad', title: expect.stringMatching(/^bad: /) },
    { id: 'ours', title: choices.find(({ id }) => id === 'mitel-5000')?.title },
  ]);
});

test('a profile folder without files of its own offers the shipped ones', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-choices-'));
  expect((await profileChoices(directory)).every(({ isShipped }) => isShipped)).toBe(true);
  expect((await layoutChoices(directory)).every(({ isShipped }) => isShipped)).toBe(true);
});
