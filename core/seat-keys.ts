import type { KeyPress } from './key.ts';

/**
 * What a key means, in one table: the situation of the seat x the key -> what the person wants. The only place in the
 * program that knows that "off hook means answer". Nothing here ends a held call, and a flash never ends any call.
 */

/**
 * The calls of a seat, as far as a key is concerned. `settling`: we have answered and the answer is not confirmed yet,
 * so a second press of the same nervous thumb must do nothing. `up` is dialling, connecting or talking.
 */
export type Situation =
  | 'idle'
  | 'ringing'
  | 'settling'
  | 'up'
  | 'up-and-ringing'
  | 'up-and-held'
  | 'held'
  | 'held-and-ringing';

/** What a person wants of the calls, by key or on the screen. */
export type Intent = 'answer' | 'decline' | 'hang-up' | 'hold' | 'resume' | 'swap' | 'redial' | 'nothing';

type KeyColumn = 'off-hook' | 'on-hook' | 'toggle' | 'flash' | 'reject' | 'redial';

/** `waiting` stands for the configurable answer to a hook press while one call is up and another rings. */
const table: Record<Situation, Record<KeyColumn, Intent | 'waiting'>> = {
  idle: row('nothing', 'nothing', 'nothing', 'nothing', 'nothing', 'redial'),
  ringing: row('answer', 'nothing', 'answer', 'answer', 'decline', 'nothing'),
  settling: row('nothing', 'nothing', 'nothing', 'nothing', 'decline', 'nothing'),
  up: row('nothing', 'hang-up', 'hang-up', 'hold', 'nothing', 'nothing'),
  'up-and-ringing': row('waiting', 'waiting', 'waiting', 'swap', 'decline', 'nothing'),
  'up-and-held': row('nothing', 'hang-up', 'hang-up', 'swap', 'nothing', 'nothing'),
  held: row('resume', 'nothing', 'resume', 'resume', 'nothing', 'nothing'),
  'held-and-ringing': row('answer', 'nothing', 'answer', 'answer', 'decline', 'nothing'),
};

function row(
  offHook: Intent | 'waiting',
  onHook: Intent | 'waiting',
  toggle: Intent | 'waiting',
  flash: Intent,
  reject: Intent,
  redial: Intent,
): Record<KeyColumn, Intent | 'waiting'> {
  return { 'off-hook': offHook, 'on-hook': onHook, toggle, flash, reject, redial };
}

/** The meaning of a hook, flash, reject or redial key in a situation; null for keys that are not about calls. */
export function meaningOf(
  press: KeyPress,
  situation: Situation,
  hookWhileWaiting: 'ignore' | 'hold-and-answer',
): Intent | null {
  const column = columnOf(press);
  if (column === null) return null;
  const meaning = table[situation][column];
  if (meaning !== 'waiting') return meaning;
  return hookWhileWaiting === 'hold-and-answer' ? 'swap' : 'nothing';
}

function columnOf(press: KeyPress): KeyColumn | null {
  switch (press.key) {
    case 'hook':
      return press.to;
    case 'flash':
    case 'reject':
    case 'redial':
      return press.key;
    default:
      return null;
  }
}
