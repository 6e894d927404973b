import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { JournalEntry } from '../../core/journal.ts';
import { openProfile } from '../../main/open-profile.ts';
import { fileKeyKeeper } from '../../main/store/profile-key.ts';
import { profilePaths } from '../../main/store/profile-paths.ts';
import { readStore } from '../../main/store/read-store.ts';
import { verifyJournal } from '../../main/store/verify-journal.ts';
import { readContainer } from '../../recording/read-container.ts';
import { planted, webmBegins } from './planted.ts';
import type { SeatWord } from './seat-words.ts';

/** Everything a seat has shown as kept, over all its lives. */
export type Shown = {
  readonly entries: Map<number, JournalEntry>;
  /** By recording: the SHA-256 of each chunk by its time. */
  readonly chunks: Map<string, Map<number, string>>;
  hear(word: SeatWord): void;
};

/** Nothing shown yet. */
export function newShown(): Shown {
  const entries = new Map<number, JournalEntry>();
  const chunks = new Map<string, Map<number, string>>();
  return {
    entries,
    chunks,
    hear: (word) => {
      if (word.said === 'entry') entries.set(word.entry.seq, word.entry);
      if (word.said !== 'chunk') return;
      const ofRecording = chunks.get(word.recordingId) ?? new Map<number, string>();
      chunks.set(word.recordingId, ofRecording.set(word.atMs, word.sha256));
    },
  };
}

/** What a fault may have done to a profile, and is told of. */
export type Allowed = {
  /** Chunks that somebody damaged on purpose, by recording: they must be named, and every other one is there. */
  readonly damaged?: ReadonlyMap<string, ReadonlySet<number>>;
};

/** What the oracle found whole. */
export type Whole = { readonly entries: number; readonly chunks: number };

/**
 * The common oracle of all faults on a seat's profile: everything it had shown as kept is there, byte for byte, and
 * nothing twice; SQLite's full check and the lists against the journal find nothing; the next seat opens it and writes;
 * no secret lies in clear. Rejects with everything that is wrong. No seat may have the profile open.
 */
export async function expectNothingLost(profile: string, shown: Shown, allowed: Allowed = {}): Promise<Whole> {
  const wrong: string[] = [];
  const entries = await asNextSeat(profile, (found) => wrong.push(...wrongEntries(found, shown)));
  wrong.push(...(await wrongJournal(profile)));
  const key = await keyOf(profile);
  wrong.push(...wrongSound(profilePaths(profile).recordings, key, shown, allowed));
  wrong.push(...secretsInClear(profile));
  if (wrong.length > 0) throw new Error(`${wrong.length} things are wrong:\n  ${wrong.slice(0, 12).join('\n  ')}`);
  const chunks = [...shown.chunks.values()].reduce((sum, { size }) => sum + size, 0);
  return { entries, chunks };
}

/** The whole in words, for the table. */
export function inWords({ entries, chunks }: Whole): string {
  return `${entries} entries, ${chunks} s of sound`;
}

/** Opens the profile as the next seat does, looks, and writes one line more: it is usable. Gives how many there were. */
async function asNextSeat(profile: string, look: (entries: readonly JournalEntry[]) => void): Promise<number> {
  const opened = await openProfile({
    directory: profile,
    keys: fileKeyKeeper(profilePaths(profile).key),
    log: () => undefined,
  });
  if (opened.kind === 'refused') throw new Error(`the next seat does not open it: ${opened.message} ${opened.detail}`);
  try {
    const { store } = opened.profile;
    const entries = store.journal.after(0, 1_000_000);
    look(entries);
    const added = store.append({ kind: 'seat-started', body: { version: 'oracle' } }, Date.now());
    if (added.kind !== 'kept') throw new Error(`the next seat cannot write: ${added.kind}`);
    return entries.length;
  } finally {
    await opened.profile.close();
  }
}

function wrongEntries(entries: readonly JournalEntry[], shown: Shown): string[] {
  const wrong: string[] = [];
  const there = new Map(entries.map((entry) => [entry.seq, entry]));
  for (const [seq, entry] of shown.entries) {
    const found = there.get(seq);
    if (found === undefined) wrong.push(`entry ${seq} (${entry.kind}) was shown and is gone`);
    else if (!isDeepStrictEqual(found, entry)) wrong.push(`entry ${seq} (${entry.kind}) is not as it was shown`);
  }
  if (new Set(entries.map(({ id }) => id)).size !== entries.length) wrong.push('an entry is there twice');
  entries.forEach(({ seq }, index) => {
    if (seq !== index + 1) wrong.push(`number ${seq} stands at place ${index + 1}`);
  });
  return wrong;
}

async function wrongJournal(profile: string): Promise<readonly string[]> {
  const outcome = readStore(profilePaths(profile).database, await keyOf(profile));
  if (outcome.kind === 'refused') return [`the journal cannot be verified: ${outcome.error.detail}`];
  try {
    return verifyJournal(outcome.store.connection).findings.map((finding) => `journal: ${JSON.stringify(finding)}`);
  } finally {
    outcome.store.close();
  }
}

async function keyOf(profile: string): Promise<Uint8Array> {
  const keyed = await fileKeyKeeper(profilePaths(profile).key).key(true);
  if (keyed.kind === 'refused') throw new Error(`the key is gone: ${keyed.error.code}`);
  return keyed.key;
}

/** Also used for sound: a chunk that was damaged on purpose must be named as such, and no other one. */
function wrongSound(directory: string, key: Uint8Array, shown: Shown, { damaged }: Allowed): string[] {
  const wrong: string[] = [];
  for (const [recordingId, chunks] of shown.chunks) {
    const contents = readContainer(readFileSync(join(directory, `${recordingId}.hkrec`)), key);
    if (contents.kind === 'unreadable') {
      wrong.push(`recording ${recordingId}: ${contents.code}`);
      continue;
    }
    const hurt = damaged?.get(recordingId) ?? new Set<number>();
    const bad = contents.problems.filter(({ problem }) => problem === 'damaged' || problem === 'missing');
    const told = new Set(bad.map(({ chunk }) => chunk));
    if (!isDeepStrictEqual(told, hurt)) wrong.push(`recording ${recordingId}: told ${[...told]}, hurt ${[...hurt]}`);
    if (damaged === undefined && contents.problems.length > 0)
      wrong.push(`recording ${recordingId}: ${JSON.stringify(contents.problems)}`);
    if (contents.end === 'open') wrong.push(`recording ${recordingId} was not closed`);
    const there = new Map<number, string>();
    for (const { content } of contents.chunks) {
      if (content.type !== 'sound') continue;
      if (there.has(content.atMs)) wrong.push(`recording ${recordingId}: ${content.atMs} ms twice`);
      there.set(content.atMs, createHash('sha256').update(content.sound).digest('hex'));
    }
    // Number 0 says which call it is, so the sound of second n stands under n + 1.
    for (const [atMs, sha256] of chunks) {
      if (hurt.has(atMs / 1000 + 1)) continue;
      if (there.get(atMs) !== sha256)
        wrong.push(`recording ${recordingId}: the sound at ${atMs} ms is not what was kept`);
    }
  }
  return wrong;
}

/** Words that were told to the seat, and sound, found in clear in any file below a folder. */
export function secretsInClear(folder: string): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.includes('/chromium')) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    for (const [what, word] of Object.entries(planted)) {
      if (bytes.includes(word)) found.push(`${entry.name} holds the ${what} in clear`);
    }
    if (entry.name.endsWith('.hkrec') && bytes.includes(Buffer.from(webmBegins)))
      found.push(`${entry.name} holds sound in clear`);
  }
  return found;
}
