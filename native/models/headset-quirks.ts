import type { HeadsetQuirks } from '../hid/lamp-plan.ts';

/** Families that follow their descriptor and yet want something else of the host. Data only, each with its source. */
const quirksByVendor: ReadonlyMap<number, HeadsetQuirks> = new Map([
  // Yealink UH3x / WH6x: npm softphone-vendor-headsets 2.5.6, yealink.js: hold is written as hold = 1 and off-hook = 0.
  [0x6993, { doesHoldClearOffHook: true }],
]);

/** What every device gets that is not named here. */
export const noQuirks: HeadsetQuirks = { doesHoldClearOffHook: false };

/** The quirks of a device. */
export function headsetQuirks(vendorId: number): HeadsetQuirks {
  return quirksByVendor.get(vendorId) ?? noQuirks;
}
