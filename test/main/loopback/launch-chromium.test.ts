import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { listAppFiles } from '../../../main/app-files.ts';
import { withoutPasswords, withPermissions } from '../../../main/loopback/chromium-profile.ts';
import { findChromium } from '../../../main/loopback/find-chromium.ts';
import { chromiumFlags, launchChromium, launchFileHtml } from '../../../main/loopback/launch-chromium.ts';
import { startLoopbackHost } from '../../../main/loopback/loopback-host.ts';

describe('the command line', () => {
  const options = { isHeadless: true, isRoot: false, extraFlags: ['--use-fake-device-for-media-stream'] };

  test('opens a file in a profile of its own and lowers no guard', () => {
    const flags = chromiumFlags(options, '/p/chromium', '/p/launch-1.html').join(' ');
    expect(flags).toContain('--app=file:///p/launch-1.html --user-data-dir=/p/chromium');
    expect(flags).toContain('--headless=new --use-fake-device-for-media-stream');
    expect(flags).not.toMatch(/remote-debugging|web-security|no-sandbox|127\.0\.0\.1|allow-file-access|fake-ui/);
  });

  test('goes without the sandbox only for root', () => {
    expect(chromiumFlags({ ...options, isRoot: true }, '/p', '/l')).toContain('--no-sandbox');
  });
});

test('the launch file cannot be broken out of', () => {
  const html = launchFileHtml('http://127.0.0.1:1/start#</script><script>alert(1)//"');
  expect(html.match(/<\/script>/g)).toHaveLength(1);
  expect(html).toContain('\\"');
});

test('permissions go to one origin only, everything else in the profile stays', () => {
  const before = {
    other: 1,
    profile: {
      name: 'x',
      content_settings: { exceptions: { media_stream_mic: { 'http://127.0.0.1:1,*': { setting: 1 } }, usb: { a: 1 } } },
    },
  };
  const only = { 'http://127.0.0.1:2,*': { setting: 1 } };
  expect(withPermissions(before, 'http://127.0.0.1:2')).toEqual({
    other: 1,
    profile: {
      name: 'x',
      content_settings: { exceptions: { media_stream_mic: only, notifications: only, usb: { a: 1 } } },
    },
  });
  expect(withPermissions({ profile: 'nonsense' }, 'http://127.0.0.1:2')).toMatchObject({
    profile: { content_settings: { exceptions: { notifications: only } } },
  });
});

/** What the page tells of itself: what a real Chromium made of our headers, profile and flags. */
const probePage = `<!doctype html><title>probe</title><script src="/probe.js"></script>`;
const probeScript = `(async () => {
  const violations = [];
  addEventListener('securitypolicyviolation', (event) => violations.push(event.effectiveDirective));
  const attempt = (run) => { try { run(); return 'done'; } catch { return 'refused'; } };
  const inline = document.createElement('script');
  const outcomes = {
    eval: attempt(() => (0, eval)('1')),
    markup: attempt(() => { document.documentElement.innerHTML = '<b>'; }),
    inlineScript: attempt(() => { inline.text = 'window.ran = 1'; document.head.append(inline); }),
    image: attempt(() => { new Image().src = 'http://127.0.0.1:9/x.png'; }),
  };
  const elsewhere = await fetch('http://127.0.0.1:9/').then(() => 'done', () => 'refused');
  const microphone = await navigator.mediaDevices.getUserMedia({ audio: true }).then((stream) => stream.getAudioTracks().length, String);
  const states = await Promise.all(['microphone', 'camera', 'geolocation', 'notifications'].map(async (name) => (await navigator.permissions.query({ name })).state));
  const context = new AudioContext();
  await new Promise((resolve) => setTimeout(resolve, 100));
  const socket = new WebSocket('ws://' + location.host + '/console?page=phone');
  socket.onopen = () => socket.send(JSON.stringify({ address: location.href, outcomes, elsewhere, ran: window.ran ?? 0,
    microphone, states, violations: [...new Set(violations)].sort(), cookie: document.cookie, sound: context.state }));
})();`;

