import type { HeadsetRow, VendorKeys } from '../hid/headset-row.ts';
import type { HeadsetQuirks } from '../hid/lamp-plan.ts';
import type { KeyUsage } from '../hid/usages.ts';

/** Headsets, speakerphones and handsets that want something else than their descriptor says. Data only, each with its source. */

/** What every device gets that is not named here. */
export const noQuirks: HeadsetQuirks = { doesHoldClearOffHook: false, doesConfirmByDrop: false };

const vendorKey = (usage: number, name: string, role: KeyUsage['role'], digit = ''): KeyUsage => ({
  usage,
  name,
  role,
  digit,
});

/**
 * Plantronics / Poly: Linux drivers/hid/hid-plantronics.c (usages B1, B2, B5 and the meaning of the collection's usage),
 * X-Lite HID/047F-AA12.cps and 047F-AA03.cps (B7 talk). A vendor collection of usage 3, 4 or above 5 means that the
 * standard telephony collection is enough; 0, 1, 2 and 5 mean that only these events work.
 */
const plantronicsPages = [0xffa0, 0xffa2] as const;
const plantronicsKeys: readonly VendorKeys[] = plantronicsPages.map((page) => ({
  onlyIn: [0, 1, 2, 5].map((usage) => page * 0x10000 + usage),
  keys: [
    vendorKey(page * 0x10000 + 0xb1, 'Vendor Volume Up', 'volume-up'),
    vendorKey(page * 0x10000 + 0xb2, 'Vendor Volume Down', 'volume-down'),
    vendorKey(page * 0x10000 + 0xb5, 'Vendor Mute', 'mute'),
    vendorKey(page * 0x10000 + 0xb7, 'Vendor Talk', 'hook'),
  ],
  unproven: [
    'The keys of the vendor page are read off the Linux driver and a softphone’s table; no public recording of such a device is known.',
  ],
}));

/**
 * Microsoft Teams page 0xFF99, usage 4 in the input report: meeting-scribe's dump of a Dell SP325 (413c:8223, report 0x9B
 * bit 0). gonnect src/usb/HeadsetDevice.cpp first writes reports that nobody understands; we write none.
 */
const teamsButton: VendorKeys = {
  onlyIn: [0xff99_0001],
  keys: [vendorKey(0xff99_0004, 'Teams Button', 'extra', 'teams')],
  unproven: [
    'The Teams button may stay silent: some devices want to be asked for it first, in a way nobody has published.',
  ],
};

const rows: readonly HeadsetRow[] = [
  {
    name: 'Yealink UH3x / WH6x',
    vendorId: 0x6993,
    productIds: [],
    // Hold is written as hold = 1 and off-hook = 0, and the hook's fall while held is no hang-up.
    source: 'npm softphone-vendor-headsets 2.5.6, yealink.js',
    unproven: [],
    quirks: { ...noQuirks, doesHoldClearOffHook: true },
  },
  {
    name: 'VBeT VT series',
    vendorId: 0x340b,
    // Other products follow their descriptor.
    productIds: [[0x40, 0x82]],
    source: 'npm @vbet/webhid-sdk 1.4.5, dist/index.es.js',
    unproven: [],
    codes: {
      usesReportIds: true,
      doesReplace: false,
      keys: [
        { report: '0520', key: 'hook', isSet: true },
        { report: '0500', key: 'hook', isSet: false },
        { report: '0508', key: 'reject' },
        { report: '0505', key: 'mute', isSet: true },
        { report: '0501', key: 'mute', isSet: false },
      ],
      lamps: [
        {
          states: [
            { lamp: 'off-hook', report: '060200' },
            { lamp: 'ring', report: '060100' },
          ],
          rest: '060000',
        },
        { states: [{ lamp: 'mute', report: '060400' }], rest: '060500' },
      ],
    },
  },
  ...cyberAcoustics(),
  {
    name: 'HP Internet Handset',
    vendorId: 0x03f0,
    productIds: [[0x1c07, 0x1c07]],
    source: 'github.com/arkygeek/voipHandset keyMappingRaw.py',
    unproven: [
      'The codes of the handset are those one program lists; that reports have no id, and what the keys do in a call, is inferred.',
    ],
    codes: {
      usesReportIds: false,
      doesReplace: true,
      keys: [
        { report: '0041', key: 'hook', isSet: true },
        { report: '0040', key: 'hook', isSet: false },
        { report: '0037', key: 'send' },
        { report: '0043', key: 'drop' },
        { report: '0047', key: 'mute' },
      ],
      lamps: [],
    },
  },
  {
    name: 'C-Media HS-100B',
    vendorId: 0x0d8c,
    productIds: [[0x0014, 0x0014]],
    // Hook and mute stand in Consumer Control, without report ids. The device itself leaves bit 3, mute, unnamed; Linux
    // replaces its descriptor by this one (drivers/hid/hid-cmedia.c).
    source: 'Linux drivers/hid/hid-cmedia.c, hs100b_rdesc_fixed',
    unproven: [],
    descriptorHex:
      '050c0901a1011500250109e909ea75019502810209e295018106050b092f810209208106050c09009503810226ff0009007508950381020900950491 02c0',
  },
  {
    name: 'Plantronics / Poly',
    vendorId: 0x047f,
    productIds: [],
    source: 'Linux drivers/hid/hid-plantronics.c; X-Lite HID/047F-AA12.cps, 047F-AA03.cps',
    unproven: [],
    vendorKeys: [...plantronicsKeys, teamsButton],
  },
  {
    name: 'Jabra GN9350e',
    vendorId: 0x0b0e,
    productIds: [[0x9350, 0x9350]],
    source: 'Linux drivers/hid/hid-quirks.c hid_ignore_list, hid-ids.h',
    unproven: [],
    linuxIgnores: { belowRelease: null, mend: 'Its keys work on Windows and macOS only; its sound works here.' },
  },
  {
    name: 'Jabra SPEAK 410',
    vendorId: 0x0b0e,
    productIds: [[0x0412, 0x0412]],
    source: 'Linux drivers/hid/hid-quirks.c hid_ignore(), hid-ids.h',
    unproven: [],
    linuxIgnores: { belowRelease: 0x0111, mend: 'Bring its firmware to 1.11 or newer with the maker’s program.' },
  },
  {
    name: 'Jabra SPEAK 510',
    vendorId: 0x0b0e,
    productIds: [[0x0420, 0x0420]],
    source: 'Linux drivers/hid/hid-quirks.c hid_ignore(), hid-ids.h',
    unproven: [],
    linuxIgnores: { belowRelease: 0x0214, mend: 'Bring its firmware to 2.14 or newer with the maker’s program.' },
  },
];

