import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { appOrigin } from './app-origin.ts';

/** The files a page may ask for: the path as it stands in an address, to where the file lies. Fixed at start. */
export type AppFiles = ReadonlyMap<string, string>;

const typeOfEnding: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  wav: 'audio/wav',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  webm: 'audio/webm',
  mp3: 'audio/mpeg',
  wasm: 'application/wasm',
};

/**
 * Lists a built renderer once. Only regular files of a known kind get in: a symbolic link, a source map or anything
 * else lying there is never served. `desk/index.html` is reached as `/desk/` too. Throws when the folder is not there.
 */
export function listAppFiles(folder: string): AppFiles {
  const files = new Map<string, string>();
  // Walked by hand: Node's recursive listing goes through links to folders.
  const walk = (path: string): void => {
    for (const entry of readdirSync(join(folder, path), { withFileTypes: true })) {
      if (entry.isDirectory()) walk(`${path}${entry.name}/`);
      if (!entry.isFile() || contentType(entry.name) === null) continue;
      files.set(`${path}${entry.name}`, join(folder, path, entry.name));
      if (entry.name === 'index.html') files.set(path, join(folder, path, entry.name));
    }
  };
  walk('/');
  return files;
}

/**
 * Which file an address means, or `null`. The path is looked up as it is written, never decoded or joined to a folder,
 * so there is no way to write `..` that could lead anywhere.
 */
export function findAppFile(files: AppFiles, address: string): string | null {
  if (!address.startsWith(`${appOrigin}/`)) return null;
  const [path = ''] = address.slice(appOrigin.length).split(/[?#]/, 1);
  return files.get(path) ?? null;
}

/** What a request of `protocol.handle` shows of itself. */
export type AppRequest = { readonly method: string; readonly url: string };

/**
 * Answers one request of a page: 200 with the file, 404 for whatever is not in the map, 405 for anything but reading.
 * Every answer carries the security headers; `policy` is asked anew for each, because the switch may have changed.
 */
export async function answerAppRequest(files: AppFiles, request: AppRequest, policy: () => string): Promise<Response> {
  const headers: Record<string, string> = {
    'Content-Security-Policy': policy(),
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-cache',
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers });
  const file = findAppFile(files, request.url);
  const type = file === null ? null : contentType(file);
  if (file === null || type === null) return new Response(null, { status: 404, headers });
  const bytes = request.method === 'HEAD' ? null : await readFile(file);
  return new Response(bytes, { status: 200, headers: { ...headers, 'Content-Type': type } });
}

function contentType(name: string): string | null {
  const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase();
  return Object.hasOwn(typeOfEnding, ending) ? (typeOfEnding[ending] ?? null) : null;
}
