import {
  DEVICE_MODELS,
  DeviceModelType,
  type HIDDevice,
  type HIDDeviceEvents,
  type PreparedBuffer,
  type StreamDeck,
  type StreamDeckControlDefinition,
  VENDOR_ID,
} from '@elgato-stream-deck/core';
import { EventEmitter } from 'eventemitter3';
import type { FoundHid } from '../hid/hid-bus.ts';
import type { KeyLook } from './key-look.ts';
import { lampColour } from './lamp-colour.ts';
import type { PanelHardware, PanelListener, PanelMake, PanelWire } from './panel-make.ts';
import { pictureCache } from './picture-cache.ts';
import { type DeckShown, deckLayout, deckShows, knobId } from './stream-deck-layout.ts';

/**
 * Elgato Stream Decks by @elgato-stream-deck/core: what a model has and how its pictures and keys are packed is that
 * library's knowledge; the device is ours (its own HID opener would be a second owner of node-hid).
 */

/** Bright enough to read under office light, and not a lamp in the face of somebody who sits here for eight hours. */
const brightnessPercent = 60;
/** Input reports start with this id; the library is given what follows (as its own HID opener does). */
const inputReportId = 0x01;
/** The library reads at fixed places; a report that was cut short is filled up with zeros, which is "nothing pressed". */
const inputLengthMin = 64;
/** One turn of a knob says its clicks as a number; more in one report is no hand. */
const clicksMax = 10;

/** The make of a found Stream Deck; undefined when it is none. The network dock and the keyboard with keys are left out. */
export function streamDeckMake(found: Pick<FoundHid, 'vendorId' | 'productId'>): PanelMake | undefined {
  if (found.vendorId !== VENDOR_ID) return undefined;
  const model = DEVICE_MODELS.find(
    ({ vendorId, productIds, type }) =>
      vendorId === VENDOR_ID && type !== DeviceModelType.NETWORK_DOCK && productIds.includes(found.productId),
  );
  if (model === undefined) return undefined;
  const controls = controlsOf(model);
  return {
    name: model.productName,
    kind: model.type === DeviceModelType.PEDAL ? 'pedal' : 'panel',
    layout: deckLayout(controls),
    unproven: ['Bytes by @elgato-stream-deck/core 7.6.3; not tried on a real Stream Deck by us.'],
    connect: (wire, listener) => connect(model, controls, found, wire, listener),
  };
}

type Model = (typeof DEVICE_MODELS)[number];
const noJpeg = (): Promise<Uint8Array> => Promise.reject(new Error('Nothing is drawn yet.'));

/** The controls of a model, asked of the library with a device that is not there: only an object is made. */
function controlsOf(model: Model): readonly StreamDeckControlDefinition[] {
  const nowhere: HIDDevice = Object.assign(new EventEmitter<HIDDeviceEvents>(), {
    ...{ close: async () => undefined, sendFeatureReport: async () => undefined, sendReports: async () => undefined },
    getFeatureReport: async () => new Uint8Array(),
    getDeviceInfo: async () => ({ path: undefined, productId: 0, vendorId: 0 }),
    getChildDeviceInfo: async () => null,
  });
  const deck = model.factory(nowhere, { encodeJPEG: noJpeg });
  return 'CONTROLS' in deck ? deck.CONTROLS : [];
}

