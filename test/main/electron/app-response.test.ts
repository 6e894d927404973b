import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppFiles, listAppFiles } from '../../../main/app-files.ts';
import { answerAppRequest, findAppFile } from '../../../main/electron/app-response.ts';

let folder = '';
let files: AppFiles = new Map();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-pages-'));
  await mkdir(join(folder, 'pages', 'desk'), { recursive: true });
  await mkdir(join(folder, 'pages', 'assets'));
  await writeFile(join(folder, 'secret.html'), 'outside');
  await writeFile(join(folder, 'pages', 'desk', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'pages', 'assets', 'desk-Bx1_2.js'), 'export {};');
  await writeFile(join(folder, 'pages', 'assets', 'desk-Bx1_2.js.map'), '{}');
  await writeFile(join(folder, 'pages', 'assets', '.env'), 'password');
  await symlink(join(folder, 'secret.html'), join(folder, 'pages', 'link.html'));
  await symlink(folder, join(folder, 'pages', 'folder-link'));
  files = listAppFiles([{ at: '/', folder: join(folder, 'pages') }]);
});
afterAll(() => rm(folder, { recursive: true }));

test('the map holds regular files of known kinds, nothing behind a link', () => {
  expect([...files.keys()].sort()).toEqual(['/assets/desk-Bx1_2.js', '/desk/', '/desk/index.html']);
});

test.each([
  ['app://console/desk/index.html', true],
  ['app://console/desk/', true],
  ['app://console/desk/?bar', true],
  ['app://console/desk/index.html?v=1#/calls', true],
  ['app://console/assets/desk-Bx1_2.js', true],
  ['app://console/', false],
  ['app://console', false],
  ['app://console/desk', false],
  ['app://console//desk/index.html', false],
  ['app://console/desk//index.html', false],
  ['app://console/./desk/index.html', false],
  ['app://console/desk/../desk/index.html', false],
  ['app://console/../secret.html', false],
  ['app://console/desk/../../secret.html', false],
  ['app://console/%2e%2e/secret.html', false],
  ['app://console/desk/..%2f..%2fsecret.html', false],
  ['app://console/desk%2findex.html', false],
  ['app://console/desk/%69ndex.html', false],
  ['app://console/desk\\index.html', false],
  ['app://console/..\\secret.html', false],
  ['app://console/desk/index.html%00.js', false],
  ['app://console/desk/index.html\0', false],
  ['app://console/DESK/index.html', false],
  ['app://console/link.html', false],
  ['app://console/folder-link/secret.html', false],
  ['app://console/assets/desk-Bx1_2.js.map', false],
  ['app://console/assets/.env', false],
  ['app://console/constructor', false],
  ['app://evil/desk/index.html', false],
  ['app://console.evil/desk/index.html', false],
  ['app://console:1/desk/index.html', false],
  ['app://user@console/desk/index.html', false],
  ['https://console/desk/index.html', false],
  ['file:///desk/index.html', false],
  ['//console/desk/index.html', false],
  ['', false],
])('%j is served: %s', (address, isServed) => {
  expect(findAppFile(files, address) !== null).toBe(isServed);
});

test('an answer carries the policy of the moment and the other headers', async () => {
  const answer = await answerAppRequest(
    files,
    { method: 'GET', url: 'app://console/desk/' },
    () => "default-src 'none'",
  );
  expect({ status: answer.status, body: await answer.text(), headers: Object.fromEntries(answer.headers) }).toEqual({
    status: 200,
    body: '<!doctype html>',
    headers: {
      'cache-control': 'no-cache',
      'content-security-policy': "default-src 'none'",
      'content-type': 'text/html; charset=utf-8',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
    },
  });
});

test.each([
  ['GET', 'app://console/nothing.html', 404],
  ['HEAD', 'app://console/desk/', 200],
  ['POST', 'app://console/desk/', 405],
  ['PUT', 'app://console/desk/', 405],
  ['OPTIONS', 'app://console/desk/', 405],
])('%s %s is answered %i, with the policy and without a body', async (method, url, status) => {
  const answer = await answerAppRequest(files, { method, url }, () => 'policy');
  expect([answer.status, await answer.text(), answer.headers.get('content-security-policy')]).toEqual([
    status,
    '',
    'policy',
  ]);
});
