import type { HidCollections } from '../../core/hid-collections.ts';
import type { FoundHid } from './hid-bus.ts';
import type { ReportDescriptor } from './report-descriptor.ts';

/** Where the report descriptor of a device comes from: node-hid has no way to ask for it (node-hid issue 380). */
export type DescriptorSource = {
  /**
   * `unavailable` names the reason in words for a technician. Never rejects. `found` tells a source that knows devices
   * by their numbers which one stands at the path.
   */
  descriptorOf(path: string, found?: FoundHid): Promise<DescriptorAnswer>;
  /** Only a source that reads WebHID has it. */
  setCollections?(collections: HidCollections): void;
};

export type DescriptorAnswer =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array }
  /** The system has parsed it already and keeps the bytes to itself. */
  | { readonly kind: 'fields'; readonly descriptor: ReportDescriptor }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** Where no page can be asked, as in the command-line tools off Linux: every device is seen, and the reason is told. */
export const noDescriptorSource: DescriptorSource = {
  descriptorOf: async () => ({
    kind: 'unavailable',
    detail: `Report descriptors cannot be read on ${process.platform} by this program; the console itself can.`,
  }),
};
