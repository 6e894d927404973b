import type { HidCollection, HidCollections } from '../../core/hid-collections.ts';
import { fieldsOfCollections } from './collection-fields.ts';
import type { DescriptorSource } from './descriptor-source.ts';
import type { FoundHid } from './hid-bus.ts';
import type { ReportDescriptor } from './report-descriptor.ts';
import { telephonyPage } from './usages.ts';

/**
 * Windows and macOS: what WebHID says of a device, read by the phone page and handed on (renderer/phone/webhid.ts).
 * Unproven on real devices: read off Chromium's source. A path is matched by vendor, product and top-level collection;
 * of two alike headsets both get the answer of the first, which is the same descriptor.
 */
export function webHidDescriptors(platform: NodeJS.Platform): DescriptorSource {
  let known: HidCollections = [];
  return {
    setCollections: (collections) => {
      known = collections;
    },
    descriptorOf: async (_path, found) => {
      if (found === undefined) return unavailable('The device is not known by its numbers.');
      if (!mayBeForCalls(found)) return { kind: 'fields', descriptor: nothing };
      const alike = known.filter(
        ({ vendorId, productId }) => vendorId === found.vendorId && productId === found.productId,
      );
      const tops = topsOf(alike, found, platform);
      if (tops.length > 0) return { kind: 'fields', descriptor: fieldsOfCollections(tops, platform !== 'win32') };
      const detail = 'WebHID has not told of it: the page that reads it is not open, or may not see this device.';
      return unavailable(detail);
    },
  };
}

/** Windows gives each top-level collection a path of its own; elsewhere one path has all collections of an interface. */
function topsOf(alike: HidCollections, found: FoundHid, platform: NodeJS.Platform): readonly HidCollection[] {
  const wanted = found.topUsages ?? [];
  const isWanted = (top: HidCollection): boolean => wanted.includes(top.usagePage * 0x10000 + top.usage);
  const device =
    alike.find(({ collections }) => collections.some(isWanted)) ?? (wanted.length === 0 ? alike[0] : undefined);
  if (device === undefined) return [];
  return platform === 'win32' && wanted.length > 0 ? device.collections.filter(isWanted) : device.collections;
}

const consumerPage = 0x0c;

/** Keyboards and mice are never shown to a page, so their absence is no problem to tell of. */
function mayBeForCalls({ topUsages = [] }: FoundHid): boolean {
  return (
    topUsages.length === 0 ||
    topUsages.some((usage) => usage >>> 16 === telephonyPage || usage >>> 16 === consumerPage || usage === 0)
  );
}

const nothing: ReportDescriptor = { kind: 'ok', fields: [], collections: [], reports: [], usesReportIds: false };

function unavailable(detail: string): { readonly kind: 'unavailable'; readonly detail: string } {
  return { kind: 'unavailable', detail };
}
