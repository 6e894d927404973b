import { z } from 'zod';

/** Which line a call is on: the built-in practice line, the switch, or the seat's own modem when the switch is away. */
export const callLine = z.enum(['practice', 'switch', 'modem']);
export type CallLine = z.infer<typeof callLine>;
