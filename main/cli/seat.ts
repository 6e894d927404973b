import { existsSync, readFileSync } from 'node:fs';
import { Command } from 'commander';
import { v7 } from 'uuid';
import { readEnrolmentText } from '../../core/enrolment-text.ts';
import type { JournalFact } from '../../core/journal.ts';
import { profileFolder } from '../profile-folder.ts';
import { openProfileIn } from '../profile-in-folder.ts';
import type { Log } from '../seat-ports.ts';
import { hubStateTable } from '../store/hub-state-table.ts';
import { journalTable } from '../store/journal-table.ts';
import { latestVersion, migrations, versionOf } from '../store/migrate.ts';
import { openStore } from '../store/open.ts';
import { fileKeyKeeper } from '../store/profile-key.ts';
import { profilePaths } from '../store/profile-paths.ts';
import { readStore } from '../store/read-store.ts';
import { reserveAt } from '../store/reserve.ts';
import { type OpenSeatStore, seatName, seatStore } from '../store/seat-store.ts';
import { settingTable } from '../store/setting-table.ts';
import type { StoreError } from '../store/store-error.ts';
import { enrolSeat, leftFact } from '../sync/enrol-seat.ts';
import { readHubFault } from '../sync/hub-fault.ts';
import { openHubLink } from '../sync/hub-link.ts';
import { enrolmentSecret, type KeptEnrolment, readKeptEnrolment } from '../sync/kept-enrolment.ts';
import { CommandProblem, exitCode, type OpenProfile, openProfile, runCommand } from './profile-access.ts';

interface SeatCommandOptions {
  readonly profile?: string;
  readonly json?: boolean;
}

/** An enrolment file is some hundred bytes; anything much longer is none. */
const textLengthMax = 4_000;

/** `hookline seat enrol TEXT|FILE | leave | standing [--profile DIR] [--json]` */
export function seatCommand(): Command {
  const command = new Command('seat').description("join a seat to the site's hub, and see how it stands with it");
  const add = (name: string, description: string) =>
    command
      .command(name)
      .description(description)
      .option('--profile <dir>', 'the profile (default: your own)')
      .option('--json', 'JSON for programs');
  add(
    'enrol <text>',
    'join a hub: an enrolment file, a scanned code, or "ADDRESS CODE"; close the console first',
  ).action((text: string, options: SeatCommandOptions) =>
    runCommand(options.json === true, () => enrol(text, options)),
  );
  add('leave', 'forget the hub and its key; the log stays; close the console first').action(
    (options: SeatCommandOptions) => runCommand(options.json === true, () => leave(options)),
  );
  add('standing', 'say how far the log is at the hub; exit code 1 when it is not all there').action(
    (options: SeatCommandOptions) => runCommand(options.json === true, () => standing(options)),
  );
  return command;
}

async function enrol(text: string, options: SeatCommandOptions): Promise<number> {
  const said = existsSync(text) ? readFileSync(text, 'utf8').slice(0, textLengthMax) : text;
  // A code serves once: everything that this machine can refuse is refused before the hub is asked.
  const read = readEnrolmentText(said);
  if (read.kind === 'unreadable') throw new CommandProblem('unreadable', `${refusals.unreadable} (${read.why})`);
  await makeProfile(options.profile);
  return withStore(await openProfile(options.profile, null), async (store, seat) => {
    const write = (fact: JournalFact): void => void store.append(fact, Date.now());
    const outcome = await enrolSeat({ text: said, seat, keeper: store, now: Date.now, write });
    if (outcome.kind === 'refused')
      throw new CommandProblem(outcome.why, `${refusals[outcome.why]} (${outcome.detail})`);
    print(options, { ok: true, seat, address: outcome.address }, `${seat} belongs to the hub at ${outcome.address}.`);
    return exitCode.sound;
  });
}

/** Makes the profile that a first start of the seat in this folder would make; one that is there is left as it is. */
async function makeProfile(given: string | undefined): Promise<void> {
  const paths = profilePaths(given ?? profileFolder(process.platform, process.env));
  if ([paths.database, paths.sideJournal, paths.key, paths.wrappedKey].some((path) => existsSync(path))) return;
  const log: Log = (level, message) => {
    if (level !== 'info') process.stderr.write(`${message}\n`);
  };
  const made = await openProfileIn(paths, { directory: paths.directory, keys: fileKeyKeeper(paths.key), log });
  if (made.kind === 'refused') throw new CommandProblem('no-profile', `${made.message} (${made.detail})`);
  await made.profile.close();
}

