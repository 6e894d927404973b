import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { foundPorts } from '../../native/equipment/found-ports.ts';
import { readSettings } from '../settings-file.ts';
import type { Connection } from '../store/connection.ts';
import type { Finding } from '../store/health.ts';
import { lastStored, newestAt, storedAfter } from '../store/journal-table.ts';
import type { ProfilePaths } from '../store/profile-paths.ts';
import { readStore } from '../store/read-store.ts';
import { settingTable } from '../store/setting-table.ts';
import { enrolmentSecret, readKeptEnrolment } from '../sync/kept-enrolment.ts';
import { clockHealth } from './clock-health.ts';
import { equipmentHealth } from './equipment-health.ts';
import { type HubEvidence, hubHealth } from './hub-health.ts';

/** Looks at what is around the log, by what the log says: the clock, and the hub. A log that can't be read says nothing. */
export async function aroundHealth(paths: ProfilePaths, key: Uint8Array): Promise<readonly Finding[]> {
  const opened = existsSync(paths.database) ? readStore(paths.database, key) : null;
  if (opened?.kind !== 'open') return clockHealth({ ...clockNow(), newestAt: null });
  const { connection, close } = opened.store;
  try {
    const clock = clockHealth({ ...clockNow(), newestAt: newestAt(connection) });
    return [...clock, ...(await hubHealth(hubEvidence(connection), Date.now))];
  } finally {
    close();
  }
}

/** Looks at what is set up beside the seat. Where the ports of the machine can't be listed, that is what is told. */
export async function setUpHealth(paths: ProfilePaths): Promise<readonly Finding[]> {
  const { settings } = await readSettings(join(paths.directory, 'settings.json'));
  try {
    return await equipmentHealth(settings.equipment, await foundPorts(), paths.directory);
  } catch (cause) {
    const sentence = cause instanceof Error ? cause.message : String(cause);
    return [{ part: 'equipment', state: 'warning', sentence, mend: null }];
  }
}

const readOnly = { isSpent: () => true, spend: () => false, restore: () => Promise.resolve(false) };

function hubEvidence(connection: Connection): HubEvidence {
  const settings = settingTable(connection, readOnly);
  const seat = settings.get('seat') ?? '';
  const after = storedAfter(connection);
  return {
    enrolment: readKeptEnrolment(settings.get(enrolmentSecret)),
    lastSeq: lastStored(connection, seat),
    entryAt: (seq) => after(seat, seq - 1, 1)[0] ?? null,
  };
}

/** How long the system may take to say whether its clock is kept right, in milliseconds. */
const askMaxMs = 2_000;

function clockNow() {
  return { now: Date.now(), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone, isSynced: isClockSynced() };
}

/** Null where the system does not say. */
function isClockSynced(): boolean | null {
  if (process.platform !== 'linux') return null;
  const asked = spawnSync('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], {
    encoding: 'utf8',
    timeout: askMaxMs,
  });
  const said = asked.status === 0 ? asked.stdout.trim() : '';
  return said === 'yes' ? true : said === 'no' ? false : null;
}
