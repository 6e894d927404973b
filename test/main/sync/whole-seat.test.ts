import { expect, onTestFinished, test } from 'vitest';
import type { RunningSeat } from '../../../main/running-seat.ts';
import { newFolder, startHub } from '../../hub/some-hub.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { startWholeSeat } from '../whole-seat.ts';
import { type Fate, startBadProxy } from './bad-proxy.ts';
import { codeOf } from './some-seat-hub.ts';
import { atHub } from './sync-rig.ts';

function stateOf({ seat }: RunningSeat): string {
  const { hub } = seat.view.value;
  return hub.kind === 'none' ? 'none' : hub.state;
}

test('a whole seat: its calls are at the hub, it works on while the hub is away and says so, and comes back after a restart', async () => {
  const site = await startHub(newFolder(), { now: Date.now });
  const directory = temporaryDirectory();
  let fate: Fate = 'through';
  const proxy = await startBadProxy(site.url, () => fate);
  let running = await startWholeSeat(directory);
  onTestFinished(() => running.close().catch(() => undefined));
  const name = running.profile.seat;
  const called = (callId: string, at: number): void => {
    const remote = { number: '6001', displayName: '' };
    running.seat.report({ kind: 'call-offered', at, callId, remote, line: 'practice', sipCallId: '' });
    running.seat.report({ kind: 'call', callId, event: { kind: 'established', at: at + 1 } });
    running.seat.report({ kind: 'call', callId, event: { kind: 'ended', at: at + 2, cause: 'hung-up-there' } });
  };
  const everything = () => running.profile.store.journal.after(0, 1_000).map(({ seq, id }) => `${seq} ${id}`);
  called('before', 10);
  expect([stateOf(running), running.seat.view.value.lights.data.code]).toEqual(['none', 'saved']);
  const joined = await running.seat.hub.enrol(`${proxy.url} ${await codeOf(site)}`);
  expect(joined).toEqual({ kind: 'enrolled', address: proxy.url });
  await expect.poll(() => stateOf(running), { timeout: 20_000 }).toBe('in-step');
  expect(await atHub(site, name)).toEqual(everything());

  fate = 'lost';
  called('away', 20);
  await expect.poll(() => stateOf(running), { timeout: 20_000 }).toBe('away');
  const { lights, hub } = running.seat.view.value;
  expect(lights.data).toMatchObject({
    state: 'weak',
    code: 'saved-here',
    detail: String('waiting' in hub && hub.waiting),
  });
  expect(running.seat.hub.editRecord({ collection: 'customers', recordId: 'c', fields: { a: 1 } }).isUnsent).toBe(true);

  await running.close();
  running = await startWholeSeat(directory);
  expect(running.seat.hub.record('customers', 'c')).toMatchObject({ fields: { a: 1 }, isUnsent: true });
  fate = 'through';
  // The switch that takes us back says that the network is there.
  running.seat.report({ kind: 'signalling', at: 30, state: 'offline', detail: '' });
  running.seat.report({ kind: 'signalling', at: 31, state: 'registered', detail: '' });
  await expect.poll(() => stateOf(running), { timeout: 20_000 }).toBe('in-step');
  expect(await atHub(site, name)).toEqual(everything());
  expect(running.seat.view.value.lights.data).toMatchObject({ state: 'good', code: 'saved' });
  await expect.poll(() => running.seat.hub.record('customers', 'c')?.isUnsent, { timeout: 20_000 }).toBe(false);

  // The end of the day does not wait for the next one: this life's is there, beside that of the life that ended away.
  await running.close();
  const stopped = await site.parts.database.tables
    .selectFrom('journal_entry')
    .select('seq')
    .where('kind', '=', 'seat-stopped')
    .execute();
  expect(stopped).toHaveLength(2);
  running = await startWholeSeat(directory);
  await expect.poll(() => stateOf(running), { timeout: 20_000 }).toBe('in-step');

  await running.seat.hub.leave();
  await expect.poll(() => stateOf(running)).toBe('none');
  expect(running.seat.hub.record('customers', 'c')).toBeNull();
}, 90_000);