const refusals = {
  unreadable: 'This is neither an enrolment file, a scanned code, nor an address and a code.',
  unreachable: 'The hub does not answer. Check its address and the network, then try the same again.',
  'not-trusted': "The hub's certificate is not one this machine trusts, nor the one the enrolment names.",
  'unknown-code': 'The hub does not know this code, or it was used, or its time is over. Ask for a new one.',
  'already-enrolled': 'The hub has a seat of this name already. Ask for a code that is made for it.',
  'too-many-attempts': 'The hub takes no more attempts for now. Wait some minutes.',
  'not-kept': 'The disk does not take the key. Make room, then ask for a new code.',
  'sign-in-first': 'Somebody has to sign in before the seat goes to another hub.',
} as const;

async function leave(options: SeatCommandOptions): Promise<number> {
  return withStore(await openProfile(options.profile, null), async (store, seat) => {
    const left = readKeptEnrolment(store.secret(enrolmentSecret));
    store.setSecret(enrolmentSecret, null);
    if (left !== null) store.append(leftFact(left), Date.now());
    store.hub.begin('');
    print(options, { ok: true, seat }, `${seat} belongs to no hub any more. Its log is as it was.`);
    return exitCode.sound;
  });
}

/** What the store says by itself, read beside a console that runs. */
interface LocalStanding {
  readonly enrolment: KeptEnrolment | null;
  readonly lastSeq: number;
  readonly acknowledgedSeq: number;
  readonly setAside: number;
}

async function standing(options: SeatCommandOptions): Promise<number> {
  const { enrolment, ...local } = readLocal(await openProfile(options.profile, null));
  if (enrolment === null) {
    print(options, { ok: true, hub: null, lastSeq: local.lastSeq }, 'This seat belongs to no hub.');
    return exitCode.sound;
  }
  const { address, hubId, seat } = enrolment;
  const link = openHubLink({ ...enrolment, now: Date.now });
  try {
    const { lastSeq: atHub, setAsideCount } = await link.client.journal.standing();
    const waiting = local.lastSeq - atHub;
    const sentence =
      waiting < 0
        ? `The hub holds ${-waiting} entries that are not in this log: it was copied or set back.`
        : `${atHub} of ${local.lastSeq} entries are at the hub, ${waiting} wait; ${setAsideCount} were set aside.`;
    print(options, { ok: waiting === 0, address, hubId, seat, ...local, atHub, setAsideCount }, sentence);
    return waiting === 0 ? exitCode.sound : exitCode.damaged;
  } catch (cause) {
    const fault = readHubFault(cause);
    const known = `${local.acknowledgedSeq} of ${local.lastSeq} entries were acknowledged`;
    const why = fault.kind === 'refused' ? 'does not know the key of this seat' : 'does not answer';
    throw new CommandProblem(`hub-${fault.kind}`, `The hub at ${address} ${why}; ${known}. (${fault.detail})`);
  } finally {
    link.close();
  }
}

function readLocal({ paths, key }: OpenProfile): LocalStanding {
  const opened = readStore(paths.database, key);
  if (opened.kind === 'refused') throw refusal(opened.error);
  const { connection, close } = opened.store;
  try {
    // A profile that no console of this version has opened yet has never heard of a hub.
    if (versionOf(connection) < latestVersion(migrations))
      return { enrolment: null, lastSeq: 0, acknowledgedSeq: 0, setAside: 0 };
    const reserve = reserveAt(paths.reserve);
    const settings = settingTable(connection, reserve);
    const state = hubStateTable(connection);
    const journal = journalTable(connection, { seat: settings.get('seat') ?? '', newId: v7, reserve });
    return {
      enrolment: readKeptEnrolment(settings.get(enrolmentSecret)),
      lastSeq: journal.lastSeq(),
      acknowledgedSeq: state.acknowledgedSeq(),
      setAside: state.setAsideCount(),
    };
  } finally {
    close();
  }
}

async function withStore(
  { paths, key }: OpenProfile,
  work: (store: OpenSeatStore, seat: string) => Promise<number>,
): Promise<number> {
  const opened = openStore({ path: paths.database, key, now: Date.now, backups: paths.backups, mustExist: true });
  if (opened.kind === 'refused') throw refusal(opened.error);
  try {
    const reserve = reserveAt(paths.reserve);
    const seat = seatName(opened.store, reserve, v7);
    return await work(seatStore(opened.store, { seat, newId: v7, reserve }), seat);
  } finally {
    opened.store.close();
  }
}

function refusal({ code, message, path, detail }: StoreError): CommandProblem {
  return new CommandProblem(code, `${message} (${path}: ${detail})`);
}

function print(options: SeatCommandOptions, value: unknown, sentence: string): void {
  process.stdout.write(`${options.json === true ? JSON.stringify(value) : sentence}\n`);
}
