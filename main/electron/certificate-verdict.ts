import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';

/** A host whose key we know: base64 SHA-256 of its SubjectPublicKeyInfo, the present one and the next. */
export type CertificatePin = { readonly host: string; readonly keys: readonly string[] };

/** What `setCertificateVerifyProc` tells of one server. `verificationResult` is Chromium's own finding. */
export type CertificateShown = {
  readonly hostname: string;
  readonly certificate: { readonly data: string };
  readonly verificationResult: string;
};

/** What its callback takes: accept, reject, or whatever Chromium found by itself. */
export const certificateAnswer = { accept: 0, reject: -2, asChromiumFound: -3 } as const;

/** The one finding of Chromium's a pin may overrule: a site's own authority that this machine has never heard of. */
const unknownAuthority = 'net::ERR_CERT_AUTHORITY_INVALID';

/**
 * Judges a server's certificate. A host without a pin is left to Chromium. A pinned host must show a pinned key, else it
 * is rejected whatever Chromium thinks of it; with the right key an unknown authority is accepted, for the right name
 * and within its dates only. Nothing else is ever accepted against Chromium. `at` is wall-clock milliseconds.
 */
export function judgeCertificate(shown: CertificateShown, pins: readonly CertificatePin[], at: number): 0 | -2 | -3 {
  const pin = pins.find(({ host }) => host === shown.hostname);
  if (pin === undefined) return certificateAnswer.asChromiumFound;
  const certificate = readCertificate(shown.certificate.data);
  if (certificate === null || !pin.keys.includes(keyHash(certificate))) return certificateAnswer.reject;
  if (shown.verificationResult !== unknownAuthority) return certificateAnswer.asChromiumFound;
  // Chromium names one finding only, so a wrong name or a passed date may hide behind the unknown authority.
  const isInDate = Date.parse(certificate.validFrom) <= at && at <= Date.parse(certificate.validTo);
  const isNamed =
    isIP(shown.hostname) === 0
      ? certificate.checkHost(shown.hostname) !== undefined
      : certificate.checkIP(shown.hostname) !== undefined;
  return isInDate && isNamed ? certificateAnswer.accept : certificateAnswer.reject;
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    // Unreadable is refused by the caller, like a wrong key: no pinned host shows such a thing.
    return null;
  }
}

function keyHash(certificate: X509Certificate): string {
  return createHash('sha256')
    .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64');
}
