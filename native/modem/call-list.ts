import { fieldsOf, numberOf } from './at-codes.ts';
import type { ModemLine } from './modem-line.ts';

/** A voice call as the modem lists it. `state` undefined: none that is known, as SIMCom's own 6, being released. */
export type ListedCall = {
  readonly state: 'active' | 'held' | 'dialling' | 'alerting' | 'incoming' | 'waiting' | undefined;
  /** Empty: not told. */
  readonly number: string;
};

/** What became of asking. `unknown`: the modem has no list. `silent`: no answer, now. */
export type CallList =
  | { readonly kind: 'told'; readonly calls: readonly ListedCall[] }
  | { readonly kind: 'unknown' | 'silent' };

/** +CLCC's <stat>. */
const stateOf: Readonly<Record<string, ListedCall['state']>> = {
  '0': 'active',
  '1': 'held',
  '2': 'dialling',
  '3': 'alerting',
  '4': 'incoming',
  '5': 'waiting',
};

/** Asks for the calls there are (+CLCC, 27.007 section 7.18). Voice alone: 4G modems list their data connection too. */
export async function listCalls(line: ModemLine): Promise<CallList> {
  const answer = await line.ask({ text: 'AT+CLCC', answers: ['+CLCC'] });
  if (answer.kind !== 'ok') return { kind: answer.kind === 'refused' ? 'unknown' : 'silent' };
  const calls = answer.lines
    .filter((one) => one.startsWith('+CLCC'))
    .map((one) => fieldsOf(one.replace(/^\+CLCC:\s*/, '')))
    .filter((fields) => fields[3] === '0')
    .map((fields) => ({ state: stateOf[fields[2] ?? ''], number: numberOf([fields[5] ?? '', fields[6] ?? '']) }));
  return { kind: 'told', calls };
}
