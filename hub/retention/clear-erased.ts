import { ERRORS } from '@tus/utils';
import { tidyAfterErasing } from '../database/erased-bytes.ts';
import type { HubDatabase } from '../database/schema.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';

/** How many objects are removed in one go; the rest comes at the next. */
const objectsAtOnce = 500;

/**
 * Removes the stored bytes of erased recordings and what is left of their keys in the database's files. Nothing depends
 * on when: without its key a recording is noise. May be done again anywhere. Rejects when store or database fail.
 */
export async function clearErased(database: HubDatabase, store: RecordingStore | null): Promise<void> {
  const { tables } = database;
  const { is_overwrite_due: isDue } = await tables
    .selectFrom('retention_clock')
    .select('is_overwrite_due')
    .executeTakeFirstOrThrow();
  // Said to be done before it is: an erasure that comes meanwhile says again that it is due.
  if (isDue === 1) {
    await tables.updateTable('retention_clock').set({ is_overwrite_due: 0 }).execute();
    let isDone = false;
    try {
      isDone = await tidyAfterErasing(database);
    } finally {
      if (!isDone) await tables.updateTable('retention_clock').set({ is_overwrite_due: 1 }).execute();
    }
  }
  if (store === null) return;
  const rows = await tables
    .selectFrom('recording')
    .select('upload_id')
    .where('erased_at', 'is not', null)
    .where('is_object_gone', '=', 0)
    .limit(objectsAtOnce)
    .execute();
  for (const { upload_id: uploadId } of rows) {
    await store.remove(uploadId).catch((cause: unknown) => {
      if (cause !== ERRORS.FILE_NOT_FOUND) throw cause;
    });
    await tables.updateTable('recording').set({ is_object_gone: 1 }).where('upload_id', '=', uploadId).execute();
  }
}
