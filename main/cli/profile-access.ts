import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { profileFolder } from '../profile-folder.ts';
import { fileKeyKeeper } from '../store/profile-key.ts';
import { type ProfilePaths, profilePaths } from '../store/profile-paths.ts';

/** Exit codes of the commands that read a profile. */
export const exitCode = {
  /** Everything is as it should be. */
  sound: 0,
  /** Something is damaged or missing; it was named. */
  damaged: 1,
  /** It could not be read at all; standard error says why and what to do. */
  refused: 2,
} as const;

/** Something a command can't go on from: a sentence for the person, a code and detail for a technician. */
export class CommandProblem extends Error {
  override readonly name = 'CommandProblem';
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** A profile's layout and its key. */
export interface OpenProfile {
  readonly paths: ProfilePaths;
  readonly key: Uint8Array;
}

/**
 * Finds a profile and its key: the directory given, else the one a recording's file lies in, else this person's own.
 * Never makes a key. Throws `CommandProblem`.
 */
export async function openProfile(given: string | undefined, recordingPath: string | null): Promise<OpenProfile> {
  const paths = profilePaths(given ?? profileAround(recordingPath) ?? profileFolder(process.platform, process.env));
  if (![paths.database, paths.key, paths.wrappedKey].some((path) => existsSync(path))) {
    throw new CommandProblem('no-profile', `There is no profile ${paths.directory}. Name its folder with --profile.`);
  }
  if (!existsSync(paths.key) && existsSync(paths.wrappedKey)) {
    const sentence = `The key of the profile ${paths.directory} is kept by this system's key chain, which only the desktop app may ask.`;
    throw new CommandProblem('key-in-key-chain', sentence);
  }
  const outcome = await fileKeyKeeper(paths.key).key(true);
  if (outcome.kind === 'refused') {
    const { code, message, path, detail } = outcome.error;
    throw new CommandProblem(`key-${code}`, `${message} (${path}: ${detail})`);
  }
  return { paths, key: outcome.key };
}

/** The profile whose `recordings` folder a file lies in. */
function profileAround(recordingPath: string | null): string | null {
  if (recordingPath === null) return null;
  const folder = dirname(recordingPath);
  return basename(folder) === 'recordings' ? dirname(folder) : null;
}

/** Runs a command's work and turns its outcome into an exit code; a problem is told on standard error, or as JSON. */
export async function runCommand(isJson: boolean, work: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (cause) {
    if (!(cause instanceof CommandProblem)) throw cause;
    process.exitCode = exitCode.refused;
    if (isJson) process.stdout.write(`${JSON.stringify({ ok: false, error: cause.code, message: cause.message })}\n`);
    else process.stderr.write(`${cause.message} [${cause.code}]\n`);
  }
}
