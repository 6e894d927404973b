import { createHash } from 'node:crypto';
import { type ClientRequestArgs, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, getCACertificates, type TLSSocket } from 'node:tls';

/** The server showed another key than the enrolment names: it is not our hub, or somebody stands between. */
export class WrongCertificateKey extends Error {
  override readonly name = 'WrongCertificateKey';
  readonly code = 'HOOKLINE_WRONG_CERTIFICATE_KEY';
}

/** Connections of one seat to its hub: a push, a feed that is waited for, an upload, and one to spare. */
const socketsMax = 4;
/** A connection that was not used for so long is closed, in milliseconds: what stands between may have forgotten it. */
const idleSocketMs = 30_000;
/** A connection that has shown no certificate after so long is given up, in milliseconds. */
const handshakeMs = 15_000;
const settings = { keepAlive: true, maxSockets: socketsMax, timeout: idleSocketMs };

/**
 * Connections to one hub. Without pins a certificate must be good by what this machine trusts: Node's own list of
 * authorities and the system's, where a site keeps its own. With pins the server must show a certificate with one of
 * these keys (SHA-256 of its SubjectPublicKeyInfo, base64) and nothing else is asked of it: who has the key is the hub,
 * also behind a bare IP address, and also when the clock of this machine stands at 1970.
 */
export function hubAgent(address: string, pins: readonly string[]): HttpAgent | HttpsAgent {
  if (address.startsWith('http://')) return new HttpAgent(settings);
  if (pins.length > 0) return new PinnedAgent(pins);
  return new HttpsAgent({ ...settings, ca: [...getCACertificates('default'), ...getCACertificates('system')] });
}

class PinnedAgent extends HttpsAgent {
  readonly #pins: readonly string[];

  constructor(pins: readonly string[]) {
    // No session is resumed: each connection shows its certificate.
    super({ ...settings, maxCachedSessions: 0 });
    this.#pins = pins;
  }

  override createConnection(
    options: ClientRequestArgs,
    callback?: (error: Error | null, stream: Duplex) => void,
  ): undefined {
    const { host, port } = options;
    const name = host ?? 'localhost';
    const socket = connect({
      host: name,
      port: Number(port ?? 443),
      // So that a machine that serves several names shows the right certificate.
      ...(isIP(name) === 0 ? { servername: name } : {}),
      // Not by the lists of authorities: by its key, below, before a byte of ours is sent.
      rejectUnauthorized: false,
    });
    const failed = (error: Error): void => callback?.(error, socket);
    socket.once('error', failed);
    socket.setTimeout(handshakeMs, () => socket.destroy(new Error(`no certificate within ${handshakeMs} ms`)));
    socket.once('secureConnect', () => {
      socket.off('error', failed);
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      const shown = keyHashOf(socket);
      if (shown !== null && this.#pins.includes(shown)) return callback?.(null, socket);
      socket.destroy();
      failed(new WrongCertificateKey(`the server shows the key ${shown ?? 'none'}`));
    });
    return undefined;
  }
}

function keyHashOf(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  return spkiHash(certificate.publicKey.export({ type: 'spki', format: 'der' }));
}

/** What a pin is: base64 of the SHA-256 of a SubjectPublicKeyInfo in DER. */
export function spkiHash(subjectPublicKeyInfo: Uint8Array): string {
  return createHash('sha256').update(subjectPublicKeyInfo).digest('base64');
}
