import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { settings } from '../../core/settings.ts';
import { checkSettings, readSettings, writeSettings } from '../../main/settings-file.ts';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'hookline-settings-')), 'settings.json');

test('a missing file gives the defaults', async () => {
  expect(await readSettings(place())).toEqual({ kind: 'none', settings: settings.parse({}) });
});

test('what was written is read again', async () => {
  const path = place();
  const next = settings.parse({ language: 'zh-CN', sound: { ringVolume: 0.4 } });
  await writeSettings(path, next);
  expect(await readSettings(path)).toEqual({ kind: 'read', settings: next });
});

test.each([
  ['a missing comma', '{\n  "language": "en"\n  "theme": "dark"\n}', 3, 'not JSON: comma expected'],
  ['a wrong value', '{\n  "language": "en",\n  "theme": "drak"\n}', 3, /^theme: /],
  ['a wrong name', '{\n  "language": "en",\n\n  "langauge": "en"\n}', 4, /^langauge: /],
  ['a wrong value deep inside', '{\n  "sound": {\n    "ringVolume": 8\n  }\n}', 3, /^sound\.ringVolume: /],
  [
    'a number for help that is none',
    '{\n  "emergencyNumbers": [\n    "110",\n    "1l9"\n  ]\n}',
    4,
    /^emergencyNumbers\.1: two to eight digits/,
  ],
  ['a number for help without its quotes', '{\n  "emergencyNumbers": [110]\n}', 2, /^emergencyNumbers\.0: /],
  ['a missing brace', '{\n  "language": "en"\n', 3, 'not JSON: close brace expected'],
  ['something else than settings', '[]', 1, /expected object/],
])('%s is named with its line, and the defaults are used', (_name, text, line, message) => {
  const read = checkSettings(text);
  expect(read).toEqual({
    kind: 'bad',
    settings: settings.parse({}),
    line,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

test('comments and a trailing comma are no mistakes', () => {
  expect(checkSettings('{\n  // for the night shift\n  "theme": "dark",\n}').kind).toBe('read');
});

test('saving over a file with a typo keeps what the person had written', async () => {
  const path = place();
  writeFileSync(path, '{ "theme": "drak" }');
  await writeSettings(path, settings.parse({}));
  expect([(await readSettings(path)).kind, readFileSync(`${path}.bad`, 'utf8')]).toEqual([
    'read',
    '{ "theme": "drak" }',
  ]);
});
