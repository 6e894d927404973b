import { z } from 'zod';
import { defaultEmergencyNumbers, emergencyNumber, emergencyNumbersMax } from './emergency-number.ts';
import { equipmentList } from './equipment.ts';
import { defaultWorkCodes, workCode } from './work-code.ts';

/** Which line the seat is on: the built-in practice line, or an account on a switch reached by SIP over WebSocket. */
export const account = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('practice') }),
  z.strictObject({
    kind: z.literal('sip'),
    /** wss://switch.example:8089/ws; ws:// only towards this machine itself. */
    server: z.url({ protocol: /^wss?$/ }).max(200),
    /** Other addresses of the same switch, in order: used while the first does not answer. */
    otherServers: z
      .array(z.url({ protocol: /^wss?$/ }).max(200))
      .max(4)
      .default([]),
    /** The user part of the address: 6001. */
    user: z.string().regex(/^[A-Za-z0-9._~+-]{1,64}$/),
    /** The domain part of the address. */
    domain: z.string().regex(/^[A-Za-z0-9.:[\]-]{1,128}$/),
    displayName: z.string().max(60),
  }),
]);
export type Account = z.infer<typeof account>;

/** A sound device somebody chose, remembered by its label too, because browsers hand out new ids. */
export const soundChoice = z.strictObject({ deviceId: z.string().max(200), label: z.string().max(200) });
export type SoundChoice = z.infer<typeof soundChoice>;

/** Null means the system's default device. Volumes are 0..1. */
export const soundSettings = z.strictObject({
  microphone: soundChoice.nullable().default(null),
  ring: soundChoice.nullable().default(null),
  talk: soundChoice.nullable().default(null),
  interface: soundChoice.nullable().default(null),
  ringVolume: z.number().min(0).max(1).default(0.8),
  talkVolume: z.number().min(0).max(1).default(1),
});
export type SoundSettings = z.infer<typeof soundSettings>;

/**
 * What a seat does with its own copies of recordings that are at the hub. A recording that is not there is never removed,
 * whatever stands here.
 */
export const localCopyPolicy = z.strictObject({
  /** How long a copy stays after the hub's hash was found equal, in hours; null: until the disk needs the room. */
  keepHours: z.int().min(24).max(8_760).nullable().default(24),
  /** From how full a disk (0..1) copies go earlier, the oldest first; null: never earlier. */
  thinAbove: z.number().min(0.5).max(0.99).nullable().default(0.9),
});
export type LocalCopyPolicy = z.infer<typeof localCopyPolicy>;

/** What a person may set, as it stands in `settings.json` of a profile. The SIP password is kept elsewhere, encrypted. */
export const settings = z.strictObject({
  account: account.default({ kind: 'practice' }),
  sound: soundSettings.default(soundSettings.parse({})),
  language: z.enum(['auto', 'zh-CN', 'en']).default('auto'),
  theme: z.enum(['auto', 'light', 'dark', 'high-contrast']).default('auto'),
  recording: z.enum(['every-call', 'never']).default('every-call'),
  localCopies: localCopyPolicy.default(localCopyPolicy.parse({})),
  /** The hook key while one call is up and another waits (facts/hid.md section 5: ignored unless somebody chose). */
  hookWhileWaiting: z.enum(['ignore', 'hold-and-answer']).default('ignore'),
  workCodes: z
    .array(workCode)
    .max(60)
    .default([...defaultWorkCodes]),
  /** What can be dialled at a seat on which nobody is signed in. */
  emergencyNumbers: z
    .array(emergencyNumber)
    .max(emergencyNumbersMax)
    .default([...defaultEmergencyNumbers]),
  /** What stands on serial ports and sockets beside the seat. */
  equipment: equipmentList.default([]),
});
export type Settings = z.infer<typeof settings>;

/** A seat file: how a technician hands a seat its account. The password is moved into the encrypted store on opening. */
export const seatFile = z.strictObject({
  hookline: z.literal(1),
  account: account,
  password: z.string().max(256),
});
export type SeatFile = z.infer<typeof seatFile>;