/** npm softphone-vendor-headsets 2.5.6, CyberAcoustics.js: keys are 16-bit words, low byte first; lamps are bits. */
function cyberAcoustics(): readonly HeadsetRow[] {
  const keys = [
    { report: '030100', key: 'hook', isSet: true },
    // "Busy": the end of a call, and once more a confirmation of an answer.
    { report: '030200', key: 'drop' },
  ] as const;
  const common = {
    vendorId: 0x3391,
    source: 'npm softphone-vendor-headsets 2.5.6, CyberAcoustics.js',
    quirks: { ...noQuirks, doesConfirmByDrop: true },
  };
  const layout = 'That it is report 3 is the vendor’s default, which its own program replaces by what the device says.';
  return [
    {
      ...common,
      name: 'Cyber Acoustics BT1500 (JL chip)',
      productIds: [[0x04, 0x04]],
      unproven: [layout],
      codes: {
        usesReportIds: true,
        doesReplace: false,
        keys: [...keys, { report: '030302', key: 'mute' }],
        lamps: [],
        // This chip takes the word high byte first: 0x0200 off-hook, 0x0040 mute.
        bitLamps: {
          reportId: 3,
          bits: 16,
          lamps: [
            { lamp: 'off-hook', bit: 1 },
            { lamp: 'mute', bit: 14 },
          ],
        },
      },
    },
    {
      ...common,
      name: 'Cyber Acoustics AC-304',
      productIds: [[0x18, 0x18]],
      unproven: [layout],
      codes: {
        usesReportIds: true,
        doesReplace: false,
        keys: [
          { report: '030100', key: 'mute' },
          { report: '030500', key: 'mute' },
        ],
        lamps: [],
        bitLamps: {
          reportId: 3,
          bits: 16,
          lamps: [
            { lamp: 'off-hook', bit: 0 },
            { lamp: 'mute', bit: 2 },
          ],
        },
      },
    },
    {
      ...common,
      name: 'Cyber Acoustics AC-104 / AC-204 / CA Essential',
      productIds: [],
      unproven: [layout],
      codes: {
        usesReportIds: true,
        doesReplace: false,
        keys: [...keys, { report: '031300', key: 'mute' }],
        lamps: [],
        bitLamps: {
          reportId: 3,
          bits: 16,
          lamps: [
            { lamp: 'off-hook', bit: 0 },
            { lamp: 'mute', bit: 2 },
            { lamp: 'ring', bit: 3 },
          ],
        },
      },
    },
  ];
}

/** Every vendor's: the Teams button stands on devices of many. */
const anyVendor: Pick<HeadsetRow, 'vendorKeys'> = { vendorKeys: [teamsButton] };

/** The row of a device: its product's, else its vendor's, else the one of every vendor. */
export function headsetRow(vendorId: number, productId: number): HeadsetRow {
  const own = rows.filter((row) => row.vendorId === vendorId);
  const row =
    own.find(({ productIds }) => productIds.some(([first, last]) => productId >= first && productId <= last)) ??
    own.find(({ productIds }) => productIds.length === 0);
  if (row !== undefined) return row.vendorKeys === undefined ? { ...row, ...anyVendor } : row;
  return { name: '', vendorId, productIds: [], source: '', unproven: [], ...anyVendor };
}

/** All rows, for whoever lists or checks them. */
export function headsetRows(): readonly HeadsetRow[] {
  return rows;
}
