import type { HubParts } from '../hub-parts.ts';
import type { RecordingRegister } from '../recordings/recording-register.ts';
import { ownerKey, type RecordingStore } from '../recordings/recording-store.ts';
import { finishRecording } from './recording-table.ts';

interface CatchUp {
  readonly parts: HubParts;
  readonly store: RecordingStore;
  readonly begun: RecordingRegister['begun'];
}

/** How many rows are read at a time. */
const rowsAtOnce = 200;

/**
 * Finds what a crash or a database that was set back left unwritten: uploads without a row, and rows of uploads that are
 * whole by now. Answers how many were found; doing it again finds none.
 */
export async function catchUpWith(
  parts: HubParts,
  store: RecordingStore,
  begun: RecordingRegister['begun'],
): Promise<number> {
  const work = { parts, store, begun };
  return (await unknownUploads(work)) + (await unfinished(work));
}

async function unknownUploads({ parts, store, begun }: CatchUp): Promise<number> {
  const { tables } = parts.database;
  let found = 0;
  for await (const uploadIds of inGroups(store.uploads(), rowsAtOnce)) {
    const known = await tables
      .selectFrom('recording')
      .select('upload_id')
      .where('upload_id', 'in', uploadIds)
      .execute();
    const ids = new Set(known.map(({ upload_id }) => upload_id));
    for (const uploadId of uploadIds)
      if (!ids.has(uploadId) && (await takeUp({ parts, store, begun }, uploadId))) found += 1;
  }
  return found;
}

/** One that was erased has its row; so this is one whose row was lost. */
async function takeUp({ parts, store, begun }: CatchUp, uploadId: string): Promise<boolean> {
  const { metadata } = await store.getUpload(uploadId);
  const owner = metadata?.[ownerKey] ?? null;
  if (owner === null || !(await isSeat(parts, owner))) return false;
  await begun({ uploadId, owner, metadata: metadata ?? {} });
  return true;
}

async function unfinished({ parts, store }: CatchUp): Promise<number> {
  const { tables } = parts.database;
  let found = 0;
  let after = '';
  for (;;) {
    const rows = await tables
      .selectFrom('recording')
      .select('upload_id')
      .where('sha256', 'is', null)
      .where('erased_at', 'is', null)
      .where('upload_id', '>', after)
      .orderBy('upload_id')
      .limit(rowsAtOnce)
      .execute();
    for (const { upload_id: uploadId } of rows) {
      const sha256 = await store.digestOf(uploadId);
      if (sha256 === null) continue;
      const { offset } = await store.getUpload(uploadId);
      await finishRecording(tables, { uploadId, bytes: offset, sha256 }, parts.now());
      found += 1;
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < rowsAtOnce) return found;
    after = last.upload_id;
  }
}

async function* inGroups(ids: AsyncIterable<string>, size: number): AsyncGenerator<string[]> {
  let group: string[] = [];
  for await (const id of ids) {
    group.push(id);
    if (group.length < size) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

async function isSeat({ database }: HubParts, name: string): Promise<boolean> {
  const row = await database.tables.selectFrom('seat').select('seat').where('seat', '=', name).executeTakeFirst();
  return row !== undefined;
}
