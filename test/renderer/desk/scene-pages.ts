import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { startSceneHost } from './scene-host.ts';

/** A Chromium on the scenes of a fake seat, for the tests of one file. */
export type ScenePages = {
  /** The one page; there once the tests begin. */
  page(): Page;
  /** Opens a scene anew and waits for its screen. */
  open(scene: string, lang?: string, theme?: string): Promise<void>;
  /** What the page complained of in this test, the content policy's complaints included. */
  readonly complaints: readonly string[];
};

/** How long a page may take to do what a test waits for, on a loaded machine. */
const pageWaitMs = 15_000;
/** Building the scenes and starting Chromium. */
const startWaitMs = 120_000;

/** Opens a page of this size, in CSS pixels, before the tests of a file, under the product's own content policy. */
export function scenePages(viewport: { readonly width: number; readonly height: number }): ScenePages {
  let host: Awaited<ReturnType<typeof startSceneHost>> | undefined;
  let browser: Browser | undefined;
  let opened: Page | undefined;
  const complaints: string[] = [];
  const page = (): Page => {
    if (opened === undefined) throw new Error('the page is not there yet');
    return opened;
  };

  beforeAll(async () => {
    host = await startSceneHost();
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
    opened = await browser.newPage({ viewport });
    opened.setDefaultTimeout(pageWaitMs);
    opened.on('pageerror', (error) => complaints.push(error.message));
    opened.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
  }, startWaitMs);
  beforeEach(() => {
    complaints.length = 0;
  });
  afterAll(async () => {
    await browser?.close();
    await host?.close();
  });

  return {
    page,
    open: async (scene, lang = 'en', theme = 'light') => {
      await page().goto('about:blank');
      await page().goto(`${host?.url}?scene=${scene}&lang=${lang}&theme=${theme}`);
      await page().waitForSelector('#desk main h1');
      await page().evaluate(() => document.fonts.ready);
    },
    complaints,
  };
}