const program = findChromium();

// The command line of a process is read from /proc.
describe.skipIf(program === null || process.platform !== 'linux')('a real Chromium', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'launch-'));
    mkdirSync(join(folder, 'files', 'phone'), { recursive: true });
    writeFileSync(join(folder, 'files', 'phone', 'index.html'), probePage);
    writeFileSync(join(folder, 'files', 'probe.js'), probeScript);
    mkdirSync(join(folder, 'profile'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

  test('arrives with its token hidden, may use the microphone and nothing else, and obeys our policy', async () => {
    const warnings: string[] = [];
    let told: (message: string) => void = () => {};
    const message = new Promise<string>((resolve) => {
      told = resolve;
    });
    const host = await startLoopbackHost({
      files: listAppFiles([{ at: '/', folder: join(folder, 'files') }]),
      serve: (_, socket) => socket.on('message', (data) => told(data.toString())),
    });
    const token = new URL(host.url).hash.slice(1);
    const launched = host.launched();
    const isRoot = process.getuid?.() === 0;
    const window = await launchChromium({
      program: program ?? '',
      profileFolder: join(folder, 'profile'),
      launchUrl: host.url,
      launched,
      isHeadless: true,
      extraFlags: ['--use-fake-device-for-media-stream'],
      isRoot,
      onWarning: (sentence) => warnings.push(sentence),
    });
    try {
      const [launchFile] = readdirSync(join(folder, 'profile')).filter((name) => name.startsWith('launch-'));
      const mode = statSync(join(folder, 'profile', launchFile ?? 'none')).mode & 0o777;
      const commandLine = readFileSync(`/proc/${window.pid}/cmdline`, 'utf8');
      const seen: unknown = JSON.parse(await message);
      expect(seen).toEqual({
        address: `http://127.0.0.1:${host.port}/`,
        outcomes: { eval: 'refused', markup: 'refused', inlineScript: 'refused', image: 'done' },
        elsewhere: 'refused',
        ran: 0,
        microphone: 1,
        states: ['granted', 'denied', 'denied', 'granted'],
        // eval and the inline script fall to Trusted Types already, before script-src is asked.
        violations: ['connect-src', 'img-src', 'require-trusted-types-for'],
        cookie: '',
        sound: 'running',
      });
      expect({ mode, hasToken: commandLine.includes(token), hasFile: commandLine.includes(launchFile ?? '?') }).toEqual(
        {
          mode: 0o600,
          hasToken: false,
          hasFile: true,
        },
      );
      expect(readdirSync(join(folder, 'profile'))).toEqual(['chromium']);
      expect(statSync(join(folder, 'profile', 'chromium')).mode & 0o777).toBe(0o700);
      expect(warnings).toHaveLength(isRoot ? 1 : 0);
    } finally {
      await window.close();
      await host.close();
    }
  }, 60_000);

  test('a program that is not there is said, and the token does not stay on the disk', async () => {
    const launch = launchChromium({
      program: join(folder, 'nowhere'),
      profileFolder: join(folder, 'profile'),
      launchUrl: 'http://127.0.0.1:1/start#secret',
      launched: new Promise(() => {}),
      isHeadless: true,
      extraFlags: [],
      isRoot: false,
      onWarning: () => {},
    });
    await expect(launch).rejects.toMatchObject({ code: 'ENOENT' });
    expect(readdirSync(join(folder, 'profile'))).toEqual(['chromium']);
  });
});

test('what is typed to sign in is never kept: Chromium does not offer it, and the rest of its preferences stays', () => {
  const kept = {
    profile: { name: 'Person 1', password_manager_enabled: true },
    credentials_enable_service: true,
    x: 1,
  };
  expect(withoutPasswords(kept)).toEqual({
    profile: { name: 'Person 1', password_manager_enabled: false },
    credentials_enable_service: false,
    x: 1,
  });
});
