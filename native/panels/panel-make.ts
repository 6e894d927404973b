import type { PanelLayout } from '../../core/key-face.ts';
import type { Clock } from '../clock.ts';
import type { KeyLook } from './key-look.ts';

/**
 * What a make of panel talks through: the open device, one transfer at a time, each with a deadline. Every promise rejects
 * when the device refuses or does not take it in time.
 */
export type PanelWire = {
  readonly clock: Clock;
  write(report: Uint8Array): Promise<void>;
  writeFeature(report: Uint8Array): Promise<void>;
  readFeature(reportId: number, length: number): Promise<Uint8Array>;
};

/** What a make calls back with. */
export type PanelListener = {
  onKey(keyId: string, isDown: boolean): void;
  /** Pressed and let go at once: a click of a wheel, a tap, a key that says no more than that it was pressed. */
  onClick(keyId: string): void;
  /** Something is wrong that the panel survives. */
  onTrouble(doing: string, detail: string): void;
};

/** `firmware`: where it tells. `isDark`: no key shows anything now; otherwise what they show is not known. */
export type PanelStart = { readonly firmware: string | null; readonly isDark: boolean };

/**
 * An open panel as its make speaks with it: bytes in, keys out; looks in, bytes out. It keeps no queue and no timers; its
 * methods that write are called one after the other.
 */
export type PanelHardware = {
  /** Takes one input report as it came. Never throws, whatever the bytes. */
  read(report: Uint8Array): void;
  /** Makes the panel ready. Rejects when the device does not answer. */
  start(): Promise<PanelStart>;
  /** Two looks of one signature are the same to the eye on this panel. `null` is a dark key. */
  signatureOf(keyId: string, look: KeyLook | null): string;
  /** Rejects when it could not be written. Keys that show nothing are not asked for. */
  show(keyId: string, look: KeyLook | null): Promise<void>;
  /** What it shall show when nobody uses it: dark, or its maker's picture. */
  clear(): Promise<void>;
};

/** One model of panel or pedal, before it is open. */
export type PanelMake = {
  /** As its maker calls it. */
  readonly name: string;
  readonly kind: 'panel' | 'pedal';
  readonly layout: PanelLayout;
  /** What no public source proves, in words for a technician. */
  readonly unproven: readonly string[];
  connect(wire: PanelWire, listener: PanelListener): PanelHardware | Promise<PanelHardware>;
};
