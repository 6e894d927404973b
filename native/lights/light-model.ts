/** A colour, each part 0-255. */
export type Colour = { readonly red: number; readonly green: number; readonly blue: number };

/** No light. */
export const dark: Colour = { red: 0, green: 0, blue: 0 };

/** Whether nothing is lit. */
export function isDark(colour: Colour): boolean {
  return colour.red + colour.green + colour.blue === 0;
}

/** One model of light: what it is known by and how a colour becomes bytes. Data and encoding only, no I/O. */
export type LightModel = {
  readonly name: string;
  /** Vendor and product numbers it goes by. */
  readonly ids: readonly (readonly [vendorId: number, productId: number])[];
  /** How its reports are sent: by write, or as feature reports. */
  readonly transfer: 'output' | 'feature';
  /** It goes dark by itself unless it is written to this often; null: it stays as it is. */
  readonly keepAliveEveryMs: number | null;
  /** What no public sample or maker's paper proves, in words for a technician. */
  readonly unproven: readonly string[];
  /** The reports that make it show a colour, each whole with its report id (or 0x00) first. Sent in this order. */
  encode(colour: Colour): readonly Uint8Array[];
};
