import { createHash, type Hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { readContents } from '../../../main/recordings/vault.ts';
import { openStore } from '../../../main/store/open.ts';
import { profilePaths } from '../../../main/store/profile-paths.ts';
import { profileKey } from '../recordings/recorded.ts';

/** What lies on one side, by name, each as it lies there or as its hash; sides that hold the same are equal. */
export interface Holdings {
  /** `seq id at kind body`, byte for byte. */
  readonly entries: readonly string[];
  /** `call-1 {…}` */
  readonly calls: readonly string[];
  /** `customers/customer-1 version deleted {…}` */
  readonly records: readonly string[];
  /** `recording-1 SHA-256`, of the sealed file; one line an object. */
  readonly recordings: readonly string[];
}

/** Reads a profile that nobody has open. */
export function atSeat(directory: string): Holdings {
  const paths = profilePaths(directory);
  const outcome = openStore({ path: paths.database, key: profileKey, now: () => 0, mustExist: true });
  if (outcome.kind === 'refused') throw new Error(outcome.error.detail);
  const { connection, close } = outcome.store;
  const lines = (sql: string): readonly string[] => connection.prepare<[], string>(sql).pluck().all();
  const holdings: Holdings = {
    entries: lines(`select ${entryLine('id')} from journal order by seq`),
    calls: sorted(lines(`select call_id || ' ' || row from call`)),
    records: sorted(
      lines(`select ${recordLine('shown_version', 'shown_is_deleted', 'shown_fields')} from shared_record`),
    ),
    recordings: sorted(
      files(paths.recordings, '.hkrec').map((name) => `${name} ${hashOf(join(paths.recordings, `${name}.hkrec`))}`),
    ),
  };
  close();
  return holdings;
}

/** Reads a hub's folder. `names` of recordings, whose objects have names of the hub's own. */
export function atHub(folder: string, seat: string, names: readonly string[]): Holdings {
  const file = new Database(join(folder, 'hub.db'), { readonly: true });
  const lines = (sql: string): readonly string[] => file.prepare<[], string>(sql).pluck().all();
  const known = new Map(names.map((name) => [objectName(seat, name), name]));
  const directory = join(folder, 'recordings');
  const holdings: Holdings = {
    entries: lines(`select ${entryLine('entry_id')} from journal_entry order by seq`),
    calls: sorted(lines(`select call_id || ' ' || call from call_row`)),
    records: sorted(lines(`select ${recordLine('version', 'is_deleted', 'fields')} from shared_record`)),
    recordings: sorted(
      files(directory, '.data').map((name) => `${known.get(name) ?? name} ${hashOf(join(directory, `${name}.data`))}`),
    ),
  };
  file.close();
  return holdings;
}

/**
 * One hash over all that a seed decides of what a hub holds: what entries say and in which order, calls, records, and the
 * sound in each recording as it is heard. Not: names of entries, and the keys that each recording has of its own.
 */
export async function essence(holdings: Holdings, folder: string, seat: string): Promise<string> {
  const hash = createHash('sha256');
  const isOfWork = (line: string): boolean => / (call|recording|record)-[a-z]+ /.test(line);
  for (const line of holdings.entries.filter(isOfWork)) hash.update(`${line.split(' ').slice(2).join(' ')}\n`);
  for (const line of [...holdings.calls, ...holdings.records]) hash.update(`${line}\n`);
  for (const line of holdings.recordings) {
    const [name = ''] = line.split(' ');
    await addSound(hash, join(folder, 'recordings', `${objectName(seat, name)}.data`));
  }
  return hash.digest('hex');
}

async function addSound(hash: Hash, path: string): Promise<void> {
  const { recordingId, chunks } = await readContents(path, profileKey);
  hash.update(`${recordingId}\n`);
  for (const { content } of chunks) if (content.type === 'sound') hash.update(content.sound);
}

function entryLine(id: string): string {
  return `seq || ' ' || ${id} || ' ' || at || ' ' || kind || ' ' || body`;
}

function recordLine(version: string, isDeleted: string, fields: string): string {
  return `collection || '/' || record_id || ' ' || ${version} || ' ' || ${isDeleted} || ' ' || ${fields}`;
}

/** What the hub's store calls the recording of a seat. */
function objectName(seat: string, recordingId: string): string {
  return createHash('sha256')
    .update(JSON.stringify([seat, recordingId]))
    .digest('hex')
    .slice(0, 32);
}

function files(directory: string, ending: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length));
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

function sorted(lines: readonly string[]): readonly string[] {
  return lines.toSorted();
}
