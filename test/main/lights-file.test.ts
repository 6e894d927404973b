import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLightRules } from '../../main/lights-file.ts';

const profile = (text?: string): string => {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-lights-'));
  if (text !== undefined) writeFileSync(join(directory, 'lights.json'), text);
  return directory;
};

test('no file and a good file say nothing', async () => {
  expect(await readLightRules(profile())).toEqual({ rules: {}, notices: [] });
  const text = '{\n  // the hall is dark\n  "talking": { "colour": "#400000" },\n}';
  expect(await readLightRules(profile(text))).toEqual({
    rules: { talking: { colour: '#400000', flash: 'steady' } },
    notices: [],
  });
});

test.each([
  [
    'a state that is none',
    '{\n  "ringing": { "colour": "blue" },\n  "talkin": { "colour": "red" }\n}',
    /^lights.json:3: talkin: /,
  ],
  [
    'a colour that is none',
    '{\n  "ringing": {\n    "colour": "bleu"\n  }\n}',
    /^lights.json:3: ringing.colour: give a colour/,
  ],
  ['no colour', '{\n  "ringing": { "flash": "fast" }\n}', /^lights.json:2: ringing.colour: give a colour/],
  [
    'a missing comma',
    '{\n  "held": { "colour": "red" }\n  "ringing": {}\n}',
    /^lights.json:3: not JSON: comma expected/,
  ],
])('%s is named with its line, and the built-in rules hold', async (_name, text, detail) => {
  const read = await readLightRules(profile(text));
  expect(read).toEqual({ rules: {}, notices: [{ code: 'settings-file', detail: expect.stringMatching(detail) }] });
});
