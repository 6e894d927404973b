import { createHash, X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { type CertificatePin, judgeCertificate } from '../../../main/electron/certificate-verdict.ts';

const host = 'hub.example';
const unknownAuthority = 'net::ERR_CERT_AUTHORITY_INVALID';
const day = 86_400_000;

/** Self-signed for three days, as a site's own hub has it (openssl req -x509, P-256, SAN hub.example); its key was thrown away. */
const pem = `-----BEGIN CERTIFICATE-----
MIIBmDCCAT+gAwIBAgIUSIraSUZPMxouf2/tnrPR8+19qDcwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLaHViLmV4YW1wbGUwHhcNMjYxMTIxMjEwMjAxWhcNMjYxMTI0
MjEwMjAxWjAWMRQwEgYDVQQDDAtodWIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABBRg9skUPDCC4cP8/hnx8WCs1Y0o9KJf+XUhssSqIrlZBFvHgamv
AcKeSqIWPnaWVtrrDxDSWxMIJtDv830HaOqjazBpMB0GA1UdDgQWBBSgsdn9VLjv
5jhBMnOX2xxJfzHMOTAfBgNVHSMEGDAWgBSgsdn9VLjv5jhBMnOX2xxJfzHMOTAP
BgNVHRMBAf8EBTADAQH/MBYGA1UdEQQPMA2CC2h1Yi5leGFtcGxlMAoGCCqGSM49
BAMCA0cAMEQCIHTGR0+R5zpPxLUjizxH2biTlXy5UXVT8mz/fS7q1t67AiAGe8vv
Nnfyon/xEXMAXOqw7fiDYG8hQw7bNHSCPHhxUw==
-----END CERTIFICATE-----`;

/** The like, with another key. */
const otherPem = `-----BEGIN CERTIFICATE-----
MIIBmTCCAT+gAwIBAgIUTmwgm+GksrZrt+UMW2gy6qhKARowCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLaHViLmV4YW1wbGUwHhcNMjYxMTIxMjEwMjAxWhcNMjYxMTI0
MjEwMjAxWjAWMRQwEgYDVQQDDAtodWIuZXhhbXBsZTBZMBMGByqGSM49AgEGCCqG
SM49AwEHA0IABIlaIcRStHrE4g/3hde7LyCF28I5MdUwXTweZGGd3gzsFM2qv0iD
aC0wa7osCq8n3WehCKl4bgHe0yBmEsYnnr2jazBpMB0GA1UdDgQWBBTfQUcfOjO6
b3pQnu7hC+5xDTS5ojAfBgNVHSMEGDAWgBTfQUcfOjO6b3pQnu7hC+5xDTS5ojAP
BgNVHRMBAf8EBTADAQH/MBYGA1UdEQQPMA2CC2h1Yi5leGFtcGxlMAoGCCqGSM49
BAMCA0gAMEUCIQCv3LCY2l5IGml21IFZLi0RaHoSD6rRxURmD9UKankIOgIgealN
f5hFrgVfsREn9+gKizlaCuZ2upRXG/vdpgNHCUo=
-----END CERTIFICATE-----`;

const at = Date.parse(new X509Certificate(pem).validFrom) + day;
const pins: readonly CertificatePin[] = [{ host, keys: ['the-key-of-another-time=', keyHash(pem)] }];

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
