import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import pages from '../../../renderer/vite.config.ts';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
};

/** The policy the product's hosts send for a page (facts/security.md, row 7): the scenes must live under it too. */
export const pagePolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types default',
].join('; ');

/** Builds the scene page with the product's own settings and serves it on loopback until `close`. */
export async function startSceneHost(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const root = fileURLToPath(new URL('.', import.meta.url));
  const outDir = fileURLToPath(new URL(`../../../node_modules/.cache/desk-scenes-${process.pid}`, import.meta.url));
  await build({
    ...pages,
    configFile: false,
    root,
    logLevel: 'warn',
    build: {
      ...pages.build,
      outDir,
      // The scenes and the fake seat are in it; the product's own pages keep their limit.
      chunkSizeWarningLimit: 2_000,
      rolldownOptions: { ...pages.build?.rolldownOptions, input: join(root, 'index.html') },
    },
  });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://scene').pathname);
    const file = path === '/' ? '/index.html' : path;
    readFile(join(outDir, file)).then(
      (bytes) => {
        response.writeHead(200, {
          'content-type': types[extname(file)] ?? 'application/octet-stream',
          'content-security-policy': pagePolicy,
        });
        response.end(bytes);
      },
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the scene host has no port');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: async () => {
      await new Promise<void>((resolve) => server.close(() => resolve()));
      await rm(outDir, { recursive: true, force: true });
    },
  };
}
