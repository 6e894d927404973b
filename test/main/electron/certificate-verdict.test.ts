import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CertificatePin, judgeCertificate } from '../../../main/electron/certificate-verdict.ts';

const host = 'hub.example';
const unknownAuthority = 'net::ERR_CERT_AUTHORITY_INVALID';
const day = 86_400_000;

let folder = '';
let pem = '';
let otherPem = '';
let pins: readonly CertificatePin[] = [];
let at = 0;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hookline-certificate-'));
  pem = makeCertificate('hub', host);
  otherPem = makeCertificate('other', host);
  at = Date.parse(new X509Certificate(pem).validFrom) + day;
  pins = [{ host, keys: ['the-present-key-of-another-time=', keyHash(pem)] }];
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A self-signed one for three days, as a site's own hub has it. */
function makeCertificate(name: string, commonName: string): string {
  const out = join(folder, `${name}.pem`);
  const subject = ['-subj', `/CN=${commonName}`, '-addext', `subjectAltName=DNS:${commonName}`];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', join(folder, `${name}.key`)];
  execFileSync('openssl', ['req', '-x509', ...curve, '-nodes', '-days', '3', ...subject, '-out', out], {
    stdio: 'ignore',
  });
  return readFileSync(out, 'utf8');
}

function keyHash(certificate: string): string {
  const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(key).digest('base64');
}

const shown = (data: string, verificationResult: string, hostname = host) => ({
  hostname,
  certificate: { data },
  verificationResult,
});

test('a host without a pin is left to Chromium, whatever it shows', () => {
  for (const found of ['net::OK', unknownAuthority, 'net::ERR_CERT_DATE_INVALID']) {
    expect(judgeCertificate(shown(pem, found), [], at)).toBe(-3);
    expect(judgeCertificate(shown(pem, found, 'switch.example'), pins, at)).toBe(-3);
  }
});

test('the pinned key of an authority nobody knows is accepted, the backup pin too', () => {
  expect(judgeCertificate(shown(pem, unknownAuthority), pins, at)).toBe(0);
  expect(judgeCertificate(shown(pem, unknownAuthority), [{ host, keys: [keyHash(pem)] }], at)).toBe(0);
});

test('a pinned host that shows another key is rejected, even with a certificate Chromium likes', () => {
  expect(judgeCertificate(shown(otherPem, 'net::OK'), pins, at)).toBe(-2);
  expect(judgeCertificate(shown(otherPem, unknownAuthority), pins, at)).toBe(-2);
  expect(judgeCertificate(shown('no certificate', unknownAuthority), pins, at)).toBe(-2);
  expect(judgeCertificate(shown(pem, unknownAuthority), [{ host, keys: [] }], at)).toBe(-2);
});

test('the pin overrules nothing but the unknown authority', () => {
  for (const found of [
    'net::OK',
    'net::ERR_CERT_REVOKED',
    'net::ERR_CERT_DATE_INVALID',
    'net::ERR_CERT_COMMON_NAME_INVALID',
  ]) {
    expect(judgeCertificate(shown(pem, found), pins, at)).toBe(-3);
  }
});

test('a passed date or a wrong name that hides behind the unknown authority is rejected', () => {
  expect(judgeCertificate(shown(pem, unknownAuthority), pins, at + 10 * day)).toBe(-2);
  expect(judgeCertificate(shown(pem, unknownAuthority), pins, at - 10 * day)).toBe(-2);
  const wrongName = [{ host: 'other.example', keys: [keyHash(pem)] }];
  expect(judgeCertificate(shown(pem, unknownAuthority, 'other.example'), wrongName, at)).toBe(-2);
});
