import { expect, test } from 'vitest';
import { policyOf } from '../../../main/electron/content-security-policy.ts';
import { isTrustedSender } from '../../../main/electron/sender-check.ts';
import { mayRequest, switchOrigin } from '../../../main/electron/web-request.ts';

const frame = (url: string) => ({ url });
const ours = frame('app://console/desk/index.html');

test('the main frame of our page is heard', () => {
  expect(isTrustedSender({ senderFrame: ours, sender: { mainFrame: ours } })).toBe(true);
});

test.each([
  ['a frame that is gone', null, ours],
  ['a frame inside our page', frame('app://console/desk/index.html'), ours],
  ['another origin', frame('https://evil.test/'), null],
  ['another host of the scheme', frame('app://evil/desk/index.html'), null],
  ['an opaque origin', frame('about:srcdoc'), null],
  ['an empty frame', frame(''), null],
])('%s is not', (_who, senderFrame, mainFrame) => {
  expect(isTrustedSender({ senderFrame, sender: { mainFrame: mainFrame ?? senderFrame } })).toBe(false);
});

test.each([
  ['app://console/desk/index.html', true],
  ['blob:app://console/5f1c', true],
  ['data:image/png;base64,AAAA', true],
  ['wss://switch.example:8089/ws', true],
  ['wss://switch.example:8089', true],
  ['wss://switch.example/ws', false],
  ['ws://switch.example:8089/ws', false],
  ['wss://evil.example:8089/ws', false],
  ['wss://switch.example:8089@evil.example/', false],
  ['https://switch.example:8089/', false],
  ['http://127.0.0.1:9/', false],
  ['https://update.example/', false],
  ['ftp://switch.example/', false],
  ['file:///etc/passwd', false],
  ['blob:https://evil.example/1', false],
  ['app://evil/', false],
  ['chrome-extension://x/', false],
  ['', false],
])('fetching %s: %s', (address, isAllowed) => {
  expect(mayRequest(address, ['wss://switch.example:8089'])).toBe(isAllowed);
});

test.each([
  ['wss://switch.example:8089/ws', 'wss://switch.example:8089'],
  ['wss://switch.example/ws', 'wss://switch.example'],
  ['WSS://Switch.Example:443/ws', 'wss://switch.example'],
  ['ws://127.0.0.1:8088/ws', 'ws://127.0.0.1:8088'],
  ['ws://localhost:8088/ws', 'ws://localhost:8088'],
  ['ws://switch.example/ws', null],
  ['https://switch.example', null],
  ["wss://a; script-src 'unsafe-inline'", null],
  ['', null],
])('the switch %j is reached as %j', (server, origin) => {
  expect(switchOrigin(server)).toBe(origin);
});

test('the content security policy', () => {
  expect(policyOf('app://console/phone/index.html', ['wss://switch.example:8089'])).toMatchInlineSnapshot(
    `"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; connect-src 'self' wss://switch.example:8089; worker-src 'self'; frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types default"`,
  );
  expect(policyOf('app://console/phone/index.html', [])).toContain("connect-src 'self';");
});

test.each([
  'app://console/desk/index.html',
  'app://console/desk/index.html?bar',
  'app://console/x?app://console/phone/index.html',
])('only the phone reaches the switch, not %s', (address) => {
  expect(policyOf(address, ['wss://switch.example:8089'])).toContain("connect-src 'self';");
});
