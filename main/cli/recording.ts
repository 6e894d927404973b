import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Command } from 'commander';
import { assertNever } from '../../core/assert-never.ts';
import type { Playable } from '../../recording/playable.ts';
import type { ContainerContents, Problem } from '../../recording/read-container.ts';
import { RecordingError, type RecordingErrorCode, readPlayable } from '../recordings/vault.ts';
import { CommandProblem, exitCode, openProfile, runCommand } from './profile-access.ts';

interface RecordingOptions {
  readonly profile?: string;
  readonly json?: boolean;
}

/** `hookline recording verify|export FILE [-o out.webm] [--profile DIR] [--json]` */
export function recordingCommand(): Command {
  const command = new Command('recording').description('check recordings and take them out');
  const add = (name: string, description: string): Command =>
    command
      .command(name)
      .description(description)
      .argument('<file>', 'the .hkrec file, or the id of a recording in the profile')
      .option('--profile <dir>', "the profile whose key it was made with (default: the file's own, else yours)")
      .option('--json', 'one JSON object');
  add('verify', 'check every chunk; exit code 1 when one is damaged or missing').action(
    (file: string, options: RecordingOptions) => runCommand(options.json === true, () => verify(file, options)),
  );
  add('export', 'write all that is sound as one WebM that seeks')
    .option('-o, --output <file>', 'where to (default: the name of the recording, here; - for standard output)')
    .action((file: string, options: RecordingOptions & { readonly output?: string }) =>
      runCommand(options.json === true, () => exportWebm(file, options)),
    );
  return command;
}

async function verify(file: string, options: RecordingOptions): Promise<number> {
  const { contents, info } = await playable(file, options);
  const report = reportOf(contents, info);
  process.stdout.write(options.json === true ? `${JSON.stringify(report)}\n` : `${sentences(contents, info)}\n`);
  return report.ok ? exitCode.sound : exitCode.damaged;
}

async function exportWebm(file: string, options: RecordingOptions & { readonly output?: string }): Promise<number> {
  const { contents, info, webm } = await playable(file, options);
  const output = options.output ?? `${contents.recordingId}.webm`;
  if (output === '-') process.stdout.write(webm);
  else await writeFile(output, webm);
  const report = { ...reportOf(contents, info), output, bytes: webm.length };
  const text = options.json === true ? JSON.stringify(report) : `${sentences(contents, info)}\nWritten to ${output}.`;
  (output === '-' ? process.stderr : process.stdout).write(`${text}\n`);
  return exitCode.sound;
}

async function playable(file: string, options: RecordingOptions): Promise<Playable> {
  const isFile = existsSync(file);
  const { paths, key } = await openProfile(options.profile, isFile ? resolve(file) : null);
  const path = isFile ? file : join(paths.recordings, `${basename(file, '.hkrec')}.hkrec`);
  try {
    return await readPlayable(path, key);
  } catch (cause) {
    if (cause instanceof RecordingError) throw new CommandProblem(cause.code, `${path}: ${refusals[cause.code]}`);
    if (cause instanceof Error && 'code' in cause) throw new CommandProblem('cannot-read', `${path}: ${cause.message}`);
    throw cause;
  }
}

const refusals: Record<RecordingErrorCode, string> = {
  unknown: 'there is no such recording.',
  'not-open': 'it is not being recorded.',
  'bad-id': 'that is not the id of a recording.',
  'not-a-recording': 'this is not a recording of Hookline.',
  'header-damaged': 'both copies of the head are damaged; the key of the recording is lost with them.',
  'wrong-key': 'this recording was made with the key of another profile. Name that one with --profile.',
  'too-long': 'the file is larger than any recording.',
};

/** What a program reads. `damagedChunks`: those whose sound is lost; `problems` names what is wrong with each. */
function reportOf(contents: ContainerContents, info: Playable['info']) {
  const { recordingId, createdAt, chunks, problems, isHeaderDamaged, torn, end } = contents;
  return {
    ok: problems.length === 0 && !isHeaderDamaged && end !== 'open',
    recordingId,
    createdAt,
    end,
    seconds: info.seconds,
    channels: info.channels,
    chunks: chunks.length,
    damagedChunks: info.damagedChunks,
    problems,
    torn: torn === null ? null : { chunk: torn.chunk, bytes: torn.bytes },
    isHeaderDamaged,
    gaps: info.gaps,
  };
}

function sentences(contents: ContainerContents, info: Playable['info']): string {
  const { recordingId, chunks, problems, isHeaderDamaged, torn, end } = contents;
  const lines = [
    `Recording ${recordingId}: ${info.seconds.toFixed(1)} s, ${info.channels} channels, ${chunks.length} sound chunks, ${ends[end]}`,
    ...problems.map(problemSentence),
  ];
  if (torn !== null) lines.push(`chunk ${torn.chunk}: torn, its last ${torn.bytes} bytes were being written`);
  if (isHeaderDamaged) lines.push('one copy of the head is damaged; the other was used');
  if (problems.length === 0 && !isHeaderDamaged && end !== 'open') lines.push('Every chunk is as it was written.');
  return lines.join('\n');
}

const ends: Record<ContainerContents['end'], string> = {
  complete: 'complete.',
  interrupted: 'interrupted: the seat died, and what it had written is all here.',
  open: 'without an end: it is still being recorded, was not recovered yet, or its end was cut off.',
};

function problemSentence({ chunk, problem }: Problem): string {
  switch (problem) {
    case 'damaged':
      return `chunk ${chunk}: damaged, left out`;
    case 'missing':
      return `chunk ${chunk}: missing`;
    case 'duplicated':
      return `chunk ${chunk}: there twice, used once`;
    case 'out-of-order':
      return `chunk ${chunk}: stands in another place, was put back`;
    case 'foreign-before':
      return `before chunk ${chunk}: something that is no chunk of this recording, left out`;
    default:
      return assertNever(problem);
  }
}
