import { z } from 'zod';

/** A moment the agent should be told of; `code` picks the sentence, `detail` is for a technician. */
export const notice = z.object({
  code: z.enum([
    'refused',
    'recording-stopped-disk-full',
    /** The disk does not take the sound, or may not be written to. */
    'recording-stopped-disk-failed',
    'disk-full',
    /** The disk does not take what is written, or may not be written to. */
    'disk-failed',
    /** The disk of the profile takes nothing: the seat works on a copy elsewhere. `detail`: what the system said. */
    'stand-in',
    /** The disk takes what is written again, and has everything. */
    'stand-in-home',
    /** `detail`: how full the disk is, in percent. */
    'disk-nearly-full',
    /** Copies of recordings that are at the hub went before their day was over, to make room: so many (`detail`). */
    'recordings-let-go',
    /** The clock of this machine jumped: no copy of a recording is removed for a day. */
    'clock-jumped',
    /** The log was damaged and was made anew; nothing is missing. */
    'log-mended',
    /** The same, and so many lines (`detail`) could not be read any more. */
    'log-mended-lost',
    /** A page of the log (`detail`) turned out to be damaged while it was in use: the next start mends it. */
    'log-doubtful',
    /** The log was damaged and is being made anew: the newest lines are there, so many older ones (`detail`) follow. */
    'log-older-coming',
    /** So many lines (`detail`) that were lost here came back from the hub; nothing is missing any more. */
    'log-taken-back',
    /** The same; `detail`: how many came back, how many the hub does not have either. */
    'log-taken-back-part',
    /** The key of the old log is gone: a new log was begun, the old one is kept beside it. */
    'log-begun-anew',
    /** The stored password of the switch went with the damaged log. */
    'password-lost',
    'microphone-fell-back',
    'settings-file',
    'headset-busy-elsewhere',
    'device-problem',
    'nothing-to-redial',
    'volume',
    'message-lamp-refused',
    'text-received',
    'text-failed',
    'equipment',
    'keys-file',
    /** Hold, mute, transfer or recording was asked of a call by modem, which has none of them. */
    'modem-call',
  ]),
  detail: z.string().max(400),
});
export type Notice = z.infer<typeof notice>;
