import { z } from 'zod';
import type { SeatSign } from './seat-sign.ts';

/** Colours a rule may name, as #rrggbb. */
export const namedColours: Readonly<Record<string, string>> = {
  off: '#000000',
  red: '#ff0000',
  green: '#00ff00',
  blue: '#0000ff',
  yellow: '#ffc800',
  orange: '#ff5000',
  purple: '#a000ff',
  white: '#ffffff',
};
const colourHint = `give a colour as #rrggbb or as one of: ${Object.keys(namedColours).join(', ')}`;

/** How a light shows one sign: a colour, and whether it stays or goes on and off in turn. */
export const lightRule = z.strictObject({
  colour: z
    .string({ error: colourHint })
    .refine((text) => Object.hasOwn(namedColours, text) || /^#[0-9a-f]{6}$/i.test(text), { error: colourHint }),
  flash: z.enum(['steady', 'slow', 'fast']).default('steady'),
});
export type LightRule = z.infer<typeof lightRule>;

/** What a technician writes into `lights.json`: a rule for each sign. Signs that are not named keep their built-in rule. */
export const lightRulesFile = z.strictObject({
  'idle-ready': lightRule.optional(),
  'not-ready': lightRule.optional(),
  ringing: lightRule.optional(),
  talking: lightRule.optional(),
  held: lightRule.optional(),
  'after-call-work': lightRule.optional(),
  'signed-out': lightRule.optional(),
  'network-lost': lightRule.optional(),
} satisfies Record<SeatSign, unknown>);
export type LightRulesFile = z.infer<typeof lightRulesFile>;
