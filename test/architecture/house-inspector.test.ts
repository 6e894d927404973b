import { describe, expect, test } from 'vitest';
import { inspectHouse } from './house-inspector.ts';
import { arrows, fileLinesMax } from './house-rules.ts';

const says = (files: Readonly<Record<string, string>>): string[] =>
  inspectHouse(new Map(Object.entries(files))).map((breach) => `${breach.path}:${breach.line} ${breach.says}`);

const rooms = Object.keys(arrows);

describe('arrows', () => {
  const allowed = new Set([
    'native core',
    'recording core',
    'renderer core',
    'switch core',
    'main core',
    'main native',
    'main recording',
    'hub core',
    'hub recording',
    'hub switch',
  ]);
  const pairs = rooms.flatMap((from) => rooms.map((to) => [from, to] as const));

  test.each(pairs)('%s imports %s', (from, to) => {
    const isAllowed = from === 'test' || from === to || allowed.has(`${from} ${to}`);
    const breaches = says({ [`${from}/a/b.ts`]: `\nimport type { C } from '../../${to}/c.ts';` });
    expect(breaches).toEqual(isAllowed ? [] : [`${from}/a/b.ts:2 ${from} may not import ${to} (${to}/c.ts)`]);
  });

  test.each([
    "export { a } from '../main/a.ts';\nconst b = 1;",
    "await import('../main/a.ts');",
    "type A = import('../main/a.ts').A;",
    "const a = require('../main/a.ts');",
    "const a = import.meta.glob('../main/*.ts');",
    "new Worker(new URL('../main/a.ts', import.meta.url));",
    '/// <reference path="../main/a.ts" />',
    "import '../renderer/../main/./a.ts';",
  ])('no way round: %s', (source) => {
    expect(says({ 'renderer/a.ts': source })).toHaveLength(1);
  });

  test.each([
    ["import '../../elsewhere/a.ts';", 'imports ../elsewhere/a.ts, which lies outside the rooms'],
    ["import '../node_modules/zod/index.js';", 'imports node_modules/zod/index.js, which lies outside the rooms'],
    ["import '/etc/passwd';", 'imports /etc/passwd: neither a package nor a file of a room'],
    ["import '#store';", 'imports #store: neither a package nor a file of a room'],
    [
      "import 'https://example.test/a.js';",
      'imports https://example.test/a.js: neither a package nor a file of a room',
    ],
  ])('nothing from outside: %s', (source, expected) => {
    expect(says({ 'main/a.ts': source })).toEqual([`main/a.ts:1 ${expected}`]);
  });

  test('assets and package.json are data to all but core', () => {
    const source = "import bell from '../assets/bell.json' with { type: 'json' };\nimport '../package.json';";
    expect(says({ 'main/a.ts': source, 'renderer/a.ts': source })).toEqual([]);
    expect(says({ 'core/a.ts': source })).toHaveLength(2);
  });

  test('a computed import is refused where its arrow matters', () => {
    expect(says({ 'renderer/a.ts': 'await import(name);', 'main/a.ts': 'await import(name);' })).toEqual([
      'renderer/a.ts:1 a computed dynamic in renderer: nobody can say where that arrow points',
    ]);
  });
});

describe('composition roots', () => {
  test.each([
    ['main/cli/start.ts', "import { start } from '../browser.ts';", 'main/browser.ts'],
    ['main/a.ts', "import type { A } from './electron.ts';", 'main/electron.ts'],
    ['main/a.ts', "import '../native/device-process.ts';", 'native/device-process.ts'],
  ])('%s may not import one', (path, source, root) => {
    expect(says({ [path]: source })).toEqual([`${path}:1 imports the composition root ${root}`]);
  });

  test('another process may be pointed at one, and a test may import one', () => {
    expect(
      says({
        'main/a.ts': "fork(new URL('../native/device-process.ts', import.meta.url));",
        'test/main/a.test.ts': "import '../../main/browser.ts';",
      }),
    ).toEqual([]);
  });
});

