import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { v7 } from 'uuid';
import { readKeys } from '../keys-file.ts';
import { readLightRules } from '../lights-file.ts';
import { findChromium, findElectron } from '../loopback/find-chromium.ts';
import { profileFolder } from '../profile-folder.ts';
import { readSettings } from '../settings-file.ts';
import {
  databaseHealth,
  diskHealth,
  type Finding,
  isInUse,
  permissionHealth,
  quarantineHealth,
  sideJournalHealth,
  standInHealth,
} from '../store/health.ts';
import { journalTable } from '../store/journal-table.ts';
import type { OlderRequest } from '../store/older-log.ts';
import { fileKeyKeeper } from '../store/profile-key.ts';
import { type ProfilePaths, profilePaths } from '../store/profile-paths.ts';
import { openOrMend } from '../store/recover-store.ts';
import { reserveAt } from '../store/reserve.ts';
import { seatName } from '../store/seat-store.ts';
import { lacksOlder, takeOverOlder } from '../store/take-over-older.ts';
import { aroundHealth, setUpHealth } from './around-health.ts';
import { CommandProblem, exitCode, runCommand } from './profile-access.ts';
import { recordingsHealth } from './recordings-health.ts';

interface DoctorOptions {
  readonly profile?: string;
  readonly mend?: boolean;
  readonly json?: boolean;
}

/** How many things are mended one after the other: there are five kinds. */
const mendingsMax = 5;

/** `hookline doctor [--profile DIR] [--mend] [--json]`: says what is wrong with a seat in words, and mends what is safe. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('say what is wrong with a seat, in words; exit code 1 when something is')
    .option('--profile <dir>', 'the profile to look at (default: your own)')
    .option('--mend', 'mend what is safe; damaged files are kept; close the console first')
    .option('--json', 'JSON for programs')
    .action((options: DoctorOptions) => runCommand(options.json === true, () => examine(options)));
}

async function examine(options: DoctorOptions): Promise<number> {
  const paths = profilePaths(options.profile ?? profileFolder(process.platform, process.env));
  if (!existsSync(paths.directory)) {
    throw new CommandProblem('no-profile', `There is no profile in ${paths.directory}. Name one with --profile.`);
  }
  const { isSound, mended, findings } = await examineProfile(paths, options.mend === true);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ok: isSound, mended, findings })}\n`);
  else process.stdout.write(`${[...mended.map((done) => `mended   ${done}`), ...findings.map(line)].join('\n')}\n`);
  return isSound ? exitCode.sound : exitCode.damaged;
}

/** What was mended, in words, and what was found after that. `isSound`: nothing is bad. */
export interface Examination {
  readonly isSound: boolean;
  readonly mended: readonly string[];
  readonly findings: readonly Finding[];
}

/** Looks at everything of a profile, and mends what is safe when it is asked to. Throws `CommandProblem`. */
export async function examineProfile(paths: ProfilePaths, isMending: boolean): Promise<Examination> {
  let findings = await lookAt(paths);
  const mended: string[] = [];
  if (isMending && findings.some(({ mend }) => mend !== null)) {
    if (isInUse(paths)) throw new CommandProblem('in-use', 'The console has this profile open. Close it first.');
    // A key that may be read again shows what else is wrong, so it is looked at until nothing more can be done.
    for (let round = 0; round < mendingsMax; round += 1) {
      const [next] = findings.flatMap(({ mend }) => (mend === null ? [] : [mend]));
      if (next === undefined) break;
      mended.push(await mendOne(paths, next));
      findings = await lookAt(paths);
    }
  }
  return { isSound: findings.every(({ state }) => state !== 'bad'), mended, findings };
}

function line({ part, state, sentence, mend }: Finding): string {
  const word = { good: 'good   ', warning: 'warning', bad: 'BAD    ' }[state];
  return `${word}  ${part}: ${sentence}${mend === null ? '' : ' hookline doctor --mend mends it.'}`;
}

async function lookAt(paths: ProfilePaths): Promise<readonly Finding[]> {
  const { findings: keyFindings, key } = await keyHealth(paths);
  const quarantine = quarantineHealth(paths);
  return [
    ...permissionHealth(paths, process.platform),
    ...keyFindings,
    ...(key === null ? [] : [...databaseHealth(paths, key), sideJournalHealth(paths, key)]),
    ...(key === null ? [] : await recordingsHealth(paths, key)),
    ...(key === null ? [] : await aroundHealth(paths, key)),
    ...(await handWrittenHealth(paths)),
    ...(await setUpHealth(paths)),
    ...diskHealth(paths),
    ...standInHealth(paths),
    ...(quarantine === null ? [] : [quarantine]),
    ...programHealth(),
  ];
}

