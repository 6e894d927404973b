import { expect, test } from 'vitest';
import type { Light } from '../../../core/console-api.ts';
import type { HubView } from '../../../core/hub-view.ts';
import { hubLight } from '../../../main/sync/hub-light.ts';
import { watchNetwork } from '../../../main/sync/network-watch.ts';

const saved: Light = { state: 'good', code: 'saved', sinceAt: 1, detail: '' };
const full: Light = { state: 'down', code: 'disk-full', sinceAt: 30, detail: '4' };

function hub(state: Extract<HubView, { kind: 'enrolled' }>['state'], waiting: number): HubView {
  const rest = {
    address: 'https://hub.example',
    sinceAt: 0,
    setAside: 0,
    answeredAt: null,
    replicaAt: null,
    detail: '',
  };
  return { kind: 'enrolled', state, waiting, ...rest };
}

test('the light says where things are kept, since when, and how much waits; the disk comes first', () => {
  let at = 10;
  const light = hubLight(() => at);
  const seen = [light(saved, { kind: 'none' }), light(saved, hub('in-step', 0)), light(saved, hub('catching-up', 3))];
  at = 20;
  seen.push(light(saved, hub('away', 3)));
  at = 25;
  seen.push(light(saved, hub('away', 5)));
  at = 30;
  seen.push(light(full, hub('away', 5)));
  at = 40;
  seen.push(light(saved, hub('refused', 6)));
  at = 50;
  seen.push(light(saved, hub('forked', 7)));
  at = 60;
  seen.push(light(saved, hub('in-step', 0)));
  expect(seen).toEqual([
    saved,
    saved,
    saved,
    { state: 'weak', code: 'saved-here', sinceAt: 20, detail: '3' },
    { state: 'weak', code: 'saved-here', sinceAt: 20, detail: '5' },
    { state: 'down', code: 'disk-full', sinceAt: 30, detail: '4' },
    { state: 'weak', code: 'hub-refused', sinceAt: 40, detail: '6' },
    { state: 'weak', code: 'hub-forked', sinceAt: 50, detail: '7' },
    { state: 'good', code: 'saved', sinceAt: 60, detail: '' },
  ]);
});

test('a machine that slept, or has other addresses, is told of; one that lost its last address is not', () => {
  let at = 0;
  let addresses = 'a';
  let looked = (): void => undefined;
  let backs = 0;
  const stop = watchNetwork({
    onBack: () => {
      backs += 1;
    },
    now: () => at,
    addresses: () => addresses,
    every: (_ms, look) => {
      looked = look;
      return () => {
        looked = () => undefined;
      };
    },
  });
  const after = (ms: number, then = addresses): number => {
    at += ms;
    addresses = then;
    looked();
    return backs;
  };
  // Usual; the address goes, and comes back; ten minutes of sleep; a clock that is set back a day; nothing more.
  expect([
    after(3_000),
    after(4_000),
    after(3_000, ''),
    after(3_000, 'b'),
    after(600_000),
    after(-86_400_000),
    after(3_000),
  ]).toEqual([0, 0, 0, 1, 2, 3, 3]);
  stop();
  expect(after(600_000)).toBe(3);
});
