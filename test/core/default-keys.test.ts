import { expect, test } from 'vitest';
import { builtInPages } from '../../core/default-keys.ts';
import { type DeviceInfo, plainDevice } from '../../core/device-api.ts';
import { keyBindings } from '../../core/key-command.ts';
import type { PanelLayout } from '../../core/key-face.ts';

/** A device with keys in a grid, named 1, 2, 3 ... row by row; listed backwards, for the order is in the places. */
function device(kind: DeviceInfo['kind'], columns: number, rows: number, more: PanelLayout['keys'] = []): DeviceInfo {
  const keys = Array.from({ length: columns * rows }, (_, at) => ({
    keyId: String(at + 1),
    column: at % columns,
    row: Math.floor(at / columns),
    width: 1,
    height: 1,
    shows: 'picture' as const,
  }));
  return {
    ...plainDevice,
    ...{ deviceId: 'panel', name: 'Panel', kind, vendorId: 1, productId: 1, path: '/dev/hidraw0', keys: [], lamps: [] },
    state: { kind: 'open' },
    isBusyElsewhere: false,
    layout: columns === 0 ? null : { columns, rows: rows + 1, keys: [...more, ...keys.reverse()] },
  };
}

test.each([
  [1, ['talk']],
  [2, ['answer', 'talk']],
  [3, ['answer', 'talk', 'mute']],
])('a pedal of %i switches', (switches, meant) => {
  const [page] = builtInPages(device('pedal', switches, 1));
  expect(meant.map((_, at) => page?.keys[String(at + 1)]?.do)).toEqual(meant);
  expect(Object.keys(page?.keys ?? {}).length).toBe(switches);
});

test('six keys hold a whole call and the states of every day', () => {
  expect(builtInPages(device('panel', 3, 2))).toEqual([
    {
      name: '',
      keys: {
        1: { do: 'answer' },
        2: { do: 'hang-up' },
        3: { do: 'hold' },
        4: { do: 'mute' },
        5: { do: 'ready' },
        6: { do: 'not-ready', reason: 'lunch' },
      },
    },
  ]);
});

test('on a big panel the first keys are bound and the rest are free', () => {
  const pages = builtInPages(device('panel', 8, 4));
  expect(pages.length).toBe(1);
  expect(Object.keys(pages[0]?.keys ?? {})).toEqual(Array.from({ length: 15 }, (_, at) => String(at + 1)));
});

test('the first knob is the volume and takes no place from the keys', () => {
  const knob = (keyId: string, column: number) => ({
    keyId,
    column,
    row: 1,
    width: 1,
    height: 1,
    shows: 'none' as const,
  });
  const turns = ['a-left', 'a-right', 'b-left', 'b-right'].map(knob);
  expect(builtInPages(device('panel', 2, 1, turns))[0]?.keys).toEqual({
    1: { do: 'answer' },
    2: { do: 'hang-up' },
    'a-left': { do: 'volume', change: 'down' },
    'a-right': { do: 'volume', change: 'up' },
  });
});

test('what has no keys to bind has no page; what is built in passes as a binding of a person', () => {
  expect(builtInPages(device('headset', 0, 0))).toEqual([]);
  const panels = { panel: { pages: [...builtInPages(device('panel', 5, 3))] } };
  expect(keyBindings.parse({ panels })).toEqual({ panels });
});
