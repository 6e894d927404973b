import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { contentType, listAppFiles } from '../../main/app-files.ts';

describe('listAppFiles', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'app-files-'));
    mkdirSync(join(folder, 'dist', 'desk'), { recursive: true });
    mkdirSync(join(folder, 'dist', '.git'));
    mkdirSync(join(folder, 'voices'));
    writeFileSync(join(folder, 'secret.json'), '{}');
    writeFileSync(join(folder, 'dist', 'desk', 'index.html'), 'desk');
    writeFileSync(join(folder, 'dist', 'app.js'), 'app');
    writeFileSync(join(folder, 'dist', 'app.js.map'), 'map');
    writeFileSync(join(folder, 'dist', '.git', 'config.json'), '{}');
    writeFileSync(join(folder, 'dist', '.hidden.js'), 'no');
    writeFileSync(join(folder, 'dist', 'notes.txt'), 'no');
    writeFileSync(join(folder, 'voices', 'a.ogg'), 'sound');
    symlinkSync(join(folder, 'secret.json'), join(folder, 'dist', 'link.json'));
    symlinkSync(folder, join(folder, 'dist', 'up'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  test('gives regular files of known kinds under their mounts, and an index by its folder', () => {
    const files = listAppFiles([
      { at: '/', folder: join(folder, 'dist') },
      { at: '/voices/', folder: join(folder, 'voices') },
    ]);
    const html = { file: join(folder, 'dist', 'desk', 'index.html'), type: 'text/html; charset=utf-8' };
    expect(files).toEqual(
      new Map([
        ['/desk/index.html', html],
        ['/desk/', html],
        ['/app.js', { file: join(folder, 'dist', 'app.js'), type: 'text/javascript; charset=utf-8' }],
        ['/voices/a.ogg', { file: join(folder, 'voices', 'a.ogg'), type: 'audio/ogg' }],
      ]),
    );
  });

  test('a folder that is not there is said at start', () => {
    expect(() => listAppFiles([{ at: '/', folder: join(folder, 'nowhere') }])).toThrow(/ENOENT/);
  });

  test.each(['a', 'a.', 'a.constructor', 'a.__proto__', 'a.html.exe', '.toString'])('%s has no type', (name) => {
    expect(contentType(name)).toBeNull();
  });
});
