import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { diceOf } from '../../faults/dice.ts';
import { startDyingHub } from '../../hub/hub-process.ts';
import { newFolder, noon, seatKey, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { startBadProxy } from './bad-proxy.ts';
import { codeOf } from './some-seat-hub.ts';
import { atHub, atSeat, isInStep, pushTo, syncSeat } from './sync-rig.ts';

/** For long runs: how often hubs and seats are killed, and the seed of when. */
const kills = Number(process.env.HOOKLINE_SYNC_KILLS ?? 3);
/** A life is a process that starts, on a machine that does other things too. */
const timeLimitMs = 20_000 * (kills + 3);
const seed = Number(process.env.HOOKLINE_SYNC_SEED ?? 20_261_122);

test(
  `a hub that is killed ${kills} times while it takes a push has everything once in the end (seed ${seed})`,
  async () => {
    const place = newFolder();
    const { whole } = diceOf(seed, 'hub killed');
    const first = await startHub(place);
    const key = await seatKey(first, 'seat-1');
    await first.stop();
    const seat = syncSeat('seat-1');
    const write = (calls: number): void => {
      for (let call = 0; call < calls; call += 1)
        seat.store.appendAll(callFacts(call).map((fact) => ({ fact, at: noon })));
      seat.edit({ collection: 'customers', recordId: 'a', fields: { calls }, baseVersion: 0 });
    };
    const proxy = await startBadProxy('http://127.0.0.1:1', () => 'through');
    const { push, until } = pushTo(seat, proxy.url, key);
    for (let life = 0; life < kills; life += 1) {
      write(whole(5, 60));
      push.appended();
      const dying = await startDyingHub(place, whole(1, 40));
      proxy.turnTo(dying.url);
      push.lookAgain();
      // It dies of itself, or has everything before it comes to that.
      const end = await Promise.race([
        dying.ended,
        until(() => push.acknowledgedSeq() === seat.store.journal.lastSeq()),
      ]);
      dying.kill();
      await dying.ended;
      expect([undefined, 'SIGKILL']).toContain(end);
      proxy.turnTo('http://127.0.0.1:1');
    }
    const last = await startHub(place);
    proxy.turnTo(last.url);
    push.lookAgain();
    await until((of) => isInStep(of) && of.acknowledgedSeq() === seat.store.journal.lastSeq());
    expect(await atHub(last, 'seat-1')).toEqual(atSeat(seat));
    const { version } = await last.parts.database.tables
      .selectFrom('shared_record')
      .select('version')
      .executeTakeFirstOrThrow();
    expect(version).toBe(kills);
  },
  timeLimitMs,
);

test(
  `a seat that is killed ${kills} times while it pushes and pulls: all that it had kept is at the hub, once (seed ${seed})`,
  async () => {
    const { whole } = diceOf(seed, 'seat killed');
    const site = await startHub(newFolder(), { now: Date.now });
    const path = join(temporaryDirectory(), 'hookline.db');
    const program = new URL('syncing-seat.ts', import.meta.url).pathname;
    const kept = new Set<string>();
    const live = async (wish: object, killAfter: number): Promise<string> => {
      const child = spawn(process.execPath, [program, JSON.stringify({ path, ...wish })], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const ended = once(child, 'exit');
      let count = 0;
      let last = '';
      for await (const line of createInterface({ input: child.stdout })) {
        last = line;
        if (!line.startsWith('KEPT ')) continue;
        kept.add(line.slice('KEPT '.length));
        count += 1;
        if (count === killAfter) child.kill('SIGKILL');
      }
      await ended;
      return last;
    };
    expect(await live({ enrol: `${site.url} ${await codeOf(site)}`, rounds: 0 }, 0)).toBe('IN STEP []');
    for (let life = 0; life < kills; life += 1) await live({}, whole(1, 200));
    const end = await live({ rounds: 3 }, 0);
    const atTheHub = await atHub(site, 'seat-1');
    expect(atTheHub.map((line) => Number(line.split(' ')[0]))).toEqual(atTheHub.map((_, index) => index + 1));
    expect([...kept].filter((line) => !new Set(atTheHub).has(line))).toEqual([]);
    const rows = await site.parts.database.tables
      .selectFrom('shared_record')
      .selectAll()
      .orderBy('record_id')
      .execute();
    expect(end).toBe(
      `IN STEP ${JSON.stringify(rows.map((row) => ({ recordId: row.record_id, version: row.version, fields: JSON.parse(row.fields) })))}`,
    );
    const { count } = await site.parts.database.tables
      .selectFrom('record_edit')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(rows.reduce((sum, row) => sum + row.version, 0));
  },
  timeLimitMs,
);