async function keyHealth(
  paths: ProfilePaths,
): Promise<{ readonly findings: readonly Finding[]; readonly key: Uint8Array | null }> {
  const part = 'key';
  if (!existsSync(paths.key) && existsSync(paths.wrappedKey)) {
    const sentence =
      'The key is kept by the key chain of this system, which only the desktop app may ask: the log was not read.';
    return { findings: [{ part, state: 'warning', sentence, mend: null }], key: null };
  }
  const hasLog = existsSync(paths.database) || existsSync(paths.sideJournal);
  if (!existsSync(paths.key) && !hasLog) {
    return {
      findings: [{ part, state: 'good', sentence: 'There is none yet, and nothing to open.', mend: null }],
      key: null,
    };
  }
  const outcome = await fileKeyKeeper(paths.key).key(true);
  if (outcome.kind === 'key')
    return { findings: [{ part, state: 'good', sentence: 'It is there.', mend: null }], key: outcome.key };
  const { code, message, detail } = outcome.error;
  return { findings: [{ part, state: 'bad', sentence: `${message} (${code}: ${detail})`, mend: null }], key: null };
}

async function handWrittenHealth(paths: ProfilePaths): Promise<readonly Finding[]> {
  const settings = await readSettings(join(paths.directory, 'settings.json'));
  const keys = await readKeys(paths.directory);
  const lights = await readLightRules(paths.directory);
  const wrong = [
    ...(settings.kind === 'bad' ? [`settings.json:${settings.line}: ${settings.message}`] : []),
    ...[...keys.notices, ...lights.notices].map(({ detail }) => detail),
  ];
  if (wrong.length === 0) {
    return [{ part: 'settings', state: 'good', sentence: 'Settings, keys and lights can be read.', mend: null }];
  }
  return wrong.map((sentence) => ({ part: 'settings', state: 'bad', sentence, mend: null }));
}

/** Where the udev rules of a machine lie: ours by hand, or put there by a package. */
const rulesPlaces = ['/etc/udev/rules.d/70-hookline.rules', '/usr/lib/udev/rules.d/70-hookline.rules'];

function programHealth(): readonly Finding[] {
  const house = new URL('../..', import.meta.url).pathname;
  const electron = findElectron(house);
  const chromium = findChromium();
  const window: Finding =
    electron === null && chromium === null
      ? {
          part: 'window',
          state: 'bad',
          sentence: 'There is neither Electron nor a browser of the Chromium family.',
          mend: null,
        }
      : { part: 'window', state: 'good', sentence: electron ?? chromium ?? '', mend: null };
  if (process.platform !== 'linux' || rulesPlaces.some((path) => existsSync(path))) return [window];
  const sentence = 'The udev rule for headsets and panels is not installed: hookline device rules prints it.';
  return [window, { part: 'devices', state: 'warning', sentence, mend: null }];
}

/** Puts all older lines of a log back at once; how many are lost. */
function putBackOlder(request: Omit<OlderRequest, 'newId'>): number {
  const work = takeOverOlder({ ...request, newId: v7 });
  for (let step = work.next(); ; step = work.next()) if (step.done === true) return step.value;
}

/** Mends one thing; says what was done. Throws `CommandProblem`. */
async function mendOne(paths: ProfilePaths, what: NonNullable<Finding['mend']>): Promise<string> {
  if (what === 'folder-permissions') {
    chmodSync(paths.directory, 0o700);
    return `${paths.directory} is yours alone now.`;
  }
  if (what === 'key-permissions') {
    chmodSync(paths.key, 0o600);
    return `${paths.key} is yours alone now.`;
  }
  const keyed = await fileKeyKeeper(paths.key).key(true);
  if (keyed.kind === 'refused') throw new CommandProblem(`key-${keyed.error.code}`, keyed.error.message);
  const reserve = reserveAt(paths.reserve);
  const outcome = openOrMend({
    path: paths.database,
    key: keyed.key,
    now: Date.now,
    newId: v7,
    backups: paths.backups,
    sideJournal: paths.sideJournal,
    quarantine: paths.quarantine,
    reserve,
  });
  if (outcome.kind === 'refused')
    throw new CommandProblem(outcome.error.code, `${outcome.error.message} (${outcome.error.detail})`);
  try {
    if (outcome.mended !== null) {
      const { kept, lost, copy } = outcome.mended;
      return `The call log was made anew: ${kept} entries kept, ${lost} lost. The damaged files are in quarantine/${copy}.`;
    }
    const seat = seatName(outcome.store, reserve, v7);
    if (lacksOlder(outcome.store.connection, seat, paths.database)) {
      const lost = putBackOlder({
        ...paths,
        path: paths.database,
        live: outcome.store.connection,
        key: keyed.key,
        seat,
      });
      return `The older lines of the call log were put back; ${lost} were lost.`;
    }
    const journal = journalTable(outcome.store.connection, { seat: 'technician', newId: v7, reserve });
    const rebuilt = journal.rebuild();
    if (rebuilt.kind !== 'written') throw new CommandProblem(rebuilt.kind, `Not mended: ${rebuilt.detail}`);
    return `The lists were made anew from ${rebuilt.value} entries.`;
  } finally {
    outcome.store.close();
  }
}
