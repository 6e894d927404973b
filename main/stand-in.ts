import { existsSync } from 'node:fs';
import type { ProfileOutcome } from './open-profile.ts';
import { type OpenedProfile, type OpenRequest, openProfileIn } from './profile-in-folder.ts';
import { RecordingError, recordingVault } from './recordings/vault.ts';
import type { RecordingVault } from './seat-ports.ts';
import { type Homecoming, homecoming } from './store/homecoming.ts';
import { fileKeyKeeper, type KeyKeeper } from './store/profile-key.ts';
import { profilePaths } from './store/profile-paths.ts';
import type { OpenSeatStore } from './store/seat-store.ts';

/** How much a stand-in keeps back for the log: it may lie in memory, and lives for a day. */
const standInReserveBytes = 8 * 1024 * 1024;

/**
 * Opens a stand-in (store/seat-folder.ts) of a profile whose disk takes nothing. The seat works in it as in any profile,
 * says that its own disk has none of it, and brings everything home as soon as that disk takes it. `why`: what the
 * system said.
 */
export async function openStandIn(directory: string, why: string, options: OpenRequest): Promise<ProfileOutcome> {
  options.log('warn', `the disk of ${options.directory} takes nothing (${why}); working in ${directory}`);
  const guest = await openGuest(directory, options);
  if (guest.kind === 'refused') return guest;
  const { opened, coming } = guest;
  const { profile } = opened;
  return {
    kind: 'open',
    profile: {
      ...profile,
      vault: vaultWithOld(opened, options.directory),
      store: storeComingHome(profile.store, coming),
      firstNotices: [...profile.firstNotices, { code: 'stand-in', detail: why.slice(0, 400) }],
      standIn: coming,
      close: () => coming.close(() => void profile.close()),
    },
  };
}

/**
 * Brings home what an earlier life wrote in a stand-in, before the profile is opened. When the disk fails again it stays
 * where it is, which is logged.
 */
export async function bringLeftHome(directory: string, options: OpenRequest): Promise<void> {
  const guest = await openGuest(directory, options);
  if (guest.kind === 'refused') {
    options.log('error', `what stands in ${directory} cannot be opened: ${guest.detail}`);
    return;
  }
  const { opened, coming } = guest;
  await coming.attempt();
  options.log('warn', `${directory} was brought home; entries left there: ${coming.waiting()}`);
  await coming.close(() => void opened.profile.close());
}

type Guest =
  | { readonly kind: 'open'; readonly opened: OpenedProfile; readonly coming: Homecoming }
  | Extract<ProfileOutcome, { readonly kind: 'refused' }>;

async function openGuest(directory: string, options: OpenRequest): Promise<Guest> {
  const keys = standInKeys(options.keys, directory);
  const opened = await openProfileIn(profilePaths(directory), { ...options, keys }, standInReserveBytes);
  if (opened.kind === 'refused') return opened;
  const { guest, isBeingRecorded, profile } = opened;
  const { newId } = profile;
  const onProblem = (sentence: string): void => options.log('warn', sentence);
  const home = options.directory;
  const coming = homecoming({ home, standIn: directory, keys: options.keys, guest, newId, isBeingRecorded, onProblem });
  return { kind: 'open', opened, coming };
}

/** The profile's own key; one that can neither be read nor made is replaced by one that lies in the stand-in. */
function standInKeys(keys: KeyKeeper, directory: string): KeyKeeper {
  const own = profilePaths(directory).key;
  return {
    key: async (hasDatabase) => {
      if (existsSync(own)) return fileKeyKeeper(own).key(hasDatabase);
      const outcome = await keys.key(hasDatabase);
      const isOfDisk =
        outcome.kind === 'refused' && (outcome.error.code === 'cannot-read' || outcome.error.code === 'cannot-create');
      return isOfDisk ? fileKeyKeeper(own).key(false) : outcome;
    },
  };
}

/** Everything is written in the stand-in, and at home as well once home takes it. */
function storeComingHome(store: OpenSeatStore, coming: Homecoming): OpenSeatStore {
  return {
    ...store,
    // Home is not open, or a copy of what stands here: the next start on its own disk takes back what is missing.
    refill: null,
    append: (fact, at) => {
      const outcome = store.append(fact, at);
      coming.wrote();
      return outcome;
    },
    appendAll: (facts) => {
      const outcome = store.appendAll(facts);
      coming.wrote();
      return outcome;
    },
    setSecret: (name, value) => {
      store.setSecret(name, value);
      coming.keptSecret(name, value);
    },
  };
}

/** Sound is written in the stand-in; what was recorded before is read where it lies. */
function vaultWithOld({ profile, key }: OpenedProfile, home: string): RecordingVault {
  const { vault } = profile;
  const reserve = { isSpent: () => true, spend: () => false, restore: () => Promise.resolve(false) };
  const old = recordingVault({ directory: profilePaths(home).recordings, profileKey: key, reserve });
  const orOld = async <Value>(own: Promise<Value>, ofOld: () => Promise<Value>): Promise<Value> => {
    try {
      return await own;
    } catch (cause) {
      if (!(cause instanceof RecordingError && cause.code === 'unknown')) throw cause;
      return ofOld();
    }
  };
  return {
    ...vault,
    open: (recordingId) => orOld(vault.open(recordingId), () => old.open(recordingId)),
    read: (recordingId, offset, length) =>
      orOld(vault.read(recordingId, offset, length), () => old.read(recordingId, offset, length)),
  };
}
