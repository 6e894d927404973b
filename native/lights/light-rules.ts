import { type LightRule, type LightRulesFile, namedColours } from '../../core/light-rule.ts';
import type { SeatSign } from '../../core/seat-sign.ts';
import type { Colour } from './light-model.ts';

/** How a light shows one sign; light.ts has the times of a flash. */
export type LightLook = { readonly colour: Colour; readonly flash: LightRule['flash'] };
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
  const hex = namedColours[text] ?? text;
  const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return { red: part(1), green: part(3), blue: part(5) };
}
