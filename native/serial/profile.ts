import { z } from 'zod';
import { checksumRule } from './checksum.ts';
import { framingRule } from './framing-rule.ts';

/**
 * The form of a serial profile: one JSON file that says all about a panel, a keypad or a relay, its own test vectors
 * included. No code. docs/serial-profile.md teaches it; facts/serial.md section 4 is where it comes from.
 */

const text = z.string().max(400);
/** Bytes: hex pairs, 'text', {name:format}. Checked by readProfile, which compiles it. */
const template = z.string().min(1).max(1000);
const usbId = z.string().regex(/^[0-9a-fA-F]{4}$/, 'four hex digits');
const name = z.string().regex(/^[\w.:*#+-]{1,32}$/, 'one word of up to 32 letters, digits and . : * # + -');
/** A named command of the console or a named lamp meaning, never code: a profile may come from anywhere. */
const action = z
  .string()
  .regex(/^[a-z][A-Za-z0-9-]{0,31}( [\w*#+-]{1,32})?$/, 'a named command, as answer or dial 8001');
const waitMs = z.int().min(1).max(60_000);

/** The lines a host can read, by the names of the socket. RI is not readable through serialport. */
export const inputLine = z.enum(['cts', 'dsr', 'dcd']);
export type InputLine = z.infer<typeof inputLine>;
export const outputLine = z.enum(['dtr', 'rts']);
export type OutputLine = z.infer<typeof outputLine>;

/** What a key, hook or word of a device becomes. `edge` may be an expression, as `bit(1,7)?release:press`. */
export const serialEvent = z.union([
  z.strictObject({ key: z.string().max(64), edge: z.enum(['press', 'release']), action: action.optional() }),
  z.strictObject({ hook: z.enum(['off', 'on']) }),
  z.strictObject({ status: text }),
]);
export type SerialEvent = z.infer<typeof serialEvent>;

/** A byte of the frame that must have a value, after `mask`. */
const byteIs = z.strictObject({
  byte: z.int().min(-256).max(1023),
  eq: z.string().regex(/^[0-9a-fA-F]{2}$/, 'one byte in hex'),
  mask: z
    .string()
    .regex(/^[0-9a-fA-F]{2}$/, 'one byte in hex')
    .default('FF'),
});
const edge = z.enum(['rise', 'fall']);
const lineMoves = z.union([
  z.strictObject({ lineCts: edge }),
  z.strictObject({ lineDsr: edge }),
  z.strictObject({ lineDcd: edge }),
]);

/** A pattern between slashes, a template, one byte or several that must be so, or a line that rises or falls. */
const eventOn = z.union([z.string().min(1).max(400), byteIs, z.array(byteIs).min(1).max(8), lineMoves]);
const eventEmit = z.union([
  z.strictObject({ key: text.min(1), edge: text.min(1).default('press') }),
  /** All keys that are down, in one frame: the engine tells what changed. */
  z.strictObject({ keys: text.min(1), prefix: name.optional() }),
  z.strictObject({ hook: z.string().min(1).max(100) }),
  z.strictObject({ status: text.min(1) }),
  /** Known and of no interest: an echo, an answer to a heartbeat. */
  z.strictObject({ ignore: z.literal(true) }),
]);
const eventRule = z.strictObject({ on: eventOn, emit: eventEmit });
export type EventRule = z.infer<typeof eventRule>;

/** Off, steady, and the cadences attendants know. */
export const lampState = z.enum(['off', 'on', 'slow', 'fast', 'wink']);
export type LampState = z.infer<typeof lampState>;
const lampNumber = z.int().min(0).max(255);
/** The lamps that show the seat's calls. */
export const seatLamps = ['ringing', 'off-hook', 'held', 'muted', 'idle', 'in-service'] as const;
export type SeatLamp = (typeof seatLamps)[number];

const lampRules = z.strictObject({
  /** `perLamp`: one command a lamp. `bitmap`: one command with a bit for every lamp. `modemLine`: DTR and RTS are lamps. */
  mode: z.enum(['perLamp', 'bitmap', 'modemLine']),
  /** Commands by state with `{n:…}`; a state without one is flashed by us. For a bitmap only `all`, with `{bits:…}`. */
  encode: z.partialRecord(z.enum([...lampState.options, 'all']), template).default({}),
  /** For modemLine: lamp number to line. */
  lines: z.record(z.string().regex(/^\d{1,3}$/), outputLine).default({}),
  /** The lamps there are, first and last number. In a bitmap the first is bit 0. */
  range: z.tuple([lampNumber, lampNumber]).default([1, 8]),
  /** The states that make sense on this device, for the person who reads the file. */
  states: z.array(lampState).optional(),
  /** Lamps are told, not asked: what a device says of them is an event. */
  readBack: z.null().optional(),
  /** Milliseconds on and off, for states the device has no command for. */
  softFlash: z.partialRecord(z.enum(['slow', 'fast', 'wink']), z.tuple([waitMs.min(50), waitMs.min(50)])).default({}),
  /** Wishes within this time go out as one. */
  coalesceMs: z.int().min(0).max(1000).default(30),
  /** Everything is sent again this often; 0 never. */
  refreshMs: z.int().min(0).max(600_000).default(0),
  /**
   * Which number each lamp is: of the seat (`ringing`, `off-hook`, `held`, `muted`, `idle`, and `in-service`, which is on as long
   * as the console runs), of a key by the key's name, or any name of its own (`door`), to be bound and tried like a key.
   */
  map: z.record(name, lampNumber).default({}),
  /** How the seat's lamps are shown when they are not simply on. */
  cadence: z.partialRecord(z.enum(seatLamps), z.enum(['on', 'slow', 'fast', 'wink'])).default({}),
});

const step = z.strictObject({
  send: template.optional(),
  /** A break on the line, as a reset. */
  breakMs: waitMs.optional(),
  /** A pause after it. */
  waitMs: waitMs.optional(),
  expect: z.string().min(1).max(400).optional(),
  timeoutMs: waitMs.default(500),
});

const lampWish = z.strictObject({ n: z.union([lampNumber, name]), state: lampState });
const vectorStep = z.strictObject({
  /** Bytes that come, as a template without fields. */
  rx: template.optional(),
  /** Lines that change. */
  lines: z.partialRecord(inputLine, z.boolean()).optional(),
  lamp: lampWish.optional(),
  lamps: z.array(lampWish).max(256).optional(),
  /** The port is closed in good order. */
  close: z.literal(true).optional(),
  /** Time passes. */
  afterMs: z.int().min(0).max(600_000).optional(),
  /** Every event, in order; each must have what is said here. */
  expect: z.array(z.record(z.string(), z.string())).max(300).optional(),
  /** Every byte sent, in order. */
  tx: z.union([template, z.literal('')]).optional(),
  /** How DTR and RTS stand afterwards. */
  pins: z.partialRecord(outputLine, z.boolean()).optional(),
});
export type VectorStep = z.infer<typeof vectorStep>;
const vector = z.union([
  vectorStep.extend({ title: text.optional() }),
  z.strictObject({ title: text.optional(), steps: z.array(vectorStep).min(1).max(50) }),
]);

/** The whole profile. */
export const serialProfile = z.strictObject({
  $schema: text.optional(),
  id: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'lower-case words joined by hyphens')
    .max(60),
  version: z.int().min(1).max(9999),
  title: text.min(1),
  /** Where the facts come from: a manual, a page, a capture. */
  source: text.min(1),
  /** What no public sample proves, in words. Shown wherever the profile is. */
  unproven: z.array(text.min(1)).max(20).default([]),
  /** The device behind the port, so that it is found again after it was unplugged; a port's name is no identity. */
  match: z
    .strictObject({
      vendorId: usbId.nullable().default(null),
      productId: usbId.nullable().default(null),
      serialNumber: z.string().max(200).nullable().default(null),
      /** Not told alike by all systems: vendor, product and serial number are. */
      pnpId: z.null().default(null),
    })
    .prefault({}),
  serial: z.strictObject({
    baudRate: z.int().min(50).max(4_000_000),
    dataBits: z.union([z.literal(5), z.literal(6), z.literal(7), z.literal(8)]).default(8),
    parity: z.enum(['none', 'even', 'odd']).default('none'),
    stopBits: z.union([z.literal(1), z.literal(1.5), z.literal(2)]).default(1),
    flow: z.enum(['none', 'rtscts', 'xonxoff']).default('none'),
    /** How DTR and RTS stand once the port is open. Opening raises both for a moment, whatever is said here. */
    open: z.strictObject({ dtr: z.boolean().default(true), rts: z.boolean().default(true) }).prefault({}),
    lock: z.boolean().default(true),
    txGapMs: z.int().min(0).max(1000).default(0),
    cmdGapMs: z.int().min(0).max(5000).default(0),
    halfDuplexEcho: z.enum(['none', 'strip', 'expect']).default('none'),
    mask7: z.boolean().default(false),
  }),
  framing: framingRule.default({ type: 'bytes' }),
  checksum: checksumRule.prefault({ kind: 'none' }),
  /** `expect`/`nak`: what the device answers to our commands. `reply`: what it wants to hear for each good frame. */
  ack: z
    .strictObject({
      expect: template.optional(),
      nak: template.optional(),
      reply: template.optional(),
      timeoutMs: waitMs.default(300),
      retries: z.int().min(0).max(10).default(2),
    })
    .optional(),
  init: z.array(step).max(50).default([]),
  heartbeat: z
    .strictObject({
      send: template.optional(),
      everyMs: waitMs.min(100).default(5000),
      expect: z.string().min(1).max(400).optional(),
      missed: z.int().min(1).max(20).default(3),
      rxSilenceMs: z.int().min(0).max(600_000).default(0),
    })
    .optional(),
  events: z.array(eventRule).max(300).default([]),
  keys: z
    .strictObject({
      mode: z.enum(['edge', 'pressOnly', 'stateBitmap']).default('edge'),
      repeatMs: z.int().min(0).max(5000).default(0),
      releaseAfterMs: z.int().min(1).max(20_000).optional(),
      /** For lines only: how long a contact must stand still. */
      debounceMs: z.int().min(0).max(1000).default(30),
      map: z.record(z.string().max(64), action).default({}),
    })
    .prefault({}),
  /** How the keys lie, row by row from the top left; null is a gap. Without it they stand in the order they are named. */
  layout: z
    .array(z.array(z.string().max(64).nullable()).min(1).max(64))
    .min(1)
    .max(64)
    .optional(),
  /** How often the input lines are read; no port tells by itself that one has moved. */
  pollMs: z.int().min(5).max(1000).default(20),
  lamps: lampRules.optional(),
  failSafe: z
    .strictObject({
      onClose: z.record(name, lampState).default({}),
      onLinkLost: z.enum(['lampsUnknown', 'nothing']).default('lampsUnknown'),
    })
    .prefault({}),
  reconnect: z
    .strictObject({
      backoffMs: z.array(waitMs.min(50)).min(1).max(20).default([250, 500, 1000, 2000, 5000]),
      replayLamps: z.boolean().default(true),
      rerunInit: z.boolean().default(true),
    })
    .prefault({}),
  tests: z.array(vector).min(1, 'a profile proves itself: give at least one test').max(300),
});
export type SerialProfile = z.infer<typeof serialProfile>;
