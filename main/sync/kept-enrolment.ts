import { z } from 'zod';
import { certificatePin, hubAddress } from '../../core/enrolment-text.ts';
import { seatName } from '../../core/hub-route.ts';

/** Under which name the enrolment is kept among the seat's secrets: encrypted, and saved from a damaged log with them. */
export const enrolmentSecret = 'hub-enrolment';

/** What a seat knows of its hub. `key` opens the hub in the seat's name. */
export const keptEnrolment = z.object({
  address: hubAddress,
  pins: z.array(certificatePin),
  hubId: z.string(),
  seat: seatName,
  key: z.string().min(1),
  enrolledAt: z.number(),
});
export type KeptEnrolment = z.infer<typeof keptEnrolment>;

/** The enrolment of a seat; null when it has none. Of a text that is none of ours too: the seat is enrolled again. */
export function readKeptEnrolment(text: string | null): KeptEnrolment | null {
  if (text === null) return null;
  try {
    const read = keptEnrolment.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch (cause) {
    if (cause instanceof SyntaxError) return null;
    throw cause;
  }
}
