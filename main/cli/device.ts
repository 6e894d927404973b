import { execFile } from 'node:child_process';
import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { candidateOf } from '../../native/candidate.ts';
import { systemClock } from '../../native/clock.ts';
import { noDescriptorSource } from '../../native/hid/descriptor-source.ts';
import { type FoundHid, nodeHidBus } from '../../native/hid/hid-bus.ts';
import { sysfsDescriptors } from '../../native/hid/sysfs-descriptors.ts';
import { recordDevice } from './record-device.ts';
import { type RuleDevice, ruleDeviceOf, udevRules } from './udev-rules.ts';

/** Exit code for what could not be done: standard error says why and what to do. */
const refusedExitCode = 2;
/** How long a recording lasts when nobody says: time to find and press a dozen keys. */
const secondsByDefault = 120;
/** Longer than anybody presses keys; a forgotten recording must end. */
const secondsMax = 3_600;

const rulesFile = '70-hookline.rules';
const systemRules = '/etc/udev/rules.d';

/** `hookline device record|rules`: take down what a device says; give it to the person at the seat. */
export function deviceCommand(): Command {
  const command = new Command('device').description('record what a device says; print or install udev rules');
  command
    .command('record')
    .description('save what a device says, key by key as asked, as a file to attach to an issue')
    .argument('<device>', 'its path, its id, or a part of its name, as `hookline devices --all` lists them')
    .requiredOption('-o, --output <file>', 'the file to write; one that is there already is not overwritten')
    .option('--seconds <n>', `ends after so long, at most ${secondsMax}`, String(secondsByDefault))
    .option('--serial', 'put the serial number and the path into the file too')
    .option('--keyboard', 'record even a device that types: everything typed on it is in the file')
    .action(async (device: string, options: RecordOptions) => {
      const seconds = Number(options.seconds);
      if (!Number.isFinite(seconds) || seconds <= 0 || seconds > secondsMax) {
        return refuse(`--seconds: give a number from 1 to ${secondsMax}.`);
      }
      const problem = await recordDevice(device, { ...options, seconds });
      if (problem !== null) refuse(problem);
    });
  command
    .command('rules')
    .description('the udev rules (Linux) for call-control devices, known lights, and what is plugged in')
    .argument('[ids...]', 'further devices as vendor:product, such as 05f3:00ff')
    .option('--install', `write them to ${systemRules} and apply them; needs root`)
    .option('--directory <folder>', 'with --install: another folder, for an image of a system; nothing is applied')
    .action(async (ids: readonly string[], options: RulesOptions) => rules(ids, options));
  return command;
}

type RecordOptions = {
  readonly output: string;
  readonly seconds: string;
  readonly serial?: boolean;
  readonly keyboard?: boolean;
};
type RulesOptions = { readonly install?: boolean; readonly directory?: string };

async function rules(ids: readonly string[], options: RulesOptions): Promise<void> {
  const asked: RuleDevice[] = [];
  for (const id of ids) {
    const device = ruleDeviceOf(id);
    if (device === undefined) return refuse(`${id}: give vendor:product in four hex digits each, such as 05f3:00ff.`);
    asked.push(device);
  }
  const shipped = await readFile(fileURLToPath(new URL(`../../assets/udev/${rulesFile}`, import.meta.url)), 'utf8');
  const text = udevRules(shipped, [...(await pluggedIn()), ...asked]);
  if (options.install !== true) {
    process.stdout.write(text);
    return;
  }
  const directory = options.directory ?? systemRules;
  try {
    await writeRules(join(directory, rulesFile), text);
  } catch (error) {
    return refuse(
      `${join(directory, rulesFile)} cannot be written (${wordsOf(error)}). As an administrator:\n  hookline device rules | sudo tee ${join(systemRules, rulesFile)} && sudo udevadm control --reload && sudo udevadm trigger --subsystem-match=hidraw --action=change`,
    );
  }
  process.stdout.write(`${join(directory, rulesFile)} is written.\n`);
  if (options.directory === undefined) await apply();
}

/** The devices that a seat would open: an adapter without a sound interface and a nameless pedal are not in the shipped rule. */
async function pluggedIn(): Promise<readonly RuleDevice[]> {
  let found: readonly FoundHid[] = [];
  try {
    found = await nodeHidBus().list();
  } catch (error) {
    process.stderr.write(`What is plugged in cannot be listed: ${wordsOf(error)}\n`);
  }
  const descriptors = process.platform === 'linux' ? sysfsDescriptors() : noDescriptorSource;
  const parts = { bus: nodeHidBus(), descriptors, clock: systemClock };
  const candidates = await Promise.all(found.map((device) => candidateOf(device, device.path, parts)));
  // Whether it may be opened now does not matter: what opens is what a rule is for.
  return candidates.flatMap(({ info, open }) => (open === undefined ? [] : [info]));
}

/** Whole or not at all, and readable by all: udev must read it, and only root may write it. */
async function writeRules(path: string, text: string): Promise<void> {
  const draft = `${path}.new`;
  const file = await open(draft, 'w', 0o644);
  try {
    await file.chmod(0o644);
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
}

async function apply(): Promise<void> {
  const udevadm = promisify(execFile);
  try {
    await udevadm('udevadm', ['control', '--reload']);
    await udevadm('udevadm', ['trigger', '--subsystem-match=hidraw', '--action=change']);
  } catch (error) {
    refuse(`The rules are written and not applied yet (${wordsOf(error)}): plug the devices in again.`);
  }
}

function refuse(words: string): void {
  process.stderr.write(`${words}\n`);
  process.exitCode = refusedExitCode;
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
