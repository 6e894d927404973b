import { expect, test } from 'vitest';
import { mayNavigate, refuseWindow } from '../../../main/electron/navigation.ts';

const desk = 'app://console/desk/index.html';

test.each([[desk], [`${desk}?bar`], [`${desk}#/calls`]])('a reload is allowed: %s', (url) => {
  expect(mayNavigate({ url, isMainFrame: true, present: `${desk}#/settings` })).toBe(true);
});

test.each([
  'app://console/phone/index.html',
  'app://console/',
  'app://console/desk/',
  'app://other/desk/index.html',
  'https://example.test/',
  'http://127.0.0.1:8080/',
  'file:///etc/passwd',
  'file:///home/agent/dropped.html',
  'javascript:alert(1)',
  'data:text/html,<h1>x</h1>',
  'blob:app://console/1',
  'about:blank',
  'about:srcdoc',
  'view-source:app://console/desk/index.html',
  'devtools://devtools/bundled/devtools_app.html',
  'tel:10086',
  'mailto:a@b.c',
  '',
  'null',
  'app://console@evil/desk/index.html',
])('the desk does not go to %s', (url) => {
  expect(mayNavigate({ url, isMainFrame: true, present: desk })).toBe(false);
});

test('no frame inside a page navigates', () => {
  expect(mayNavigate({ url: desk, isMainFrame: false, present: desk })).toBe(false);
});

test('a window that shows nothing of ours yet goes nowhere by itself', () => {
  expect(mayNavigate({ url: desk, isMainFrame: true, present: '' })).toBe(false);
  expect(mayNavigate({ url: desk, isMainFrame: true, present: 'about:blank' })).toBe(false);
});

test('no page opens a window', () => {
  expect(refuseWindow()).toEqual({ action: 'deny' });
});
