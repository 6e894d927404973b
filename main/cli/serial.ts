import { Command } from 'commander';
import { commandWords } from '../../core/key-command-text.ts';
import { defaultKeysOf } from '../../native/equipment/panel-keys.ts';
import type { CompiledProfile } from '../../native/serial/compile-profile.ts';
import { createDecoder } from '../../native/serial/decoder.ts';
import { profileText } from '../../native/serial/profile-file.ts';
import { readProfile } from '../../native/serial/read-profile.ts';
import { byteInput, writeOut } from './byte-input.ts';
import { monitorPort } from './serial-monitor.ts';

/** Exit code for a profile or a recording that cannot be read or is wrong: why stands in words on standard error. */
const wrongInputExitCode = 2;

/** `hookline serial check|decode|monitor`: panels, keypads and relays on a serial port, by profile. */
export function serialCommand(): Command {
  const command = new Command('serial').description('check serial profiles and watch serial equipment');
  command
    .command('check')
    .description('check a profile and run the test vectors in it')
    .argument('<profile>', 'a profile file, or the id of a shipped profile')
    .action(check);
  command
    .command('decode')
    .description('decode bytes with a profile; prints the events as JSON lines')
    .requiredOption('--profile <profile>', 'a profile file, or the id of a shipped profile')
    .option('--hex', 'the input is hex text, as 24 30 31 0D 0A')
    .argument('<file>', 'the bytes as they came from the port; - reads standard input')
    .action(decode);
  command
    .command('monitor')
    .description('watch a port live, both ways, as JSON lines; type "lamp 1 on" to set a lamp')
    .requiredOption('--profile <profile>', 'a profile file, or the id of a shipped profile')
    .option('--seconds <number>', 'end after this time')
    .argument('<port>', 'the port, as /dev/ttyUSB0 or COM3')
    .action(monitor);
  return command;
}

async function check(source: string): Promise<void> {
  const loaded = await loadProfile(source);
  if (loaded === undefined) return;
  const { profile } = loaded;
  const { unknown } = defaultKeysOf(profile);
  const lines = [
    `${profile.id} version ${profile.version}: ${profile.title}`,
    `source: ${profile.source}`,
    ...profile.unproven.map((fact) => `unproven: ${fact}`),
    ...unknown.map((key) => `no command: keys.map ${key}; the key does nothing until it is bound`),
    ...(unknown.length > 0 ? [`commands are: ${commandWords.join(', ')}`] : []),
    `${profile.tests.length} test vector${profile.tests.length === 1 ? '' : 's'} passed.`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** A profile by file or id; on any fault undefined, with every fault on standard error as `file:line: path: what`. */
async function loadProfile(source: string): Promise<CompiledProfile | undefined> {
  let text: string;
  try {
    text = await profileText(source);
  } catch (error) {
    process.stderr.write(`${source}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = wrongInputExitCode;
    return undefined;
  }
  const outcome = readProfile(text);
  if (outcome.kind === 'ok') return outcome.compiled;
  const lines = outcome.faults.map(({ line, path, message }) =>
    [`${source}:${line}`, ...(path === '' ? [] : [path]), message].join(': '),
  );
  process.stderr.write(`${lines.join('\n')}\n`);
  process.exitCode = wrongInputExitCode;
  return undefined;
}

async function decode(file: string, options: { readonly profile: string; readonly hex?: boolean }): Promise<void> {
  const compiled = await loadProfile(options.profile);
  if (compiled === undefined) return;
  let events = 0;
  let waiting: string[] = [];
  const decoder = createDecoder(compiled, {
    onEvent: (event) => {
      events += 1;
      waiting.push(`${JSON.stringify(event)}\n`);
    },
    onFrame: () => undefined,
    onBadFrame: () => undefined,
  });
  try {
    // A recording has no clock: all of it is decoded as if it came at once.
    for await (const bytes of byteInput(file, options.hex === true)) {
      decoder.push(bytes, 0);
      if (waiting.length > 0) await writeOut(waiting.join(''));
      waiting = [];
    }
  } catch (error) {
    const name = file === '-' ? 'standard input' : file;
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = wrongInputExitCode;
    return;
  }
  decoder.end();
  await writeOut(waiting.join(''));
  process.stderr.write(`${summary(events, decoder.counts)}\n`);
}

async function monitor(port: string, options: { readonly profile: string; readonly seconds?: string }): Promise<void> {
  const compiled = await loadProfile(options.profile);
  if (compiled === undefined) return;
  const seconds = options.seconds === undefined ? undefined : Number(options.seconds);
  if (seconds !== undefined && !(seconds > 0 && seconds <= 86_400)) {
    process.stderr.write('--seconds is a number up to 86400\n');
    process.exitCode = wrongInputExitCode;
    return;
  }
  await monitorPort(compiled, port, seconds);
}

function summary(events: number, counts: ReturnType<typeof createDecoder>['counts']): string {
  const told = (count: number, one: string, rest = ''): readonly string[] =>
    count === 0 ? [] : [`${count} ${one}${count === 1 ? '' : 's'}${rest}`];
  return [
    `${told(counts.frames, 'frame')[0] ?? 'no frames'}, ${told(events, 'event')[0] ?? 'no events'}`,
    ...told(counts.unknownFrames, 'frame', ' without an event'),
    ...told(counts.badChecksums, 'frame', ' with a wrong check'),
    ...told(counts.tooLong, 'frame', ' too long'),
    ...told(counts.noiseBytes, 'byte', ' outside of frames'),
  ].join('; ');
}
