import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { pinOfCertificate } from '../../../hub/keys/enrolment-sheet.ts';
import { spkiHash } from '../../../main/sync/hub-agent.ts';
import { readHubFault } from '../../../main/sync/hub-fault.ts';
import { openHubLink } from '../../../main/sync/hub-link.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';

/** A hub's front with a certificate of its own making. */
async function startFront(name: string): Promise<{
  readonly port: number;
  readonly certificate: string;
  readonly pin: string;
  readonly heard: string[];
}> {
  const directory = temporaryDirectory();
  const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', [...made, '-keyout', key, '-out', certificate, ...subject], { stdio: 'ignore' });
  const heard: string[] = [];
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (request, answer) => {
    heard.push(`${request.url} ${request.headers.authorization}`);
    answer.setHeader('content-type', 'application/json').end('{"lastSeq":3,"setAsideCount":0}');
  });
  // A client that does not like our certificate goes away: that is what is tested.
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, certificate, pin: pinOfCertificate(certificate), heard };
}

async function standing(address: string, pins: readonly string[]): Promise<string> {
  const link = openHubLink({ address, pins, hubId: 'h', seat: 's', key: 'secret', now: Date.now });
  onTestFinished(() => link.close());
  return link.client.journal.standing().then(
    ({ lastSeq }) => `lastSeq ${lastSeq}`,
    (cause: unknown) => readHubFault(cause).kind,
  );
}

test('without a pin a certificate of the site’s own making is not trusted, and the key is not shown', async () => {
  const { port, heard } = await startFront('localhost');
  expect(await standing(`https://localhost:${port}`, [])).toBe('not-trusted');
  expect(heard).toEqual([]);
});

test('with its pin it is, by name and by address, also beside the pin of the next one', async () => {
  const { port, pin, heard } = await startFront('hub.example');
  const next = spkiHash(Buffer.from('another'));
  expect(await standing(`https://127.0.0.1:${port}`, [pin])).toBe('lastSeq 3');
  expect(await standing(`https://localhost:${port}`, [next, pin])).toBe('lastSeq 3');
  expect(heard).toEqual(Array.from({ length: 2 }, () => '/v1/journal/standing Bearer secret'));
});

test('with the pin of another key it is not, and the key is not shown', async () => {
  const [front, other] = [await startFront('localhost'), await startFront('localhost')];
  expect(await standing(`https://localhost:${front.port}`, [other.pin])).toBe('not-trusted');
  expect(front.heard).toEqual([]);
});

test('a certificate that this machine trusts needs no pin, but its name; a pin beside it still counts', async () => {
  const { port, certificate, pin } = await startFront('localhost');
  const before = getCACertificates('default');
  onTestFinished(() => setDefaultCACertificates(before));
  setDefaultCACertificates([...before, readFileSync(certificate, 'utf8')]);
  expect(await standing(`https://localhost:${port}`, [])).toBe('lastSeq 3');
  expect(await standing(`https://127.0.0.1:${port}`, [])).toBe('not-trusted');
  expect(await standing(`https://localhost:${port}`, [spkiHash(Buffer.from('another'))])).toBe('not-trusted');
  expect(await standing(`https://localhost:${port}`, [pin])).toBe('lastSeq 3');
});

test('a pin is what openssl says of the key', async () => {
  const { certificate, pin } = await startFront('localhost');
  const { publicKey } = new X509Certificate(readFileSync(certificate));
  const der = execFileSync('openssl', ['pkey', '-pubin', '-outform', 'der'], {
    input: publicKey.export({ type: 'spki', format: 'pem' }),
  });
  expect(pin).toBe(execFileSync('openssl', ['dgst', '-sha256', '-binary'], { input: der }).toString('base64'));
});
