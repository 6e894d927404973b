import { DEVICE_MODELS, DeviceModelType, VENDOR_ID } from '@elgato-stream-deck/core';
import { PRODUCTS, XKEYS_VENDOR_ID } from '@xkeys-lib/core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { panelLayout } from '../../../core/key-face.ts';
import { systemClock } from '../../../native/clock.ts';
import { parseReportDescriptor, type ReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { buttonMap, buttonsMax } from '../../../native/panels/button-map.ts';
import { buttonPedalMake } from '../../../native/panels/button-pedal.ts';
import type { PanelMake } from '../../../native/panels/panel-make.ts';
import { streamDeckMake } from '../../../native/panels/stream-deck.ts';
import { xkeysMake } from '../../../native/panels/x-keys.ts';
import { mockGamePad, mockInfinity, mockXk24 } from './mock-panels.ts';

const decks = DEVICE_MODELS.filter(
  ({ vendorId, type }) => vendorId === VENDOR_ID && type !== DeviceModelType.NETWORK_DOCK,
).flatMap(({ productIds }) => productIds.map((productId) => streamDeckMake({ vendorId: VENDOR_ID, productId })));
const xkeys = Object.values(PRODUCTS).flatMap(({ hidDevices }) =>
  hidDevices.map(([productId, interfaceNumber]) =>
    xkeysMake({ vendorId: XKEYS_VENDOR_ID, productId, interfaceNumber }),
  ),
);
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
const pedalOf = (descriptor: Uint8Array): PanelMake | undefined => {
  const parsed = parseReportDescriptor(descriptor);
  if (parsed.kind === 'error') return undefined;
  return buttonPedalMake({ vendorId: 0x05f3, productId: 0xff, name: '' }, buttonMap(parsed));
};
const infinity = pedalOf(bytesOf(mockInfinity.descriptor_hex));
const makes = [...decks, ...xkeys, infinity].flatMap((make) => (make === undefined ? [] : [make]));

/** What a make says while it reads, and which keys it ends up with. */
async function hearing(make: PanelMake) {
  const heard: string[] = [];
  const troubles: string[] = [];
  const hardware = await make.connect(
    {
      clock: systemClock,
      write: async () => undefined,
      writeFeature: async () => undefined,
      readFeature: async () => new Uint8Array(32),
    },
    {
      onKey: (keyId, isDown) => heard.push(`${keyId} ${isDown ? 'down' : 'up'}`),
      onClick: (keyId) => heard.push(`${keyId} down`, `${keyId} up`),
      onTrouble: (doing, detail) => troubles.push(`${doing}: ${detail}`),
    },
  );
  return { hardware, heard, troubles };
}

it('every model of the libraries is a make with a layout a page can draw; ids are its own', () => {
  expect([decks, xkeys].map((list) => list.filter((make) => make === undefined).length)).toEqual([0, 0]);
  for (const make of makes) {
    const { columns, rows, keys } = panelLayout.parse(make.layout);
    const ids = keys.map(({ keyId }) => keyId);
    expect([make.name, new Set(ids).size]).toEqual([make.name, ids.length]);
    const isInside = keys.every(({ column, row }) => column >= 0 && row >= 0 && column < columns && row < rows);
    expect([make.name, isInside]).toEqual([make.name, true]);
  }
});

it('makes by name: keys, what they show, pedals', () => {
  const summary = (make: PanelMake | undefined): string => {
    const shows = new Set(make?.layout.keys.map((key) => key.shows));
    return `${make?.kind} ${make?.layout.columns}x${make?.layout.rows} ${make?.layout.keys.length} ${[...shows].join()}`;
  };
  const deck = (productId: number) => summary(streamDeckMake({ vendorId: VENDOR_ID, productId }));
  const xk = (productId: number) => summary(xkeysMake({ vendorId: XKEYS_VENDOR_ID, productId, interfaceNumber: 0 }));
  expect({
    mini: deck(0x63),
    original: deck(0x60),
    mk2: deck(0x80),
    xl: deck(0x6c),
    plus: deck(0x84),
    neo: deck(0x9a),
    pedal: deck(0x86),
    studio: deck(0xaa),
    plusXl: deck(0xc6),
    xk24: xk(1029),
    xk60: xk(1121),
    xk80: xk(1089),
    xk3: xk(1080),
    switch3: xk(1221),
    switch12: xk(1192),
    infinity: summary(infinity),
  }).toEqual({
    mini: 'panel 3x2 6 picture',
    original: 'panel 5x3 15 picture',
    mk2: 'panel 5x3 15 picture',
    xl: 'panel 8x4 32 picture',
    plus: 'panel 4x4 20 picture,none',
    neo: 'panel 4x3 10 picture,lamp',
    pedal: 'pedal 3x1 3 none',
    studio: 'panel 18x2 38 none,picture',
    plusXl: 'panel 9x6 54 picture,none',
    xk24: 'panel 4x7 25 lamp,none',
    xk60: 'panel 10x9 71 lamp,none',
    xk80: 'panel 10x9 81 lamp,none',
    xk3: 'pedal 3x1 3 none',
    switch3: 'pedal 3x1 3 none',
    switch12: 'pedal 6x2 12 none',
    infinity: 'pedal 3x1 3 none',
  });
});

const describedBy = (hex: string): ReportDescriptor => {
  const descriptor = parseReportDescriptor(bytesOf(hex));
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  return descriptor;
};

it('of an X-keys the interface that takes commands is meant; the Infinity pedal has its maker number and is none', () => {
  const xk = (productId: number, interfaceNumber: number, hex: string) =>
    xkeysMake({ vendorId: 0x05f3, productId, interfaceNumber }, describedBy(hex))?.name;
  const keyboard = '05010906a101050719e029e71500250175019508810295057501050819012905910295017503910 1c0'.replace(
    ' ',
    '',
  );
  expect([
    ...[xk(1029, 0, keyboard), xk(1029, 2, keyboard), xk(1029, 3, mockXk24.descriptor_hex)],
    xk(0xff, 0, mockInfinity.descriptor_hex),
  ]).toEqual(['XK-24', undefined, 'XK-24', undefined]);
});

it.each([
  ['three buttons', mockInfinity.descriptor_hex, 'pedal'],
  ['three buttons of a joystick with two axes', `${joystick('03', '05')}`, 'pedal'],
  ['five buttons and two axes', `${joystick('05', '03')}`, 'nobody'],
  ['a game pad', mockGamePad.descriptor_hex, 'nobody'],
  [
    'a mouse',
    `05010902a1010901a10005091901290315002501950375018102950175058103050109300931158125 7f750895028106c0c0`,
    'nobody',
  ],
  ['a headset that rejects by a button', '050b0905a1010920150025017501950181020509090781027506950181 01c0', 'nobody'],
])('%s', (_what, hex, meant) => {
  const found = { vendorId: 0x1234, productId: 0x5678, name: 'Thing' };
  const make = buttonPedalMake(found, buttonMap(describedBy(hex.replace(/ /g, ''))));
  expect(make?.kind ?? 'nobody').toBe(meant);
});

/** A joystick of so many buttons and two axes of a byte each. */
function joystick(buttons: string, padding: string): string {
  const keys = `05091901 29${buttons} 15002501 7501 95${buttons} 8102 95${padding} 8101`;
  return `05010904a101 ${keys} 050109300931 26ff00 7508 9502 8102 c0`;
}

it('no report makes a make throw, and it only ever says keys it has', { timeout: 60_000 }, async () => {
  for (const make of makes) {
    const { hardware, heard, troubles } = await hearing(make);
    const known = new Set(make.layout.keys.map(({ keyId }) => keyId));
    const report = fc
      .tuple(fc.constantFrom(0, 1, 2, 3), fc.constantFrom(0, 1, 2, 3, 4, 214), fc.uint8Array({ maxLength: 70 }))
      .map(([id, kind, rest]) => Uint8Array.of(id, kind, ...rest));
    fc.assert(
      fc.property(fc.oneof(report, fc.uint8Array({ maxLength: 600 })), (bytes) => {
        hardware.read(bytes);
      }),
      { numRuns: 40 },
    );
    const isKnown = heard.every((line) => known.has(line.split(' ')[0] ?? ''));
    expect([make.name, isKnown, troubles]).toEqual([make.name, true, []]);
  }
});

it('no descriptor makes more buttons than a pedal can have, and none of them throws when it is read', async () => {
  const items = fc.array(
    fc.tuple(
      fc.constantFrom('0509', '0501', '05ff', '1901', '29ff', '2903', '7501', '7508', '95ff', '9503', '8102', '8100'),
      fc.constantFrom('', '0904', 'a101', 'c0', '8501', '25ff', '2501', '2aff00', '1500', '8106'),
    ),
    { maxLength: 24 },
  );
  await fc.assert(
    fc.asyncProperty(items, fc.uint8Array({ maxLength: 80 }), async (parts, report) => {
      const make = pedalOf(bytesOf(parts.flat().join('')));
      if (make === undefined) return;
      expect(make.layout.keys.length).toBeLessThanOrEqual(buttonsMax);
      const { hardware, heard } = await hearing(make);
      hardware.read(report);
      hardware.read(new Uint8Array(report.length));
      const down = new Map<string, boolean>();
      for (const line of heard) down.set(line.split(' ')[0] ?? '', line.endsWith('down'));
      expect([...down.values()].filter(Boolean).length).toBeLessThanOrEqual(buttonsMax);
    }),
    { numRuns: 300 },
  );
});
