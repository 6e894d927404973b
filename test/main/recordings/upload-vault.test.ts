import { appendFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderLedger, newUploadRecord } from '../../../main/recordings/upload-ledger.ts';
import { fileUploadSource } from '../../../main/recordings/upload-source.ts';
import { readPlayable, recordingVault } from '../../../main/recordings/vault.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { fullReserve, profileKey, recordedChunks } from './recorded.ts';
import { uploadHub } from './upload-hub.ts';

test('a call is uploaded while it is recorded, its seat dies, and what the hub has in the end plays', async () => {
  const directory = temporaryDirectory();
  const vault = recordingVault({ directory, profileKey, reserve: fullReserve });
  const source = fileUploadSource({ directory, syncedBytes: vault.syncedBytes });
  const hub = await uploadHub();
  const uploads = hub.start({ source });
  await vault.begin('r1', 'call-1', 1_000);
  for (const chunk of recordedChunks()) {
    await vault.append('r1', chunk);
    await uploads.offer('r1');
    expect(vault.syncedBytes('r1')).toBe(statSync(join(directory, 'r1.hkrec')).size);
  }
  await uploads.until(({ bytesSent }) => bytesSent > 16_000);
  // kill -9 in the middle of a frame: nothing after the last synced one was ever given away.
  appendFileSync(join(directory, 'r1.hkrec'), Buffer.from('HKf1 and then the seat died'));
  await uploads.close();

  const next = recordingVault({ directory, profileKey, reserve: fullReserve });
  await next.end('r1');
  const again = hub.start({ source: fileUploadSource({ directory, syncedBytes: next.syncedBytes }) });
  await again.offer('r1');
  await again.until(({ confirmed }) => confirmed === 1);
  expect(hub.seen.filter((line) => line.startsWith('POST'))).toHaveLength(1);
  expect(hub.seen.filter((line) => line.startsWith('DELETE'))).toHaveLength(0);
  const copy = join(directory, 'copy.hkrec');
  writeFileSync(copy, await hub.stored('r1'));
  const { info, contents } = await readPlayable(copy, profileKey);
  expect(info.damagedChunks).toEqual([]);
  expect(contents.end).toBe('interrupted');
  expect(info.seconds).toBeCloseTo(8.2, 1);
  await hub.close();
}, 30_000);

test('a recording whose end is being written is not taken for whole', async () => {
  const directory = temporaryDirectory();
  const vault = recordingVault({ directory, profileKey, reserve: fullReserve });
  const source = fileUploadSource({ directory, syncedBytes: vault.syncedBytes });
  await vault.begin('r1', 'call-1', 1_000);
  const open = await source.standing('r1');
  const ended = vault.end('r1');
  expect(await source.standing('r1')).toEqual(open);
  await ended;
  expect(await source.standing('r1')).toEqual({ bytes: statSync(join(directory, 'r1.hkrec')).size, isOpen: false });
  expect(await source.standing('r2')).toBeNull();
  await expect(source.standing('../r1')).rejects.toThrow('letters, digits');
});

test('the ledger survives a move cut in half, and a damaged record is one that is not known', async () => {
  const directory = temporaryDirectory();
  const ledger = folderLedger(directory);
  await ledger.put('r1', 'waiting', newUploadRecord);
  await ledger.put('r2', 'waiting', newUploadRecord);
  await ledger.put('r1', 'confirmed', { ...newUploadRecord, sha256: 'x', confirmedAt: 1 });
  expect(await ledger.ends('waiting', 5)).toEqual({ newest: ['r2'], oldest: ['r2'], length: 1 });
  // The crash came before the old record went.
  writeFileSync(join(directory, 'waiting', 'r1.json'), JSON.stringify(newUploadRecord));
  expect(await ledger.get('r1')).toMatchObject({ queue: 'confirmed', sha256: 'x' });
  writeFileSync(join(directory, 'waiting', 'r2.json'), '{"url":');
  expect(await ledger.get('r2')).toBeNull();
  await ledger.forget('r1');
  expect(await ledger.get('r1')).toBeNull();
  await expect(ledger.put('../r', 'waiting', newUploadRecord)).rejects.toThrow('letters, digits');
});

test('10,000 recordings wait as names: either end is told, the rest is not read', async () => {
  const directory = temporaryDirectory();
  const ledger = folderLedger(directory);
  await ledger.put('r00000', 'waiting', newUploadRecord);
  for (let index = 1; index < 10_000; index += 1)
    writeFileSync(join(directory, 'waiting', `r${String(index).padStart(5, '0')}.json`), 'not even read');
  const { newest, oldest, length } = await ledger.ends('waiting', 2);
  expect({ newest, oldest, length }).toEqual({
    newest: ['r09999', 'r09998'],
    oldest: ['r00000', 'r00001'],
    length: 10_000,
  });
});
