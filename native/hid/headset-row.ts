import type { StatusUsage } from './device-status.ts';
import type { HeadsetQuirks } from './lamp-plan.ts';
import type { CodeRow } from './report-codes.ts';
import type { KeyUsage } from './usages.ts';

/** What a model or a family does that its report descriptor does not say. Data only; see native/models/headset-rows.ts. */
export type HeadsetRow = {
  readonly name: string;
  readonly vendorId: number;
  /** Ranges of product ids, both ends included; empty: all of this vendor that no other row names. */
  readonly productIds: readonly (readonly [first: number, last: number])[];
  /** Where this is known from. */
  readonly source: string;
  /** What of it no public sample proves, in words; shown on the Devices page. */
  readonly unproven: readonly string[];
  readonly quirks?: HeadsetQuirks;
  /** Its report descriptor, for systems that give none. */
  readonly descriptorHex?: string;
  readonly codes?: CodeRow;
  readonly vendorKeys?: readonly VendorKeys[];
  /** Usages by which it tells battery or presence. */
  readonly statuses?: readonly StatusUsage[];
  /** Linux keeps its hands off this device, so that nobody hears its keys. */
  readonly linuxIgnores?: LinuxIgnores;
};

/** Usages of the vendor's own pages that are keys; only where a collection of `onlyIn` stands, if that is given. */
export type VendorKeys = {
  readonly onlyIn?: readonly number[];
  readonly keys: readonly KeyUsage[];
  readonly unproven: readonly string[];
};

/** `belowRelease`: only with older firmware than this release number. */
export type LinuxIgnores = { readonly belowRelease: number | null; readonly mend: string };
