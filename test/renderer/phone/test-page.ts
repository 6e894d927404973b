import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join, normalize } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { startChromium } from '../../rig/chromium.ts';
import { toneSamples, writeWav } from '../../rig/tone.ts';

/** One page of this folder's `pages/`, bundled as the console is and open in a real headless Chromium. */
export type TestPage = {
  readonly page: Page;
  /** What the page said at level error, uncaught exceptions included. */
  readonly errors: readonly string[];
  readonly close: () => Promise<void>;
};

/** The tone the fake microphone plays, in hertz. */
export const microphoneHz = 700;

const house = new URL('../../../', import.meta.url).pathname;
const types: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.ogg': 'audio/ogg', '.html': 'text/html' };

/** Bundles `pages/NAME.ts`, serves it on loopback and opens it. */
export async function openTestPage(name: string): Promise<TestPage> {
  const folder = mkdtempSync(join(tmpdir(), 'hookline-page-'));
  const site = join(folder, 'site');
  await build({
    root: house,
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: site,
      target: 'es2024',
      minify: false,
      rolldownOptions: {
        input: join(house, `test/renderer/phone/pages/${name}.ts`),
        output: { entryFileNames: 'page.js' },
      },
    },
  });
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? '/', 'http://x').pathname);
    if (path === '/') {
      response.setHeader('content-type', 'text/html');
      response.end(
        '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
      );
      return;
    }
    try {
      const bytes = readFileSync(join(site, path));
      response.setHeader('content-type', types[extname(path)] ?? 'application/octet-stream');
      response.end(bytes);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const microphoneWav = join(folder, 'microphone.wav');
  const sampleRate = 48_000;
  writeWav(microphoneWav, { sampleRate, channels: [toneSamples({ hz: microphoneHz, seconds: 4, sampleRate })] });
  const browser = await startChromium({ profile: join(folder, 'profile'), microphoneWav });
  const page = await browser.context.newPage();
  await page.goto(`http://127.0.0.1:${port}/`);
  return {
    page,
    errors: browser.errors,
    close: async () => {
      await browser.close();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
