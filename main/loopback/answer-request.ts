import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppFile, AppFiles } from '../app-files.ts';
import { peerUser } from './peer-user.ts';
import {
  headerValues,
  headOf,
  pathOf,
  type RequestHead,
  refuseFetchSite,
  refuseHost,
  refuseOrigin,
} from './request-rules.ts';
import { type AnswerKind, securityHeaders } from './security-headers.ts';
import type { Sessions } from './sessions.ts';
import { sessionPath, startPageHtml, startPageScript, startPath, startScriptPath } from './start-page.ts';

/** How long the body of a request may be, in bytes: a launch token has 43. */
const bodyBytesMax = 256;

/** Vite names an asset after its content, so it never changes under its name. */
const hashedName = /^\/assets\/.*-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;

/** An answer before its security headers. */
interface Answer {
  readonly status: number;
  readonly kind: AnswerKind;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | null;
}

/** What answering needs to know of its host. */
export interface HostParts {
  readonly port: number;
  readonly sessions: Sessions;
  readonly files: AppFiles;
  readonly switches: () => readonly string[];
  readonly onRefused: (why: string) => void;
  /** A launch token was spent. */
  readonly onLaunched: () => void;
}

/** Answers one request: host, origin, fetch site, then the route. Each answer has the security headers. */
export async function answerRequest(
  host: HostParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const head = headOf(request);
  const answer = await answerTo(host, head, request);
  const body = head.method === 'HEAD' ? null : answer.body;
  response.writeHead(answer.status, {
    ...securityHeaders(answer.kind, host.port, host.switches()),
    'Cache-Control': 'no-store',
    ...answer.headers,
    ...(answer.status === 204 || answer.status === 304
      ? {}
      : { 'Content-Length': Buffer.byteLength(answer.body ?? '') }),
    // The rest of a request that was refused is not read; the connection cannot go on after it.
    ...(answer.status >= 400 ? { Connection: 'close' } : {}),
  });
  response.end(body);
}

async function answerTo(host: HostParts, head: RequestHead, request: IncomingMessage): Promise<Answer> {
  const refusal = refuseHost(head, host.port) ?? refuseOrigin(head) ?? refuseFetchSite(head, startPath);
  if (refusal !== null) {
    host.onRefused(`${head.method}: ${refusal.status} ${refusal.why}`);
    return plain(refusal.status);
  }
  const path = pathOf(head);
  if (path === sessionPath) {
    return head.method === 'POST' ? openSession(host, head, request) : plain(405, { Allow: 'POST' });
  }
  if (head.method !== 'GET' && head.method !== 'HEAD') {
    return plain(405, { Allow: 'GET, HEAD' });
  }
  if (path === startPath) {
    return {
      status: 200,
      kind: 'start-page',
      headers: { 'Content-Type': 'text/html; charset=utf-8' },
      body: startPageHtml,
    };
  }
  if (path === '/favicon.ico' && !host.files.has(path)) {
    // Browsers ask for it unasked; an error in their console would hide the real ones.
    return { status: 204, kind: 'other', headers: {}, body: null };
  }
  if (path === startScriptPath) {
    const headers = { 'Content-Type': 'text/javascript; charset=utf-8' };
    return { status: 200, kind: 'other', headers, body: startPageScript };
  }
  // Without a session not even what is there can be found out.
  if (!host.sessions.isSession(headerValues(head, 'cookie'))) {
    return plain(401);
  }
  const file = host.files.get(path === '/' ? '/phone/' : path);
  return file === undefined ? plain(404) : fileAnswer(file, path, head);
}

/** Spends the launch token in the body for a session's cookie. 403 without `X-Console: 1`, 401 for a spent token. */
async function openSession(host: HostParts, head: RequestHead, request: IncomingMessage): Promise<Answer> {
  // A form, which any page may send anywhere, cannot carry a header of its own.
  if (headerValues(head, 'x-console').join() !== '1') {
    return plain(403);
  }
  if ((await peerUser(request.socket, process.getuid?.())) === 'other') {
    host.onRefused('another user of this machine knows the address');
    return plain(403);
  }
  const body = await shortBody(request);
  if (body === null) {
    return plain(413);
  }
  const cookie = host.sessions.exchange(body);
  if (cookie === null) {
    host.onRefused('a launch token that is spent, too old or was never given');
    return plain(401);
  }
  host.onLaunched();
  return { status: 204, kind: 'other', headers: { 'Set-Cookie': cookie }, body: null };
}

/** The whole body as text, null when it is longer than bodyBytesMax; then the rest is not read. */
function shortBody(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.on('data', (part: Buffer) => {
      length += part.length;
      if (length > bodyBytesMax) {
        request.pause();
        resolve(null);
      } else {
        parts.push(part);
      }
    });
    request.once('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    request.once('error', reject);
  });
}

async function fileAnswer(file: AppFile, path: string, head: RequestHead): Promise<Answer> {
  const kind = kindOf(file, path);
  if (hashedName.test(path)) {
    const headers = { 'Content-Type': file.type, 'Cache-Control': 'private, max-age=31536000, immutable' };
    return { status: 200, kind, headers, body: await readFile(file.file) };
  }
  const bytes = await readFile(file.file);
  const etag = `"${createHash('sha256').update(bytes).digest('base64url')}"`;
  const headers = { 'Content-Type': file.type, 'Cache-Control': 'no-cache', ETag: etag };
  return headerValues(head, 'if-none-match').includes(etag)
    ? { status: 304, kind, headers, body: null }
    : { status: 200, kind, headers, body: bytes };
}

function kindOf(file: AppFile, path: string): AnswerKind {
  if (!file.type.startsWith('text/html')) {
    return 'other';
  }
  return path.startsWith('/desk/') ? 'desk-page' : 'phone-page';
}

function plain(status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, kind: 'other', headers: { 'Content-Type': 'text/plain; charset=utf-8', ...headers }, body: null };
}
