import { EventEmitter } from 'node:events';
import { BackLightType, type HIDDevice, PRODUCTS, type Product, XKEYS_VENDOR_ID, XKeys } from '@xkeys-lib/core';
import type { FoundHid } from '../hid/hid-bus.ts';
import type { KeyLook } from './key-look.ts';
import { type LampColour, lampColour } from './lamp-colour.ts';
import type { PanelHardware, PanelListener, PanelMake, PanelWire } from './panel-make.ts';
import { matrixOf, xkeysLayout } from './x-keys-layout.ts';

/**
 * X-keys by @xkeys-lib/core: the table of products, the places of keys in a report and the lamp commands are that
 * library's knowledge; the device is ours. The VEC Infinity pedal has the same vendor number and is none of these.
 */

/** Half of what is possible: caps to be read, not lamps in the face. */
const brightness = 128;
/** The library's unit is 4 s / 255 from flash to flash; half a second is our fast cadence. */
const flashFrequency = 32;
/** The library reads at fixed places, the time at up to byte 40; a report that was cut short is filled up with zeros. */
const inputLengthMin = 48;
/** A wheel says its clicks as a number; more in one report is no hand. */
const clicksMax = 10;

/** Whether it is an X-keys by its numbers, on whatever interface. */
export function isXkeys({ vendorId, productId }: Pick<FoundHid, 'vendorId' | 'productId'>): boolean {
  return (
    vendorId === XKEYS_VENDOR_ID &&
    Object.values(PRODUCTS).some(({ hidDevices }) => hidDevices.some(([id]) => id === productId))
  );
}

/** The make of a found X-keys; undefined when it is none, and for its other interfaces (mouse, keyboard, joystick). */
export function xkeysMake(found: Pick<FoundHid, 'vendorId' | 'productId' | 'interfaceNumber'>): PanelMake | undefined {
  const { vendorId, productId, interfaceNumber } = found;
  const product = XKeys.filterDevice({ product: undefined, vendorId, productId, interface: interfaceNumber })?.product;
  if (product === undefined) return undefined;
  const isPedal = /pedal|switch interface/i.test(product.name);
  const layout = xkeysLayout(product, isPedal);
  const known = new Set(layout.keys.map(({ keyId }) => keyId));
  return {
    name: product.name,
    kind: isPedal ? 'pedal' : 'panel',
    layout,
    unproven: ['Bytes by @xkeys-lib/core 3.3.0; not tried on a real X-keys by us.'],
    connect: (wire, listener) => connect(product, found, known, wire, listener),
  };
}

function connect(
  product: Product,
  found: Pick<FoundHid, 'vendorId' | 'productId' | 'interfaceNumber'>,
  known: ReadonlySet<string>,
  wire: PanelWire,
  listener: PanelListener,
): PanelHardware {
  // What the library writes is noted and sent afterwards, one by one, so that each can fail.
  const noted: number[][] = [];
  const device = Object.assign(new EventEmitter(), {
    write: (report: number[]) => void noted.push(report),
    flush: async () => undefined,
    close: async () => undefined,
  });
  const info = { ...found, product: product.name, interface: found.interfaceNumber };
  const panel = new XKeys(device satisfies HIDDevice, info, undefined);
  hear(panel, known, listener);
  const send = async (): Promise<void> => {
    for (const report of noted.splice(0)) await wire.write(Uint8Array.from(report));
  };
  const trouble = (error: unknown): void => listener.onTrouble('reading keys', wordsOf(error));
  return {
    read: (report) => {
      try {
        device.emit('data', readable(product, report));
      } catch (error) {
        trouble(error);
      }
    },
    start: async () => {
      // The library waits for both answers for ever; who calls this does not.
      await Promise.all([panel.init(), send()]);
      panel.setBacklightIntensity(brightness);
      panel.setFrequency(flashFrequency);
      panel.setAllBacklights(false);
      await send();
      return { firmware: String(panel.firmwareVersion), isDark: true };
    },
    signatureOf: (_keyId, look) => `${colourOf(product, look).join()} ${look?.isFlashing === true ? 'flashing' : ''}`,
    show: async (keyId, look) => {
      const [red, green, blue] = colourOf(product, look);
      panel.setBacklight(Number(keyId), { r: red, g: green, b: blue }, look?.isFlashing ?? false);
      await send();
    },
    clear: async () => {
      panel.setAllBacklights(false);
      await send();
    },
  };
}

/**
 * A key that flashes fast does it by itself, and so is not written to for each flash. Panels without full colour have a
 * blue and a red lamp a key: red is for what wants attention.
 */
function colourOf(product: Product, look: KeyLook | null): LampColour {
  const lit = look === null ? null : { ...look, isLit: look.isLit || look.isFlashing };
  const hasAllColours = product.backLightType >= BackLightType.REMAP_24;
  if (hasAllColours || lit?.isLit !== true) return lampColour(lit);
  return lit.tone === 'neutral' || lit.tone === 'good' ? [0, 0, 255] : [255, 0, 0];
}

/**
 * The report as the library can read it: long enough, and without the bits of keys that its table has no place for (it
 * throws at those, and then takes none of the other keys).
 */
function readable(product: Product, report: Uint8Array): Buffer {
  const bytes = Buffer.alloc(Math.max(inputLengthMin, report.length));
  bytes.set(report);
  const places = product.btnLocation?.length;
  if (places === undefined) return bytes;
  for (const index of matrixOf(product)) {
    if (index < places) continue;
    const at = 2 + Math.floor((index - 1) / product.bBits);
    bytes[at] = (bytes[at] ?? 0) & ~(1 << ((index - 1) % product.bBits));
  }
  return bytes;
}

function hear(panel: XKeys, known: ReadonlySet<string>, listener: PanelListener): void {
  const say = (keyId: string, isDown: boolean): void => {
    if (known.has(keyId)) listener.onKey(keyId, isDown);
  };
  const turn = (wheel: string, clicks: number): void => {
    for (let click = 0; click < Math.min(Math.abs(clicks), clicksMax); click += 1) {
      say(`${wheel}-${clicks < 0 ? 'left' : 'right'}`, true);
      say(`${wheel}-${clicks < 0 ? 'left' : 'right'}`, false);
    }
  };
  const angles = new Map<number, number>();
  panel.on('down', (index: number) => say(String(index), true));
  panel.on('up', (index: number) => say(String(index), false));
  panel.on('jog', (index: number, clicks: number) => turn(`jog-${index}`, clicks));
  // A knob tells its angle, 0-255 and round again; the first tells nothing of a turn.
  panel.on('rotary', (index: number, angle: number) => {
    const before = angles.get(index);
    angles.set(index, angle);
    if (before !== undefined) turn(`knob-${index}`, ((angle - before + 384) % 256) - 128);
  });
  panel.on('error', (error: unknown) => listener.onTrouble('speaking with it', wordsOf(error)));
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