async function connect(
  model: Model,
  controls: readonly StreamDeckControlDefinition[],
  found: Pick<FoundHid, 'vendorId' | 'productId'>,
  wire: PanelWire,
  listener: PanelListener,
): Promise<PanelHardware> {
  const events = new EventEmitter<HIDDeviceEvents>();
  // The parts of one picture must not come between those of another.
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = (transfer: () => Promise<void>): Promise<void> => {
    const ended = last.then(transfer);
    last = ended.catch(() => undefined);
    return ended;
  };
  const device: HIDDevice = Object.assign(events, {
    // The port is closed by who opened it.
    close: async () => undefined,
    sendFeatureReport: (report: Uint8Array) => inTurn(() => wire.writeFeature(report)),
    getFeatureReport: (reportId: number, length: number) => wire.readFeature(reportId, length),
    sendReports: (reports: Uint8Array[]) =>
      inTurn(async () => {
        for (const report of reports) await wire.write(report);
      }),
    getDeviceInfo: async () => ({ path: undefined, ...found }),
    getChildDeviceInfo: async () => null,
  });
  const shows = deckShows(controls);
  const buttonCount = controls.filter((control) => control.type === 'button').length;
  const hasPictures = [...shows.values()].some(({ on }) => on !== 'lamp');
  const drawing = hasPictures ? await loadDrawing(listener) : undefined;
  const deck = await model.factory(device, { encodeJPEG: drawing?.encodeJPEG ?? noJpeg });
  hear(deck, shows, listener);
  const pictures = pictureCache<PreparedBuffer>();
  const pack = (
    shown: Exclude<DeckShown, { readonly on: 'lamp' }>,
    rgba: Uint8ClampedArray,
  ): Promise<PreparedBuffer> =>
    shown.on === 'key'
      ? deck.prepareFillKeyBuffer(shown.index, rgba, { format: 'rgba' })
      : deck.prepareFillLcdRegion(shown.id, shown.x, 0, new Uint8Array(rgba), { format: 'rgba', ...shown.size });
  const show = async (keyId: string, look: KeyLook | null): Promise<void> => {
    const shown = shows.get(keyId);
    if (shown === undefined) return;
    if (shown.on === 'lamp' || drawing === undefined) {
      return shown.on === 'strip' ? undefined : deck.fillKeyColor(shown.index, ...lampColour(look));
    }
    if (look === null && shown.on === 'key') return deck.clearKey(shown.index);
    const { width, height } = shown.size;
    const packed = await pictures.of(`${keyId} ${look === null ? 'dark' : signatureOf(look)}`, () =>
      pack(shown, look === null ? new Uint8ClampedArray(4 * width * height) : drawing.drawFace(look, shown.size)),
    );
    await deck.sendPreparedBuffer(packed);
  };
  return {
    read: (report) => {
      if (report[0] !== inputReportId || report.length - 1 < buttonCount) return;
      const keys = new Uint8Array(Math.max(inputLengthMin, report.length - 1));
      keys.set(report.subarray(1));
      try {
        events.emit('input', keys);
      } catch (error) {
        listener.onTrouble('reading keys', error instanceof Error ? error.message : String(error));
      }
    },
    start: async () => {
      const firmware = await deck.getFirmwareVersion().catch((error: unknown) => {
        listener.onTrouble('reading the firmware', String(error));
        return '';
      });
      if (model.type !== DeviceModelType.PEDAL) await deck.setBrightness(brightnessPercent);
      for (const control of controls) if (control.type === 'lcd-segment') await deck.clearLcdSegment(control.id);
      // Its keys show the maker's picture, or what another program left. To fill all of them takes an old one seconds.
      return { firmware: plainFirmware(firmware), isDark: false };
    },
    signatureOf: (keyId, look) => {
      if (look === null) return 'dark';
      const isDrawn = drawing !== undefined && shows.get(keyId)?.on !== 'lamp';
      return isDrawn ? signatureOf(look) : lampColour(look).join();
    },
    show,
    clear: () => deck.resetToLogo(),
  };
}

function signatureOf({ caption, icon, tone, isEnabled, isLit, timer }: KeyLook): string {
  return JSON.stringify([caption, icon, tone, isEnabled, isLit, timer]);
}

function hear(deck: StreamDeck, shows: ReadonlyMap<string, DeckShown>, listener: PanelListener): void {
  const idOf = (control: { readonly type: string; readonly index: number }): string =>
    control.type === 'encoder' ? knobId(control.index) : String(control.index);
  deck.on('down', (control) => listener.onKey(idOf(control), true));
  deck.on('up', (control) => listener.onKey(idOf(control), false));
  deck.on('rotate', (control, clicks) => {
    const count = Math.min(Math.abs(clicks), clicksMax);
    for (let at = 0; at < count; at += 1) listener.onClick(`${idOf(control)}-${clicks < 0 ? 'left' : 'right'}`);
  });
  // A tap on what stands above a knob presses the knob.
  deck.on('lcdShortPress', (_control, { x }) => {
    for (const [keyId, shown] of shows) {
      if (shown.on === 'strip' && x >= shown.x && x < shown.x + shown.size.width) listener.onClick(keyId);
    }
  });
  deck.on('error', (error) => listener.onTrouble('speaking with it', String(error)));
}

/** What draws: a library with a native part, loaded only for a panel with pictures. Without it keys still work. */
async function loadDrawing(listener: PanelListener) {
  try {
    const { canSay, drawFace, encodeJpeg } = await import('./draw-face.ts');
    if (!canSay('话')) {
      listener.onTrouble('drawing keys', 'No font of this machine has Chinese; install one, such as fonts-noto-cjk.');
    }
    const encodeJPEG = async (rgba: Uint8Array, width: number, height: number) => encodeJpeg(rgba, width, height);
    return { drawFace, encodeJPEG };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    listener.onTrouble('drawing keys', `Keys show a colour and no picture: ${detail}`);
    return undefined;
  }
}

/** A device's own text: shown and logged, so kept short and plain. */
function plainFirmware(text: string): string | null {
  const plain = text.replace(/[^\w. -]/g, '').trim();
  return plain === '' ? null : plain.slice(0, 40);
}
