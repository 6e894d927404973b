import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DeviceInfo } from '../core/device-api.ts';
import { udevRules } from './cli/udev-rules.ts';

export type RulesOutcome = { readonly kind: 'done' } | { readonly kind: 'refused'; readonly why: string };

/** Typing a password takes a minute; a dialog nobody answers is given up after this. */
const passwordWaitMs = 180_000;

const byHand =
  'As an administrator, in a terminal: hookline device rules | sudo tee /etc/udev/rules.d/70-hookline.rules && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=hidraw --action=change';

/**
 * What runs as root: fixed, told nothing but the rules on standard input, whole or not at all. udev must be able to read
 * the file, and only root may write it.
 */
const asRoot = `set -e
umask 022
cat > /etc/udev/rules.d/70-hookline.rules.new
mv /etc/udev/rules.d/70-hookline.rules.new /etc/udev/rules.d/70-hookline.rules
udevadm control --reload
udevadm trigger --subsystem-match=hidraw --action=change
`;

/** Runs a program with a text on its standard input: its exit code, or null when there is no such program. */
export type RunWithInput = (program: string, args: readonly string[], input: string) => Promise<number | null>;

/**
 * Installs the udev rules for the devices that are plugged in, through PolicyKit, which asks for the administrator's
 * password. Refused with what to do instead where there is no PolicyKit, and when the person does not allow it.
 */
export async function installRules(
  devices: readonly DeviceInfo[],
  run: RunWithInput = runWithInput,
  platform: NodeJS.Platform = process.platform,
): Promise<RulesOutcome> {
  if (platform !== 'linux') return { kind: 'refused', why: 'Only Linux keeps devices from people by udev rules.' };
  const shipped = await shippedRules();
  // What is of no use to a seat (a mouse, a security key) stays as closed as it is.
  const plugged = devices.filter(
    ({ vendorId, path, state }) => vendorId > 0 && path.startsWith('/dev/hidraw') && state.kind !== 'not-telephony',
  );
  const code = await run('pkexec', ['/bin/sh', '-c', asRoot], udevRules(shipped, plugged));
  if (code === 0) return { kind: 'done' };
  if (code === null) return { kind: 'refused', why: `This system has no PolicyKit (pkexec). ${byHand}` };
  // pkexec(1): 126 dismissed, 127 not authorized or no dialog could be shown.
  if (code === 126) return { kind: 'refused', why: 'The password was not given; nothing was changed.' };
  if (code === 127) return { kind: 'refused', why: `The system did not allow it; nothing was changed. ${byHand}` };
  return { kind: 'refused', why: `The rules could not be written (exit code ${code}). ${byHand}` };
}

/** From main/ as it stands, and from dist/main or its chunks as it is bundled for Electron. */
const rulesPlaces = ['..', '../..', '../../..'].map((up) => `${up}/assets/udev/70-hookline.rules`);

async function shippedRules(): Promise<string> {
  const found = rulesPlaces.map((place) => fileURLToPath(new URL(place, import.meta.url))).find(existsSync);
  if (found === undefined) throw new Error('70-hookline.rules is not in this program');
  return readFile(found, 'utf8');
}

function runWithInput(program: string, args: readonly string[], input: string): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(program, [...args], { stdio: ['pipe', 'ignore', 'ignore'], timeout: passwordWaitMs });
    child.once('error', () => resolve(null));
    child.once('exit', (code) => resolve(code ?? 126)); // ended by the time limit: nobody answered
    child.stdin.on('error', () => undefined); // it went away before it read: its exit code says why
    child.stdin.end(input);
  });
}
