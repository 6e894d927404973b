import { z } from 'zod';

/**
 * What stands on serial ports and sockets beside the seat, as it is set in the settings. The device process opens and
 * keeps it; every piece has an id that its events and its DeviceInfo (`deviceId`) carry.
 */
const usbId = z
  .string()
  .regex(/^[0-9a-f]{4}$/, 'four hex digits in lower case')
  .nullable()
  .default(null);

/** The port a thing is on. A USB serial adapter is found by its identity wherever it is plugged in; else by `path`. */
export const portChoice = z.strictObject({
  /** `/dev/ttyUSB0`, `COM3`: where it was when it was chosen. */
  path: z.string().min(1).max(300),
  vendorId: usbId,
  productId: usbId,
  serialNumber: z.string().max(200).nullable().default(null),
});
export type PortChoice = z.infer<typeof portChoice>;

/** Line settings of a port. */
export const lineSettings = z.strictObject({
  baudRate: z.int().min(50).max(4_000_000).default(9600),
  dataBits: z.union([z.literal(7), z.literal(8)]).default(8),
  parity: z.enum(['none', 'even', 'odd']).default('none'),
  stopBits: z.union([z.literal(1), z.literal(2)]).default(1),
  flow: z.enum(['none', 'rtscts', 'xonxoff']).default('none'),
});
export type LineSettings = z.infer<typeof lineSettings>;

const common = {
  id: z.string().regex(/^[a-z0-9-]{1,40}$/, 'lower-case letters, digits and hyphens'),
  /** What people here call it; empty: its model's name. */
  name: z.string().max(60).default(''),
};

/** A key-and-lamp panel, keypad, relay or hook switch that speaks a serial profile. */
const panelEquipment = z.strictObject({
  ...common,
  use: z.literal('panel'),
  port: portChoice,
  /** The id of a shipped profile, or the name of a file in `serial-profiles/` of the seat's profile folder. */
  profile: z.string().min(1).max(100),
});

/** A message desk link (SMDI, GR-283-CORE): facts/serial.md section 1. */
const messageDeskEquipment = z.strictObject({
  ...common,
  use: z.literal('message-desk'),
  port: portChoice,
  line: lineSettings.prefault({ baudRate: 1200, dataBits: 7, parity: 'even' }),
  /** `desk`: we take messages and light lamps (as a voicemail system does). `switch`: we are the switch's side. */
  role: z.enum(['desk', 'switch']).default('desk'),
  digits: z.union([z.literal(5), z.literal(7), z.literal(10)]).default(7),
  /** A lamp command to this (invalid) number now and then proves the link; empty: none. */
  keepAliveNumber: z
    .string()
    .regex(/^\d{0,10}$/)
    .default(''),
});

/** The call log of a switch (SMDR). */
const callRecordsEquipment = z.strictObject({
  ...common,
  use: z.literal('call-records'),
  /** The id of a layout (`hookline records layouts`). */
  layout: z.string().min(1).max(100),
  source: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('port'), port: portChoice, line: lineSettings.prefault({}) }),
    z.strictObject({ kind: z.literal('connect'), host: z.string().min(1).max(255), port: z.int().min(1).max(65_535) }),
    z.strictObject({ kind: z.literal('listen'), port: z.int().min(1).max(65_535) }),
    z.strictObject({ kind: z.literal('file'), path: z.string().min(1).max(500) }),
  ]),
  dateOrder: z.enum(['layout', 'day-first', 'month-first']).default('layout'),
});

/** A modem: an analog one tells callers' numbers and dials; a mobile one (GSM, 4G) also carries texts. */
const modemEquipment = z.strictObject({
  ...common,
  use: z.literal('modem'),
  port: portChoice,
  line: lineSettings.prefault({ baudRate: 115_200 }),
  kind: z.enum(['analog', 'mobile']),
  /** Calls and texts go out through it while the switch cannot be reached. */
  isFallback: z.boolean().default(true),
});

/** One piece of equipment as it is set up. */
export const equipment = z.discriminatedUnion('use', [
  panelEquipment,
  messageDeskEquipment,
  callRecordsEquipment,
  modemEquipment,
]);
export type Equipment = z.infer<typeof equipment>;

/** Everything that is set up, ids unique. */
export const equipmentList = z
  .array(equipment)
  .max(32)
  .refine((list) => new Set(list.map((e) => e.id)).size === list.length, { error: 'two pieces have the same id' });

/** A serial port of this machine, as a person chooses one. */
export const foundPort = z.object({
  path: z.string(),
  manufacturer: z.string(),
  vendorId: z.string().nullable(),
  productId: z.string().nullable(),
  serialNumber: z.string().nullable(),
});
export type FoundPort = z.infer<typeof foundPort>;
