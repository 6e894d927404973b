import { z } from 'zod';
import type { SeatSign } from '../../core/seat-sign.ts';
import { type Colour, dark } from './light-model.ts';

/** Which colour each sign of the seat has on a light. The file form is what a technician writes; the rest is derived. */

const namedColours: Readonly<Record<string, Colour>> = {
  off: dark,
  red: { red: 255, green: 0, blue: 0 },
  green: { red: 0, green: 255, blue: 0 },
  blue: { red: 0, green: 0, blue: 255 },
  yellow: { red: 255, green: 200, blue: 0 },
  orange: { red: 255, green: 80, blue: 0 },
  purple: { red: 160, green: 0, blue: 255 },
  white: { red: 255, green: 255, blue: 255 },
};
const colourHint = `give a colour as #rrggbb or as one of: ${Object.keys(namedColours).join(', ')}`;

/** `steady`, or on and off in turn; light.ts has the times. */
const flash = z.enum(['steady', 'slow', 'fast']);
const look = z.strictObject({
  colour: z
    .string({ error: colourHint })
    .refine((text) => Object.hasOwn(namedColours, text) || /^#[0-9a-f]{6}$/i.test(text), { error: colourHint }),
  flash: flash.default('steady'),
});

/** The rule file: for each sign, how a light shows it. Signs that are not named keep their built-in rule. */
export const lightRulesFile = z.strictObject({
  'idle-ready': look.optional(),
  'not-ready': look.optional(),
  ringing: look.optional(),
  talking: look.optional(),
  held: look.optional(),
  'after-call-work': look.optional(),
  'signed-out': look.optional(),
  'network-lost': look.optional(),
} satisfies Record<SeatSign, unknown>);
export type LightRulesFile = z.infer<typeof lightRulesFile>;

/** How a light shows one sign. */
export type LightLook = { readonly colour: Colour; readonly flash: z.infer<typeof flash> };
/** How a light shows every sign. */
export type LightRules = Readonly<Record<SeatSign, LightLook>>;

/**
 * The built-in rules. Red is the colour of a person who must not be spoken to, green of one who may; what wants something
 * of the agent flashes; the lost network has a colour of its own that no person's state has.
 */
const builtIn = {
  'idle-ready': { colour: 'green', flash: 'steady' },
  'not-ready': { colour: 'yellow', flash: 'steady' },
  ringing: { colour: 'blue', flash: 'fast' },
  talking: { colour: 'red', flash: 'steady' },
  held: { colour: 'red', flash: 'slow' },
  'after-call-work': { colour: 'orange', flash: 'steady' },
  'signed-out': { colour: 'off', flash: 'steady' },
  'network-lost': { colour: 'purple', flash: 'slow' },
} as const satisfies LightRulesFile;

/** The rules of a file, built-in ones where it says nothing. An empty file gives the built-in rules. */
export function lightRules(file: LightRulesFile): LightRules {
  const lookOf = (sign: SeatSign): LightLook => {
    const { colour, flash } = file[sign] ?? builtIn[sign];
    return { colour: colourOf(colour), flash };
  };
  return {
    'idle-ready': lookOf('idle-ready'),
    'not-ready': lookOf('not-ready'),
    ringing: lookOf('ringing'),
    talking: lookOf('talking'),
    held: lookOf('held'),
    'after-call-work': lookOf('after-call-work'),
    'signed-out': lookOf('signed-out'),
    'network-lost': lookOf('network-lost'),
  };
}

function colourOf(text: string): Colour {
  const part = (at: number): number => Number.parseInt(text.slice(at, at + 2), 16);
  return namedColours[text] ?? { red: part(1), green: part(3), blue: part(5) };
}
