import { chromium } from 'playwright-core';

/** The browser of the demo: headless, with a microphone that beeps, looked at from outside. */
export type DemoBrowser = {
  /** A PNG of the desk at 1280 x 800. */
  screenshot(path: string): Promise<void>;
  /** What the pages complained of, for a demo that gets stuck. */
  lastWords(): string;
  close(): Promise<void>;
};

/** How many complaints are kept. */
const wordsMax = 40;

/** Opens the console at a launch address. Playwright is a development dependency: the demo is for checkouts. */
export async function demoBrowser(options: { program: string; url: string; isRoot: boolean }): Promise<DemoBrowser> {
  const browser = await chromium.launch({
    executablePath: options.program,
    args: [
      ...(options.isRoot ? ['--no-sandbox'] : []),
      '--use-fake-device-for-media-stream',
      '--use-fake-ui-for-media-stream',
      '--allow-loopback-in-peer-connection',
      '--autoplay-policy=no-user-gesture-required',
      '--disable-gpu',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  });
  const words: string[] = [];
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.on('console', (message) => {
    if (message.type() === 'error' && words.length < wordsMax) words.push(message.text());
  });
  page.on('pageerror', (error) => {
    if (words.length < wordsMax) words.push(error.message);
  });
  await page.goto(options.url);
  return {
    screenshot: async (path) => void (await page.screenshot({ path })),
    lastWords: () => words.join('\n'),
    close: () => browser.close(),
  };
}
