import { implement } from '@orpc/server';
import { hubApi } from '../../core/hub-api.ts';
import type { RecordingTableRow } from '../database/recording-tables.ts';
import type { HubParts } from '../hub-parts.ts';
import type { HubRecordings } from '../hub-recordings.ts';
import type { RecordingStore } from '../recordings/recording-store.ts';
import { makeCursor } from '../records/cursor.ts';
import { hold, reclassify } from '../retention/two-people.ts';
import { actorOf, type HubContext, nextPage, seatOf } from '../serve/hub-context.ts';
import { placeNumber, recordingPlace } from '../serve/page-places.ts';
import { erasedOf, keepDaysOf, listRecordings, recordingAt, recordingRowOf } from './recording-table.ts';

/** The routes about the site and about single recordings. The sound itself is plain HTTP: sound-route.ts. */
export function recordingRouter(parts: HubParts, { keys, decrypted, store }: HubRecordings) {
  const os = implement(hubApi).$context<HubContext>();
  const { tables } = parts.database;
  return {
    site: os.site.router({
      about: os.site.about.handler(async () => ({ ...(await keys.about()), now: parts.now() })),
    }),
    recordings: os.recordings.router({
      list: os.recordings.list.handler(async ({ input, errors }) => {
        const after = recordingPlace(input.after);
        if (after === 'bad') throw errors.BAD_CURSOR();
        const { seat = null, callId = null, from = null, to = null, limit } = input;
        const found = await listRecordings(tables, { seat, callId, from, to, after, limit });
        const rows = await Promise.all(
          found.map(async ({ keep_days: keepDays, ...row }) =>
            recordingRowOf({ ...row, bytes: await storedBytes(store, row) }, keepDays),
          ),
        );
        return { rows, next: nextPage(rows, limit, ({ at, seat: of, recordingId }) => [at, of, recordingId]) };
      }),
      about: os.recordings.about.handler(async ({ input, errors }) => {
        const row = await recordingAt(tables, input);
        if (row === null) throw errors.UNKNOWN_RECORDING();
        if (row.erased_at !== null) throw errors.ERASED();
        const heard = await decrypted.hear(row);
        if (heard.kind === 'busy') throw errors.UNAVAILABLE();
        if (heard.kind === 'not-yet') throw errors.NOT_COMPLETE();
        if (heard.kind !== 'heard') throw errors.CANNOT_BE_HEARD();
        const bytes = await storedBytes(store, row);
        const recording = recordingRowOf({ ...row, bytes }, await keepDaysOf(tables, row.retention_class));
        return { recording, info: heard.playable.info };
      }),
      erased: os.recordings.erased.handler(async ({ context, input, errors }) => {
        const after = placeNumber(input.after);
        if (after === null) throw errors.BAD_CURSOR();
        const found = await erasedOf(tables, seatOf(context), after, input.limit);
        const rows = found.map(({ position, ...row }) => ({ ...row, cursor: makeCursor([position]) }));
        return {
          rows,
          cursor: rows.at(-1)?.cursor ?? makeCursor([after]),
          isEnd: rows.length < input.limit,
        };
      }),
      hold: os.recordings.hold.handler(async ({ context, input, errors }) => {
        const outcome = await hold(parts, actorOf(context), input);
        if (outcome.kind === 'held') return { heldAt: outcome.heldAt };
        throw outcome.why === 'erased' ? errors.ERASED() : errors.UNKNOWN_RECORDING();
      }),
      classify: os.recordings.classify.handler(async ({ context, input, errors }) => {
        const outcome = await reclassify(parts, actorOf(context), input);
        if (outcome.kind !== 'refused') return outcome;
        if (outcome.why === 'unknown-class') throw errors.UNKNOWN_CLASS();
        throw outcome.why === 'erased' ? errors.ERASED() : errors.UNKNOWN_RECORDING();
      }),
    }),
  };
}

/** How much of a recording is stored: what was written down when it was whole, or what there is of it now. */
async function storedBytes(store: RecordingStore | null, row: RecordingTableRow): Promise<number> {
  if (store === null || row.sha256 !== null || row.erased_at !== null) return row.bytes;
  return (await store.look(row.upload_id))?.offset ?? 0;
}
