import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../main/loopback/find-chromium.ts';

/** Where screenshots of journeys go: a folder git ignores, to be opened and looked at. */
export const shotsDirectory = new URL('../../out/shots/', import.meta.url).pathname;

/** A Chromium of the rig: its microphone plays a file, media runs on loopback, nothing is sent to anybody. */
export type RigChromium = {
  readonly context: BrowserContext;
  /** What pages said on their consoles at level error, uncaught exceptions included, since the start. */
  readonly errors: readonly string[];
  /** Saves `name.png` under `shotsDirectory` and gives its path. */
  shot(page: Page, name: string): Promise<string>;
  close(): Promise<void>;
};

/** Flags that make a Chromium silent towards the network; it would otherwise call home from the first second. */
const quietFlags = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-domain-reliability',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
  '--no-pings',
  '--disable-features=MediaRouter,OptimizationHints,AutofillServerCommunication,CertificateTransparencyComponentUpdater,DialMediaRouteProvider',
];

/** Flags for calls in tests: loopback candidates, sound without a gesture, a microphone that is a file, no speakers. */
function mediaFlags(microphoneWav: string): string[] {
  return [
    '--allow-loopback-in-peer-connection',
    '--autoplay-policy=no-user-gesture-required',
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphoneWav}`,
    '--disable-features=WebRtcHideLocalIpsWithMdns',
    '--disable-background-timer-throttling',
    '--disable-renderer-backgrounding',
    '--disable-backgrounding-occluded-windows',
  ];
}

/**
 * Starts a headless Chromium whose microphone plays `microphoneWav`. Rejects when this machine has no Chromium.
 * Sandbox off only because tests run as root.
 */
export async function startChromium(options: {
  readonly profile: string;
  readonly microphoneWav: string;
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  readonly viewport?: { readonly width: number; readonly height: number };
  /** For a switch of the rig with a certificate nobody vouches for. */
  readonly ignoresCertificates?: boolean;
  /** Runs in every document before its own scripts. */
  readonly before?: string;
}): Promise<RigChromium> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('no Chromium on this machine: run "node main/set-up.mjs test"');
  const context = await chromium.launchPersistentContext(options.profile, {
    executablePath,
    headless: true,
    chromiumSandbox: false,
    args: mergeFeatures([
      ...quietFlags,
      ...mediaFlags(options.microphoneWav),
      ...(options.ignoresCertificates === true ? ['--ignore-certificate-errors'] : []),
    ]),
    locale: options.locale ?? 'en',
    colorScheme: options.colorScheme ?? 'light',
    viewport: options.viewport ?? { width: 1280, height: 800 },
    permissions: ['microphone'],
  });
  if (options.before !== undefined) await context.addInitScript(options.before);
  const errors: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  context.on('weberror', (error) => errors.push(String(error.error())));
  return {
    context,
    errors,
    shot: async (page, name) => {
      mkdirSync(shotsDirectory, { recursive: true });
      const path = join(shotsDirectory, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    close: () => context.close(),
  };
}

/** Chromium takes only the last `--disable-features`: one flag must name them all. */
function mergeFeatures(flags: readonly string[]): string[] {
  const prefix = '--disable-features=';
  const features = flags.filter((flag) => flag.startsWith(prefix)).map((flag) => flag.slice(prefix.length));
  return [...flags.filter((flag) => !flag.startsWith(prefix)), `${prefix}${features.join(',')}`];
}
