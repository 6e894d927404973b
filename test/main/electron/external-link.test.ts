import { expect, test } from 'vitest';
import { decideExternalLink } from '../../../main/electron/external-link.ts';

const hosts = ['help.example', 'xn--bcher-kva.example'];

test.each([
  ['https://help.example/', 'https://help.example/'],
  ['https://help.example/a/b?c=d#e', 'https://help.example/a/b?c=d#e'],
  ['HTTPS://HELP.EXAMPLE/A', 'https://help.example/A'],
  ['https://help.example:443/', 'https://help.example/'],
  ['https://help.example/../x', 'https://help.example/x'],
  ['https://bücher.example/', 'https://xn--bcher-kva.example/'],
])('opened: %s', (text, url) => {
  expect(decideExternalLink(text, hosts)).toEqual({ kind: 'open', url });
});

test.each([
  ['', 'not-an-address'],
  ['help.example', 'not-an-address'],
  ['/etc/passwd', 'not-an-address'],
  ['C:\\Windows\\System32\\calc.exe', 'not-an-address'],
  ['\\\\host\\share\\x.exe', 'not-an-address'],
  ['https:\\\\help.example\\', 'not-an-address'],
  ['https://help.example/a b', 'not-an-address'],
  [' https://help.example/', 'not-an-address'],
  ['https://help.example/\n', 'not-an-address'],
  ['https://help.example/\0', 'not-an-address'],
  ['https://help.example/%00', 'not-an-address'],
  ['https://help.example/a%0d%0aHost:evil', 'not-an-address'],
  [`https://help.example/${'a'.repeat(2_048)}`, 'not-an-address'],
  ['https://', 'not-an-address'],
  ['https://[::1', 'not-an-address'],
  ['http://help.example/', 'scheme'],
  ['file:///etc/passwd', 'scheme'],
  ['FILE:///etc/passwd', 'scheme'],
  ['file://host/share/x.exe', 'scheme'],
  ['smb://host/share', 'scheme'],
  ['ms-settings:privacy', 'scheme'],
  ['ms-msdt:/id', 'scheme'],
  ['search-ms:query=x&crumb=location:host', 'scheme'],
  ['javascript:alert(1)', 'scheme'],
  ['JaVaScRiPt:alert(1)', 'scheme'],
  ['data:text/html,<script>alert(1)</script>', 'scheme'],
  ['blob:https://help.example/1', 'scheme'],
  ['vbscript:x', 'scheme'],
  ['ssh://help.example', 'scheme'],
  ['ldap://help.example', 'scheme'],
  ['mailto:a@help.example', 'scheme'],
  ['tel:10086', 'scheme'],
  ['app://console/', 'scheme'],
  ['hxxps://help.example', 'scheme'],
  ['https://evil.example/', 'host'],
  ['https://help.example.evil/', 'host'],
  ['https://xhelp.example/', 'host'],
  ['https://help.example./', 'host'],
  ['https://sub.help.example/', 'host'],
  ['https://127.0.0.1/', 'host'],
  ['https://hеlp.example/', 'host'],
  ['https:evil.example', 'host'],
  ['https://help.example@evil.example/', 'credentials'],
  ['https://user:password@help.example/', 'credentials'],
  ['https://help.example:8443/', 'port'],
])('refused: %j for its %s', (text, why) => {
  expect(decideExternalLink(text, hosts)).toEqual({ kind: 'refused', why });
});

test('with no list nothing opens', () => {
  expect(decideExternalLink('https://help.example/', [])).toEqual({ kind: 'refused', why: 'host' });
});
