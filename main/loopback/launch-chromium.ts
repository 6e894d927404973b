import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { prepareChromiumProfile } from './chromium-profile.ts';

/** How long Chromium may take to close its windows and write its profile before it is killed, in milliseconds. */
const closeWaitMs = 5_000;

/** How much of what Chromium says is kept for the message when it ends at once, in characters. */
const outputLengthMax = 4_096;

/** What launchChromium needs. */
export interface LaunchOptions {
  /** From findChromium. */
  readonly program: string;
  /** The seat's profile; Chromium's own lies in `chromium` inside it. Nobody else may use it at the same time. */
  readonly profileFolder: string;
  /** From a loopback host; with its one-time token. */
  readonly launchUrl: string;
  /** The host's `launched()`: then the token is spent and the file that held it goes. */
  readonly launched: Promise<void>;
  readonly isHeadless: boolean;
  /** For tests: a microphone that plays a file, for instance. */
  readonly extraFlags: readonly string[];
  readonly isRoot: boolean;
  /** Told, in one sentence, of what a person should know. */
  readonly onWarning: (sentence: string) => void;
}

/** A running Chromium window. */
export interface ChromiumWindow {
  readonly pid: number;
  /** Resolves when the last window is closed, or Chromium died; never rejects. */
  readonly closed: Promise<{ readonly exitCode: number | null; readonly lastWords: string }>;
  /** Closes it and waits for its end. */
  readonly close: () => Promise<void>;
}

/**
 * Opens the console in a Chromium window of its own, with its own profile. The token never stands on the command line,
 * where each user of the machine could read it: Chromium is given a file only this user may read, which goes on to
 * the address. Rejects when the program cannot be started.
 */
export async function launchChromium(options: LaunchOptions): Promise<ChromiumWindow> {
  const chromiumFolder = join(options.profileFolder, 'chromium');
  prepareChromiumProfile(chromiumFolder, new URL(options.launchUrl).origin);
  const launchFile = join(options.profileFolder, `launch-${randomBytes(8).toString('hex')}.html`);
  writeFileSync(launchFile, launchFileHtml(options.launchUrl), { mode: 0o600, flag: 'wx' });
  const removeLaunchFile = (): void => rmSync(launchFile, { force: true });
  const child = spawn(options.program, chromiumFlags(options, chromiumFolder, launchFile), {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-outputLengthMax);
  });
  const closed = new Promise<{ readonly exitCode: number | null; readonly lastWords: string }>((resolve) => {
    child.once('close', (exitCode) => {
      removeLaunchFile();
      resolve({ exitCode, lastWords });
    });
  });
  void options.launched.then(removeLaunchFile);
  const pid = await startedPid(child, removeLaunchFile);
  if (options.isRoot) {
    options.onWarning(
      'Chromium runs without its sandbox, because this is root. Use an ordinary account for real work.',
    );
  }
  return { pid, closed, close: () => closeChild(child, closed) };
}

/** The command line. No remote debugging, no lowered web security; nothing secret. */
export function chromiumFlags(
  options: Pick<LaunchOptions, 'isHeadless' | 'isRoot' | 'extraFlags'>,
  chromiumFolder: string,
  launchFile: string,
): readonly string[] {
  return [
    `--app=${pathToFileURL(launchFile).href}`,
    `--user-data-dir=${chromiumFolder}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-sync',
    '--disable-default-apps',
    '--disable-extensions',
    '--password-store=basic',
    // A call that comes while nobody has touched the page yet must ring and be heard.
    '--autoplay-policy=no-user-gesture-required',
    // The seat works behind other windows all day: its timers and its sound must not be slowed down there.
    '--disable-background-timer-throttling',
    '--disable-backgrounding-occluded-windows',
    '--disable-renderer-backgrounding',
    '--disable-features=Translate,MediaRouter,OptimizationHints',
    ...(options.isHeadless ? ['--headless=new'] : []),
    ...(options.isRoot ? ['--no-sandbox'] : []),
    ...options.extraFlags,
  ];
}

/** A page that goes on to the address. The address is our own, so nothing in it could end the script. */
export function launchFileHtml(launchUrl: string): string {
  const address = JSON.stringify(launchUrl).replaceAll('<', '\\u003c');
  return `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>Hookline</title>
<script>location.replace(${address})</script>
`;
}

function startedPid(child: ChildProcess, removeLaunchFile: () => void): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => {
      removeLaunchFile();
      reject(error);
    });
    child.once('spawn', () => {
      if (child.pid === undefined) {
        reject(new Error('a process that was started has no id'));
      } else {
        resolve(child.pid);
      }
    });
  });
}

async function closeChild(child: ChildProcess, closed: Promise<unknown>): Promise<void> {
  const timer = setTimeout(() => child.kill('SIGKILL'), closeWaitMs);
  child.kill('SIGTERM');
  await closed;
  clearTimeout(timer);
}
