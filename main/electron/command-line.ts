import { parseArgs } from 'node:util';

/**
 * Chromium and Node switches a release does not start with: they open a debugger on the seat, take the sandbox or the
 * checks of certificates away, send its traffic elsewhere, or load code of others. Names as `app.commandLine` knows them.
 */
export const refusedSwitches: readonly string[] = [
  'remote-debugging-port',
  'remote-debugging-pipe',
  'remote-debugging-address',
  'remote-allow-origins',
  'inspect',
  'inspect-brk',
  'inspect-port',
  'inspect-wait',
  'inspect-publish-uid',
  'debug-port',
  'no-sandbox',
  'disable-seccomp-filter-sandbox',
  'disable-setuid-sandbox',
  'disable-namespace-sandbox',
  'disable-gpu-sandbox',
  'single-process',
  'in-process-gpu',
  'no-zygote',
  'disable-web-security',
  'disable-site-isolation-trials',
  'disable-features',
  'enable-features',
  'enable-blink-features',
  'allow-file-access-from-files',
  'allow-running-insecure-content',
  'unsafely-treat-insecure-origin-as-secure',
  'ignore-certificate-errors',
  'ignore-certificate-errors-spki-list',
  'ssl-key-log-file',
  'log-net-log',
  'host-rules',
  'host-resolver-rules',
  'proxy-server',
  'proxy-pac-url',
  'ip-address-space-overrides',
  'js-flags',
  'load-extension',
  'renderer-cmd-prefix',
  'utility-cmd-prefix',
  'gpu-launcher',
  'browser-subprocess-path',
  'use-fake-ui-for-media-stream',
  'use-fake-device-for-media-stream',
  'use-file-for-fake-audio-capture',
  'auto-accept-camera-and-microphone-capture',
];

/** The first refused switch that was given, or `null`. Outside a release a technician may use them all. */
export function refusedSwitch(hasSwitch: (name: string) => boolean, isRelease: boolean): string | null {
  return isRelease ? (refusedSwitches.find(hasSwitch) ?? null) : null;
}

/**
 * Switches we set ourselves: the bell must ring before anybody has touched the hidden phone page, and the page must not
 * lose its processor time for being hidden.
 */
export const ownSwitches: readonly (readonly [name: string, value?: string])[] = [
  ['autoplay-policy', 'no-user-gesture-required'],
  ['disable-renderer-backgrounding'],
];

/** What may be asked of the Electron shell. Everything else on its command line is Chromium's, or a telephone link. */
export type ElectronOptions = { readonly profile: string | null; readonly isPractice: boolean };

/** Reads the arguments after the program's own. Never fails: systems add switches of their own when a link is clicked. */
export function readElectronOptions(args: readonly string[]): ElectronOptions {
  const { values } = parseArgs({
    args: [...args],
    options: { profile: { type: 'string' }, practice: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
  });
  const { profile, practice } = values;
  return { profile: typeof profile === 'string' && profile !== '' ? profile : null, isPractice: practice === true };
}
