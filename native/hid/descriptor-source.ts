import type { HidCollections } from '../../core/hid-collections.ts';

/** Where the report descriptor of a device comes from: node-hid has no way to ask for it (node-hid issue 380). */
export type DescriptorSource = {
  /** `unavailable` names the reason in words for a technician. Never rejects. */
  descriptorOf(path: string): Promise<DescriptorAnswer>;
  /** Only a source that reads WebHID has it. */
  setCollections?(collections: HidCollections): void;
};

export type DescriptorAnswer =
  | { readonly kind: 'ok'; readonly bytes: Uint8Array }
  | { readonly kind: 'unavailable'; readonly detail: string };

/** For systems whose source is not written yet: every device is seen, none can be used, and the reason is told. */
export const noDescriptorSource: DescriptorSource = {
  descriptorOf: async () => ({
    kind: 'unavailable',
    detail: `Report descriptors cannot be read on ${process.platform} yet.`,
  }),
};
