import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { FrameLocator, Page } from 'playwright-core';
import { type Settings, settings } from '../../core/settings.ts';
import { buildPages } from '../../main/build-pages.ts';
import { openProfile } from '../../main/open-profile.ts';
import { fileKeyKeeper } from '../../main/store/profile-key.ts';
import { profilePaths } from '../../main/store/profile-paths.ts';
import { type RigChromium, startChromium } from './chromium.ts';
import { toneSamples, writeWav } from './tone.ts';

const house = new URL('../..', import.meta.url).pathname;

/** How long the seat process may take to print its address: measured half a second, more on a loaded machine. */
const startTimeoutMs = 30_000;

/** How long the microphone's tone is before it begins anew: longer than any journey, so that no seam is measured. */
const microphoneSeconds = 240;

/** A whole seat of ours: the real seat process, the real pages in a Chromium whose microphone plays a tone. */
export type Seat = {
  /** The phone page: the outer document. */
  readonly page: Page;
  /** The desk page: the frame inside it. */
  readonly desk: FrameLocator;
  readonly chromium: RigChromium;
  readonly profile: string;
  readonly process: ChildProcess;
  /** Closes browser and seat process; the profile stays, for what a test reads of it afterwards. */
  close(): Promise<void>;
  /** Deletes the profile. */
  remove(): void;
};

/** What a seat of the rig is opened with. */
export type SeatOptions = {
  /** Without one: the practice line. */
  readonly account?: { readonly server: string; readonly user: string; readonly password: string };
  readonly microphoneHz?: number;
  readonly settings?: Partial<Settings>;
  /** The environment of a mock headset, which makes node-hid see it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly locale?: string;
  readonly colorScheme?: 'light' | 'dark';
  /** Runs in every document before its own scripts. */
  readonly before?: string;
};

/**
 * Opens a seat on a new profile. Resolves when the desk is drawn; a seat with an account may still be registering.
 * Rejects with what the seat process printed when it does not start.
 */
export async function openSeat(options: SeatOptions = {}): Promise<Seat> {
  await buildPages(house, (line) => console.error(line));
  const { path: profile, remove } = await newProfile(options);
  const { child, url, lastWords } = await startSeatProcess(profile, options.env ?? {});
  const microphoneWav = join(profile, 'microphone.wav');
  const tone = { hz: options.microphoneHz ?? 1000, seconds: microphoneSeconds, sampleRate: 48_000 };
  writeWav(microphoneWav, { sampleRate: tone.sampleRate, channels: [toneSamples(tone)] });
  const chromium = await startChromium({
    profile: join(profile, 'chromium'),
    microphoneWav,
    ...(options.locale === undefined ? {} : { locale: options.locale }),
    ignoresCertificates: options.account?.server.startsWith('wss:') === true,
    ...(options.before === undefined ? {} : { before: options.before }),
    ...(options.colorScheme === undefined ? {} : { colorScheme: options.colorScheme }),
  });
  const close = async () => {
    await chromium.close();
    await endSeatProcess(child);
  };
  const page = chromium.context.pages()[0] ?? (await chromium.context.newPage());
  const desk = page.frameLocator('iframe');
  try {
    await page.goto(url);
    await desk.locator('#card').waitFor({ timeout: startTimeoutMs });
  } catch (error) {
    await chromium.shot(page, 'seat-not-drawn');
    await close();
    throw new Error(
      `the desk was not drawn (out/shots/seat-not-drawn.png): ${error}\n${[...chromium.errors, lastWords()].join('\n')}`,
    );
  }
  return {
    page,
    desk,
    chromium,
    profile,
    process: child,
    close,
    remove,
  };
}

/** A new profile with settings and password in it, as the settings screen would write them. */
export async function newProfile(options: SeatOptions): Promise<{ readonly path: string; remove(): void }> {
  const directory = mkdtempSync(join(tmpdir(), 'hookline-seat-'));
  const outcome = await openProfile({
    directory,
    keys: fileKeyKeeper(profilePaths(directory).key),
    log: (_level, message) => console.error(message),
  });
  if (outcome.kind === 'refused') throw new Error(`${outcome.message} ${outcome.detail}`);
  const { account } = options;
  const chosen = settings.parse({
    language: 'en',
    theme: 'light',
    ...options.settings,
    ...(account === undefined
      ? {}
      : {
          account: {
            kind: 'sip',
            server: account.server,
            otherServers: [],
            user: account.user,
            domain: '127.0.0.1',
            displayName: 'Rig seat',
          },
        }),
  });
  await outcome.profile.keeper.save(chosen);
  if (account !== undefined) outcome.profile.store.setSecret('sip-password', account.password);
  outcome.profile.close();
  return { path: directory, remove: () => rmSync(directory, { recursive: true, force: true }) };
}

/** The seat process alone, which prints its address and opens no window. */
export async function startSeatProcess(
  profile: string,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly child: ChildProcess; readonly url: string; lastWords(): string }> {
  const args = [join(house, 'main/browser.ts'), '--profile', profile, '--headless', '--print-url'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', process.execPath, ...args], {
    cwd: house,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`the seat process ${why}: ${said}`));
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      fail('printed no address in time');
    }, startTimeoutMs);
    child.once('exit', (code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const printed = /"url":\s*"([^"]+)"/.exec(line)?.[1];
      if (printed === undefined) return;
      clearTimeout(timer);
      resolve(printed);
    });
  });
  return { child, url, lastWords: () => said };
}

/** Asks the seat process to end, as closing the console does, and waits for it. */
export async function endSeatProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}
