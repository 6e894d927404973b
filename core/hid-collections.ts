import { z } from 'zod';

/**
 * What WebHID says of a device (https://wicg.github.io/webhid/, HIDCollectionInfo): its report descriptor, already
 * parsed. The names are those of the specification, cut down to what a headset needs.
 */
const reportItem = z.object({
  isAbsolute: z.boolean(),
  isArray: z.boolean(),
  isConstant: z.boolean(),
  isRange: z.boolean(),
  hasNull: z.boolean(),
  /** 32-bit usages: page << 16 | id. */
  usages: z.array(z.int().nonnegative()).max(1024),
  usageMinimum: z.int().nonnegative().nullable(),
  usageMaximum: z.int().nonnegative().nullable(),
  reportSize: z.int().nonnegative(),
  reportCount: z.int().nonnegative(),
  logicalMinimum: z.number(),
  logicalMaximum: z.number(),
});
export type HidReportItem = z.infer<typeof reportItem>;

const report = z.object({ reportId: z.int().min(0).max(255), items: z.array(reportItem).max(512) });

const collectionInfo = {
  usagePage: z.int().nonnegative(),
  usage: z.int().nonnegative(),
  /** 0 physical, 1 application, 2 logical (HID 1.11, 6.2.2.6). */
  type: z.int().min(0).max(255),
  inputReports: z.array(report).max(256),
  outputReports: z.array(report).max(256),
  featureReports: z.array(report).max(256),
};
export type HidCollection = z.infer<z.ZodObject<typeof collectionInfo>> & { readonly children: HidCollection[] };
const collection: z.ZodType<HidCollection> = z.object({
  ...collectionInfo,
  get children() {
    return z.array(collection).max(64);
  },
});

/** One device as WebHID lists it. */
export const hidCollections = z
  .array(
    z.object({
      vendorId: z.int().min(0).max(65_535),
      productId: z.int().min(0).max(65_535),
      productName: z.string().max(200),
      collections: z.array(collection).max(64),
    }),
  )
  .max(128);
export type HidCollections = z.infer<typeof hidCollections>;