describe('packages', () => {
  test.each([
    ['jssip', 'renderer/phone/jssip-line.ts', 'renderer/phone/practice-line.ts'],
    ['better-sqlite3', 'main/store/connection.ts', 'main/store/call-table.ts'],
    ['node-hid', 'native/hid/hid-bus.ts', 'native/roster.ts'],
    ['serialport', 'native/serial/serial-bus.ts', 'native/roster.ts'],
    ['electron', 'main/electron.ts', 'main/electron/window-rules.ts'],
    ['jssip/lib/UA.js', 'renderer/phone/jssip-line.ts', 'renderer/desk/desk.tsx'],
  ])('%s belongs to %s', (name, owner, other) => {
    const source = `import type { A } from '${name}';`;
    const [bare] = name.split('/');
    expect(says({ [owner]: source, 'test/bench/a.ts': source })).toEqual([]);
    const owners =
      bare === 'better-sqlite3'
        ? 'main/store/connection.ts and hub/database/sqlite.ts'
        : bare === 'electron'
          ? 'main/electron.ts and main/preload.cts'
          : owner;
    expect(says({ [other]: source })).toEqual([`${other}:1 only ${owners} may import ${bare}`]);
  });

  test('core imports zod and the contract, nothing else', () => {
    const source = [
      "import { z } from 'zod';",
      "import { oc } from '@orpc/contract';",
      "import type { A } from '@orpc/server';",
      "import { v7 } from 'uuid';",
      "import { readFileSync } from 'node:fs';",
      "import os from 'os';",
      "import './own.ts';",
    ].join('\n');
    expect(says({ 'core/a.ts': source })).toEqual([
      'core/a.ts:3 core may not import @orpc/server: only zod, @orpc/contract',
      'core/a.ts:4 core may not import uuid: only zod, @orpc/contract',
      "core/a.ts:5 core may not import Node's node:fs",
      "core/a.ts:6 core may not import Node's os",
    ]);
  });

  test('a recording is bytes: the room that reads it opens no file and no socket', () => {
    expect(says({ 'recording/a.ts': "import { hkdfSync } from 'node:crypto';" })).toEqual([]);
    expect(says({ 'recording/a.ts': "import { open } from 'node:fs/promises';" })).toEqual([
      "recording/a.ts:1 recording may not import Node's node:fs/promises",
    ]);
  });

  test('the renderer has no Node, its build file has', () => {
    const source = "import { join } from 'node:path';";
    expect(says({ 'renderer/vite.config.ts': source, 'native/a.ts': source })).toEqual([]);
    expect(says({ 'renderer/a.ts': source })).toEqual(["renderer/a.ts:1 renderer may not import Node's node:path"]);
  });
});

describe('files and names', () => {
  test.each([
    ['src/a.ts', 'src may not lie at the top: see architecture.md'],
    ['notes.md', 'notes.md may not lie at the top: see architecture.md'],
    ['tsconfig.Old.json', 'tsconfig.Old.json may not lie at the top: see architecture.md'],
    ['core/utils.ts', 'utils.ts: a name that says nothing; name it after what it does'],
    ['main/helpers/a.ts', 'helpers: a name that says nothing; name it after what it does'],
    ['main/lib/a.ts', 'lib: a name that says nothing; name it after what it does'],
    ['main/service.test.ts', 'service.test.ts: a name that says nothing; name it after what it does'],
    ['core/CallState.ts', 'CallState.ts: names are kebab-case'],
    ['core/call_state.ts', 'call_state.ts: names are kebab-case'],
    ['renderer/Desk/a.tsx', 'Desk: names are kebab-case'],
    ['assets/Ring Tone.wav', 'Ring Tone.wav: names are kebab-case'],
    ['core/index.ts', 'no index files: name it after what it exports'],
    ['renderer/desk/index.tsx', 'no index files: name it after what it exports'],
  ])('%s', (path, expected) => {
    expect(says({ [path]: '' })).toEqual([`${path}:0 ${expected}`]);
  });

  test('good names pass', () => {
    const paths = [
      'package.json',
      'tsconfig.json',
      'tsconfig.core.json',
      '.gitignore',
      '.ci/run',
      'README.zh-CN.md',
      'main/preload.cts',
      'main/store/migrations/0010-journal.ts',
      'renderer/words/zh-CN.json',
      'renderer/desk/index.html',
      'core/library.ts',
      'test/journeys/real-call.journey.ts',
      'assets/udev/70-hookline.rules',
      'assets/practice/README.md',
      'native/models/jabra-evolve2-65.ts',
    ];
    expect(says(Object.fromEntries(paths.map((path) => [path, ''])))).toEqual([]);
  });

  test('a long file and a barrel', () => {
    const line = 'const a = 1;\n';
    expect(says({ 'main/a.ts': line.repeat(fileLinesMax) })).toEqual([]);
    expect(says({ 'main/a.ts': line.repeat(fileLinesMax + 1) })).toEqual([
      'main/a.ts:0 has 351 lines, over 350: it holds two ideas, make it two files',
    ]);
    expect(says({ 'main/words.ts': "export * from './a.ts';" })).toEqual([
      'main/words.ts:0 only re-exports (a barrel): import from the file that has the thing',
    ]);
  });

  test('core says what each export is; other rooms are read by people', () => {
    const source = 'export const a = 1;';
    expect(says({ 'core/a.ts': source, 'main/a.ts': source })).toEqual(['core/a.ts:1 exports a without a docstring']);
  });
});
