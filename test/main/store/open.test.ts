import { createHash } from 'node:crypto';
import { copyFileSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { isAtLeast } from '../../../core/durable-sqlite.ts';
import { connect, settingsNow } from '../../../main/store/connection.ts';
import { migrations } from '../../../main/store/migrate.ts';
import { type OpenOutcome, openStore } from '../../../main/store/open.ts';
import { opened, testKey } from './opened.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Every file of a directory by the hash of its content: what "untouched byte for byte" means. The lock is nobody's data. */
function contents(directory: string): Record<string, string> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !entry.name.endsWith('.lock'),
  );
  return Object.fromEntries(
    names.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

function open(directory: string, key: Uint8Array = testKey): OpenOutcome {
  return openStore({ path: join(directory, 'hookline.db'), key, now: () => 1_000 });
}

/** A closed store with some entries, its last ones still in the write-ahead log as after a kill. */
function crashedStore(): string {
  const source = temporaryDirectory();
  const target = temporaryDirectory();
  const { connection } = opened(source);
  connection.exec(`create table filler (a text) strict`);
  for (let row = 0; row < 400; row += 1) connection.prepare('insert into filler values (?)').run('x'.repeat(500));
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.prepare('insert into filler values (?)').run('in the log');
  // Copied while open: what a kill leaves, the log's index included.
  for (const suffix of ['', '-wal', '-shm', '.lock']) {
    copyFileSync(join(source, `hookline.db${suffix}`), join(target, `hookline.db${suffix}`));
  }
  return target;
}

/** Opening must be refused with a code, and change nothing. */
function expectRefusal(directory: string, code: string, key: Uint8Array = testKey): void {
  const before = contents(directory);
  const outcome = open(directory, key);
  const after = contents(directory);
  if (outcome.kind === 'open') outcome.store.close();
  expect(outcome.kind === 'refused' ? outcome.error.code : 'open').toBe(code);
  expect(after).toEqual(before);
}

describe('a store that opens', () => {
  test('is hardened, and every setting reads back', () => {
    const { connection } = opened(temporaryDirectory());
    expect(Object.fromEntries(settingsNow(connection))).toEqual({
      journal_mode: 'wal',
      synchronous: 2,
      foreign_keys: 1,
      recursive_triggers: 1,
      trusted_schema: 0,
      cell_size_check: 1,
      mmap_size: 0,
      secure_delete: 1,
      temp_store: 2,
      busy_timeout: 5000,
      fullfsync: 1,
      checkpoint_fullfsync: 1,
    });
    expect(isAtLeast(String(connection.prepare('select sqlite_version()').pluck().get()), '3.51.3')).toBe(true);
  });

  test('holds nothing in clear', () => {
    const directory = temporaryDirectory();
    const { connection } = opened(directory);
    connection.prepare('insert into setting values (?, ?)').run('sip-password', 'swordfish-swordfish');
    for (const suffix of ['', '-wal']) {
      const bytes = readFileSync(join(directory, `hookline.db${suffix}`));
      expect(bytes.includes('swordfish')).toBe(false);
      expect(bytes.includes('SQLite format')).toBe(false);
      expect(bytes.includes('create table')).toBe(false);
    }
  });

  test('has what was written before it died', () => {
    const directory = crashedStore();
    const { connection } = opened(directory);
    expect(connection.prepare(`select count(*) from filler where a = 'in the log'`).pluck().get()).toBe(1);
  });

  test('leaves nothing behind but itself', () => {
    const directory = temporaryDirectory();
    const outcome = open(directory);
    if (outcome.kind === 'open') outcome.store.close();
    expect(readdirSync(directory).toSorted()).toEqual(['hookline.db', 'hookline.db.lock']);
  });

  test('was never half made: a draft left by a kill is replaced', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'hookline.db.draft'), 'torn');
    writeFileSync(join(directory, 'hookline.db.draft-wal'), 'torn');
    expect(opened(directory).isNew).toBe(true);
  });
});

describe('a store is refused and left as it was', () => {
  test('when it is from the future', () => {
    const directory = crashedStore();
    const raw = connect(join(directory, 'hookline.db'), testKey, 'write');
    raw.pragma('user_version = 990');
    raw.close();
    expectRefusal(directory, 'future-database');
  });

  test('when the key is another', () => expectRefusal(crashedStore(), 'wrong-key', new Uint8Array(32).fill(9)));

  test('when it is plain SQLite', () => {
    const directory = temporaryDirectory();
    const plain = new Database(join(directory, 'hookline.db'));
    plain.exec('create table journal (a)');
    plain.close();
    expectRefusal(directory, 'not-encrypted');
  });

  test('when it opens with our key and is not ours', () => {
    const directory = temporaryDirectory();
    const other = connect(join(directory, 'hookline.db'), testKey, 'create');
    other.exec('create table journal (a)');
    other.close();
    expectRefusal(directory, 'not-hookline');
  });

  test('when it is empty', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'hookline.db'), '');
    expectRefusal(directory, 'torn-file');
  });

  test('when only its log is there', () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'hookline.db-wal'), 'something');
    expectRefusal(directory, 'torn-file');
  });

  test.each([100, 4096, 8192, 4096 * 20, 4096 * 20 + 77])('when it is cut after %i bytes', (length) => {
    const directory = crashedStore();
    truncateSync(join(directory, 'hookline.db'), length);
    expectRefusal(directory, 'torn-file');
  });

  test.each([0, 9, 20, 100, 4095, 4096 * 3 + 7, 4096 * 12 + 4000])('when the byte at %i is another', (offset) => {
    const directory = crashedStore();
    const path = join(directory, 'hookline.db');
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(offset) ^ 0x10, offset);
    writeFileSync(path, bytes);
    expectRefusal(directory, 'torn-file');
  });

  test('when its first page is zeros', () => {
    const directory = crashedStore();
    const path = join(directory, 'hookline.db');
    writeFileSync(path, readFileSync(path).fill(0, 0, 4096));
    expectRefusal(directory, 'torn-file');
  });

  test('while another has it open', () => {
    const directory = temporaryDirectory();
    opened(directory);
    const outcome = open(directory);
    expect(outcome.kind === 'refused' ? outcome.error.code : 'open').toBe('in-use');
  });
});

test('every refusal says what to do', () => {
  const outcome = open(crashedStore(), new Uint8Array(32).fill(9));
  expect(outcome.kind === 'refused' ? outcome.error.message : '').toMatch(/Put back the key file/);
});

test('a store closed is free to be opened again', () => {
  const directory = temporaryDirectory();
  const first = open(directory);
  if (first.kind === 'open') first.store.close();
  const second = open(directory);
  expect(second.kind).toBe('open');
  if (second.kind === 'open') second.store.close();
});

test('migrations are numbered in tens, upwards', () => {
  const versions = migrations.map(({ version }) => version);
  expect(versions).toEqual(versions.map((_, index) => (index + 1) * 10));
});
