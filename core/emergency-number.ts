import { z } from 'zod';
import type { Call } from './call.ts';

/**
 * A number for help. It can be dialled at a seat on which nobody is signed in, as at any desk telephone, and it is dialled as
 * it stands here: a switch that wants an outside line first needs the number with that digit in the list.
 */
export const emergencyNumber = z.string().regex(/^[0-9]{2,8}$/, 'two to eight digits');

/** More would be no list to choose from in a hurry. */
export const emergencyNumbersMax = 16;

/**
 * The list a new seat starts with: police, fire, ambulance and traffic police of mainland China, and what people from
 * elsewhere dial without thinking (112 by 3GPP TS 22.101, 911 in North America, 999 in Britain and Hong Kong).
 */
export const defaultEmergencyNumbers: readonly string[] = ['110', '119', '120', '122', '112', '911', '999'];

/** Whether a call goes to one of these numbers: told by its number, so that it stays one over a restart. */
export function goesToHelp(
  { direction, remote }: Pick<Call, 'direction' | 'remote'>,
  numbers: readonly string[],
): boolean {
  return direction === 'outbound' && numbers.includes(remote.number);
}
