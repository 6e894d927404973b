import { EventEmitter } from 'node:events';
import { BackLightType, type HIDDevice, type Product, XKeys } from '@xkeys-lib/core';
import type { FoundHid } from '../hid/hid-bus.ts';
import type { ReportDescriptor } from '../hid/report-descriptor.ts';
import type { KeyLook } from './key-look.ts';
import { type LampColour, lampColour } from './lamp-colour.ts';
import type { PanelHardware, PanelListener, PanelMake, PanelWire } from './panel-make.ts';
import { matrixOf, xkeysLayout } from './x-keys-layout.ts';

/**
 * X-keys by @xkeys-lib/core: the table of products, the places of keys in a report and the lamp commands are that
 * library's knowledge; the device is ours. The VEC Infinity pedal has the same vendor number and is none of these.
 */

/** How long it may take to tell its version and its keys. */
export const answerWaitMs = 1_000;
/** What stands for them when it does not: a version report (214) and the state of its keys, all up. */
const noAnswers = [Uint8Array.of(0, 214), Uint8Array.of(0, 2)];
/** Every command is as long, its report id 0 first. */
const commandLength = 36;
/** Half of what is possible: caps to be read, not lamps in the face. */
const brightness = 128;
/** The library's unit is 4 s / 255 from flash to flash; half a second is our fast cadence. */
const flashFrequency = 32;
/** The library reads at fixed places, the time at up to byte 40; a report that was cut short is filled up with zeros. */
const inputLengthMin = 48;
/** A wheel says its clicks as a number; more in one report is no hand. */
const clicksMax = 10;

/**
 * The make of a found X-keys; undefined when it is none, and for its other interfaces (mouse, keyboard, joystick). The one
 * we mean has the number that the product table names, or by its descriptor takes commands.
 */
export function xkeysMake(
  found: Pick<FoundHid, 'vendorId' | 'productId' | 'interfaceNumber'>,
  descriptor?: ReportDescriptor,
): PanelMake | undefined {
  const { vendorId, productId, interfaceNumber } = found;
  const ids = { product: undefined, vendorId, productId };
  const product = XKeys.filterDevice({ ...ids, interface: null })?.product;
  const isNamed = XKeys.filterDevice({ ...ids, interface: interfaceNumber }) !== null;
  const isOurs = isNamed || (descriptor !== undefined && takesCommands(descriptor));
  if (product === undefined || !isOurs) return undefined;
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

function takesCommands({ reports }: ReportDescriptor): boolean {
  return reports.some(({ direction, bits }) => direction === 'output' && bits >= 8 * (commandLength - 1));
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
  const info = { ...found, product: product.name, interface: null };
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
      // The library waits for both answers for ever. A panel that gives none has keys and lamps all the same.
      let isAnswered = true;
      const cancel = wire.clock.after(answerWaitMs, () => {
        isAnswered = false;
        for (const answer of noAnswers) device.emit('data', readable(product, answer));
      });
      await Promise.all([panel.init(), send()]).finally(cancel);
      if (!isAnswered) listener.onTrouble('asking its version', `It did not answer within ${answerWaitMs} ms.`);
      panel.setBacklightIntensity(brightness);
      panel.setFrequency(flashFrequency);
      panel.setAllBacklights(false);
      await send();
      return { firmware: isAnswered ? String(panel.firmwareVersion) : null, isDark: true };
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
      const keyId = `${wheel}-${clicks < 0 ? 'left' : 'right'}`;
      if (known.has(keyId)) listener.onClick(keyId);
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
