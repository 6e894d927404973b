import { feedWaitMsMax } from '../../core/hub-shared-records-api.ts';
import type { DatabaseKind } from '../database/schema.ts';
import type { HubParts } from '../hub-parts.ts';
import { type FeedPage, readFeed } from '../records/feed.ts';
import type { WaitingRoom } from '../records/waiting-room.ts';

/**
 * Another hub on the same database may have written: so somebody who waits looks this often without being woken. A SQLite
 * file has one hub, which wakes everybody itself; there it is looked again only in case something was forgotten.
 */
const lookAgainMs: Readonly<Record<DatabaseKind, number>> = { postgres: 1_000, sqlite: feedWaitMsMax };

/** Reads the feed; when there is nothing new, waits up to `waitMs` for something. Null: the cursor is not ours. */
export async function waitForFeed(
  parts: HubParts,
  room: WaitingRoom,
  wish: Parameters<typeof readFeed>[1],
  waitMs: number,
  signal: AbortSignal,
): Promise<FeedPage | null> {
  const endsAt = room.elapsedMs() + waitMs;
  for (;;) {
    const page = await readFeed(parts.database, wish);
    const leftMs = endsAt - room.elapsedMs();
    if (page === null || page.records.length > 0 || leftMs <= 0 || signal.aborted) return page;
    await room.wait(Math.min(leftMs, lookAgainMs[parts.database.kind]), signal);
    if (signal.aborted) return page;
  }
}
