import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { sha256Hex } from './intake-rig.ts';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

type Headers = Readonly<Record<string, string>>;

/** One request as it is given, nothing added. */
export function raw(method: string, url: string, headers: Headers, body: Uint8Array | null = null): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const one = request(url, {
      method,
      headers: { ...headers, ...(body === null ? {} : { 'Content-Length': body.length }) },
    });
    one.once('error', reject);
    one.once('response', (answer) => {
      answer.resume();
      answer.once('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers }));
      answer.once('error', reject);
    });
    one.end(body ?? undefined);
  });
}

const version = { 'Tus-Resumable': '1.0.0' };

/** A tus request; `headers` may take the version away by saying another. */
export function tus(
  method: string,
  url: string,
  headers: Headers = {},
  body: Uint8Array | null = null,
): Promise<RawAnswer> {
  return raw(method, url, { ...version, ...headers }, body);
}

/** Makes an upload and answers its address. */
export async function created(endpoint: string, headers: Headers): Promise<string> {
  const { status, headers: said } = await tus('POST', endpoint, headers);
  expect(status).toBe(201);
  return new URL(String(said.location), endpoint).href;
}

/** One PATCH at an offset. */
export function patch(
  url: string,
  offset: number | string,
  body: Uint8Array,
  headers: Headers = {},
): Promise<RawAnswer> {
  const said = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': String(offset), ...headers };
  return tus('PATCH', url, said, body);
}

export async function offsetAt(url: string): Promise<number> {
  const { status, headers } = await tus('HEAD', url);
  expect(status).toBe(200);
  return Number(headers['upload-offset']);
}

export function checksum(algorithm: string, bytes: Uint8Array): Headers {
  return { 'Upload-Checksum': `${algorithm} ${createHash(algorithm).update(bytes).digest('base64')}` };
}

/** How often a client goes back to asking before this is a fault. */
const conflictsMax = 20;

/**
 * Whatever stands there now is the beginning of `content`: sends the rest, as a client does (ask again after 409 and 423:
 * a request of before may still be under way), and has the whole compared.
 */
export async function finishesAs(url: string, content: Buffer, headers: Headers = {}): Promise<void> {
  for (let conflicts = 0; ; conflicts += 1) {
    const offset = await offsetAt(url);
    if (offset === content.length) break;
    const { status } = await patch(url, offset, content.subarray(offset), headers);
    if (status === 204) break;
    expect([409, 423]).toContain(status);
    expect(conflicts).toBeLessThan(conflictsMax);
  }
  const { headers: said } = await tus('HEAD', url);
  expect({ offset: said['upload-offset'], length: said['upload-length'], digest: said['repr-digest'] }).toEqual({
    offset: String(content.length),
    length: String(content.length),
    digest: digestHeader(content),
  });
}

export function digestHeader(content: Uint8Array): string {
  return `sha-256=:${Buffer.from(sha256Hex(content), 'hex').toString('base64')}:`;
}

/** Sends the head of a PATCH that promises `length` bytes and only some of them. Whoever has the socket ends it. */
export function halfPatch(url: string, offset: number, length: number, bytes: Uint8Array, headers: Headers = {}) {
  const { hostname, port, pathname } = new URL(url);
  const lines = Object.entries({
    Host: `${hostname}:${port}`,
    ...version,
    'Content-Type': 'application/offset+octet-stream',
    'Upload-Offset': String(offset),
    'Content-Length': String(length),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const sent = new Promise<void>((resolve) => {
    socket.once('connect', () => {
      socket.write(`PATCH ${pathname} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      if (bytes.length === 0) resolve();
      else socket.write(bytes, () => resolve());
    });
  });
  return { socket, sent };
}
