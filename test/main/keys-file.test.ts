import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { KeyBindings } from '../../core/key-command.ts';
import { readKeys, writeKeys } from '../../main/keys-file.ts';

const folder = (): string => mkdtempSync(join(tmpdir(), 'hookline-keys-'));
const bindings: KeyBindings = { panels: { p: { pages: [{ name: 'A', keys: { k1: { do: 'answer' } } }] } } };

test('without a file the built-in bindings hold; what is saved is read again', async () => {
  const directory = folder();
  expect(await readKeys(directory)).toEqual({ bindings: { panels: {} }, notices: [] });
  await writeKeys(directory, bindings);
  expect(await readKeys(directory)).toEqual({ bindings, notices: [] });
  expect(readdirSync(directory)).toEqual(['keys.json']);
});

test.each([
  ['not JSON', '{\n  "panels": {,\n}', /^keys\.json:2: /],
  [
    'an unknown command',
    '{ "panels": { "p": { "pages": [\n{ "keys": { "k1": { "do": "fly" } } } ] } } }',
    /^keys\.json:2: /,
  ],
  [
    'a value no command has',
    '{ "panels": { "p": { "pages": [{ "keys": {\n\n"k1": { "do": "digits", "digits": "x" } } }] } } }',
    /^keys\.json:3: .*digits/,
  ],
  [
    'a panel named twice, of which one would be lost',
    '{ "panels": {\n"p": { "pages": [{ "keys": {} }] },\n"p": { "pages": [{ "keys": {} }] } } }',
    /^keys\.json:3: p stands here twice$/,
  ],
  [
    'two mistakes: the upper one first',
    '{ "panels": { "p": { "pages": [{ "nam": "",\n"keys": {\n"k1": { "do": "fly" } } }] } } }',
    /^keys\.json:1: .*nam/,
  ],
  ['a list', '[]', /^keys\.json:1: Invalid input/],
  [
    'brackets without end',
    `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    /^keys\.json:1: not JSON: brackets too deep$/,
  ],
])(
  'a file with a mistake (%s) is named with its line, left as it is, and kept beside the next one',
  async (_, text, says) => {
    const directory = folder();
    writeFileSync(join(directory, 'keys.json'), text);
    const read = await readKeys(directory);
    expect(read.bindings).toEqual({ panels: {} });
    expect(read.notices).toEqual([{ code: 'keys-file', detail: expect.stringMatching(says) }]);
    expect(readFileSync(join(directory, 'keys.json'), 'utf8')).toBe(text);
    await writeKeys(directory, bindings);
    expect(readFileSync(join(directory, 'keys.json.bad'), 'utf8')).toBe(text);
    expect((await readKeys(directory)).bindings).toEqual(bindings);
  },
);
