import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hubStateTable } from '../../../main/store/hub-state-table.ts';
import { sharedRecordTable } from '../../../main/store/shared-record-table.ts';
import { takeOverOlder } from '../../../main/store/take-over-older.ts';
import { verifyJournal } from '../../../main/store/verify-journal.ts';
import { openHubLink } from '../../../main/sync/hub-link.ts';
import { takeBack } from '../../../main/sync/take-back.ts';
import { newFolder, noon, seatKey, startHub } from '../../hub/some-hub.ts';
import { damagePage } from '../store/damaged-profile.ts';
import { closedAtEnd, type OpenLog, openLarge, seat, toEnd, writeLarge } from '../store/large-log.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { atHub, isInStep, type PushUnderTest, pushTo } from './sync-rig.ts';

/** Pushes an open log, as a whole seat does, with taking back. */
function pushLog(log: OpenLog, url: string, key: string, upTo = Number.MAX_SAFE_INTEGER): PushUnderTest {
  const { live } = log.request;
  const link = openHubLink({ address: url, pins: [], hubId: 'hub', seat, key, now: () => noon });
  onTestFinished(() => link.close());
  const { refill, hub } = log.journal;
  if (refill === null) throw new Error('a store of its own has one');
  const sent: PushUnderTest = pushTo(
    {
      name: seat,
      store: log.journal,
      connection: live,
      state: hubStateTable(live),
      records: sharedRecordTable(live),
      entriesAfter: (seq, limit) => hub.entriesAfter(seq, limit).filter((row) => row.seq <= upTo),
      edit: () => undefined,
    },
    url,
    key,
    { takeBack: (wish) => takeBack({ ...wish, link, refill }) },
  );
  onTestFinished(log.journal.watchAppends(() => sent.push.appended()));
  return sent;
}

const linesOf = (log: OpenLog): readonly string[] =>
  log.journal.journal.after(0, 1_000_000).map(({ seq, id }) => `${seq} ${id}`);

/** A log of which the hub has a part, damaged in a page of its middle, and opened anew. */
async function damaged(upTo: number) {
  const hub = await startHub(newFolder());
  const key = await seatKey(hub, seat);
  const directory = temporaryDirectory();
  const written = writeLarge(directory, 1_500);
  const first = openLarge(directory);
  const { push, until } = pushLog(first, hub.url, key, upTo);
  await until(isInStep);
  await push.close();
  first.close();
  for (const page of [30, 60]) damagePage(join(directory, 'hookline.db'), page);
  const log = closedAtEnd(openLarge(directory));
  expect(log.mended?.older).toBeGreaterThan(1_000);
  return { hub, key, log, written };
}

test('a hub that is not so far as the lines that are still put back gets each of them once, in order', async () => {
  const { hub, key, log } = await damaged(200);
  const { push, until } = pushLog(log, hub.url, key);
  await until(isInStep);
  // It waits: what follows the hub's newest entry is not back yet.
  expect((await atHub(hub, seat)).length).toBe(200);
  for (const _ of takeOverOlder(log.request)) log.journal.tellAppended();
  push.lookAgain();
  await until(() => push.acknowledgedSeq() === log.journal.journal.lastSeq());
  expect(await atHub(hub, seat)).toEqual(linesOf(log));
});

test('a hub that is further goes on getting what is new meanwhile, and at the end gives what nobody here has', async () => {
  const { hub, key, log, written } = await damaged(1_500);
  const { push, until } = pushLog(log, hub.url, key);
  await until(() => push.acknowledgedSeq() === log.journal.journal.lastSeq());
  const lost = toEnd(takeOverOlder(log.request));
  expect(lost).toBeGreaterThan(0);
  push.lookAgain();
  await until(() => log.journal.refill?.lostUpTo(1_500).length === 0);
  expect(linesOf(log).slice(0, 1_500)).toEqual(written.map(({ seq, id }) => `${seq} ${id}`));
  expect(await atHub(hub, seat)).toEqual(linesOf(log));
  expect(verifyJournal(log.store.connection).findings).toEqual([]);
});
