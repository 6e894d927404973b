import { readFile } from 'node:fs/promises';
import type { AppFile, AppFiles } from '../app-files.ts';
import { appOrigin } from './app-origin.ts';

/**
 * Which file an address means, or `null`. The path is looked up as it is written, never decoded or joined to a folder,
 * so there is no way to write `..` that could lead anywhere.
 */
export function findAppFile(files: AppFiles, address: string): AppFile | null {
  if (!address.startsWith(`${appOrigin}/`)) return null;
  const [path = ''] = address.slice(appOrigin.length).split(/[?#]/, 1);
  return files.get(path) ?? null;
}

/** What a request of `protocol.handle` shows of itself. */
export type AppRequest = { readonly method: string; readonly url: string };

/**
 * Answers one request of a page: 200 with the file, 404 for whatever is not in the map, 405 for anything but reading.
 * Every answer carries the security headers; `policy` is asked anew for each address, because the
 * switch may have changed.
 */
export async function answerAppRequest(
  files: AppFiles,
  request: AppRequest,
  policy: (address: string) => string,
): Promise<Response> {
  const headers: Record<string, string> = {
    'Content-Security-Policy': policy(request.url),
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
    'Cache-Control': 'no-cache',
  };
  if (request.method !== 'GET' && request.method !== 'HEAD') return new Response(null, { status: 405, headers });
  const found = findAppFile(files, request.url);
  if (found === null) return new Response(null, { status: 404, headers });
  const bytes = request.method === 'HEAD' ? null : await readFile(found.file);
  return new Response(bytes, { status: 200, headers: { ...headers, 'Content-Type': found.type } });
}
