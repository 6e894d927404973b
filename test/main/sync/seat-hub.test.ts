import { expect, onTestFinished, test } from 'vitest';
import { createCode } from '../../../hub/keys/enrolment.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { type SeatHub, seatHub } from '../../../main/seat-hub.ts';
import type { HubLink } from '../../../main/sync/hub-link.ts';
import { newFolder, startHub } from '../../hub/some-hub.ts';
import { callFacts } from '../store/facts.ts';
import { atHub, atSeat, quickTiming, type SyncSeat, syncSeat } from './sync-rig.ts';

const rig = { id: 'rig', role: 'administrator' };

function codeOf({ parts }: RunningHub, renews: string | null = null): Promise<string> {
  return createCode(parts, rig, { label: 'a seat', minutes: 60, renews }).then(({ code }) => code);
}

/** A seat's hub, started, and what it told. */
function started(seat: SyncSeat): {
  readonly hub: SeatHub;
  readonly links: (string | null)[];
  until(isSo: () => boolean): Promise<void>;
} {
  const links: (string | null)[] = [];
  const hub = seatHub({
    seat: seat.name,
    store: seat.store,
    timing: quickTiming,
    isVoiceSuffering: () => false,
    log: () => undefined,
    onLink: async (link: HubLink | null) => void links.push(link?.address ?? null),
  });
  const looks = new Set<() => void>();
  hub.watch(() => {
    for (const look of looks) look();
  });
  hub.start();
  onTestFinished(() => hub.close());
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (!isSo()) return;
        looks.delete(look);
        resolve();
      };
      looks.add(look);
      look();
    });
  return { hub, links, until };
}

function stateOf(hub: SeatHub): string {
  const view = hub.view();
  return view.kind === 'none' ? 'none' : view.state;
}

test('a seat joins a hub, hands everything over, edits, leaves, and joins again', async () => {
  const site = await startHub(newFolder());
  const seat = syncSeat('seat-1');
  seat.store.appendAll(callFacts(1).map((fact) => ({ fact, at: 5 })));
  const { hub, links, until } = started(seat);
  expect(hub.view()).toEqual({ kind: 'none' });
  const address = site.url;
  expect(await hub.enrol(`${address} ${await codeOf(site)}`)).toEqual({ kind: 'enrolled', address });
  await until(() => stateOf(hub) === 'in-step');
  expect(hub.view()).toMatchObject({ kind: 'enrolled', address, waiting: 0, setAside: 0, detail: '' });
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(seat));

  const shown = hub.editRecord({ collection: 'customers', recordId: 'c-1', fields: { name: 'Ada' } });
  expect(shown).toMatchObject({ version: 1, fields: { name: 'Ada' }, isUnsent: true });
  expect(hub.record('customers', 'c-1')).toEqual(shown);
  await until(() => hub.record('customers', 'c-1')?.isUnsent === false);
  expect(hub.record('customers', 'c-1')).toEqual({ ...shown, isUnsent: false });

  await hub.leave();
  expect([hub.view(), hub.record('customers', 'c-1')]).toEqual([{ kind: 'none' }, null]);
  expect(await hub.enrol(`${address} ${await codeOf(site)}`)).toMatchObject({
    kind: 'refused',
    why: 'already-enrolled',
  });
  expect(await hub.enrol(`${address} ${await codeOf(site, 'seat-1')}`)).toMatchObject({ kind: 'enrolled' });
  await until(() => hub.record('customers', 'c-1')?.isUnsent === false);
  expect(hub.record('customers', 'c-1')?.fields).toEqual({ name: 'Ada' });
  expect(await atHub(site, 'seat-1')).toEqual(atSeat(seat));
  expect(links).toEqual([address, null, address]);
});
