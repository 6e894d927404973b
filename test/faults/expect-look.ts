import { setTimeout as pause } from 'node:timers/promises';
import type { Notice } from '../../core/notice.ts';
import type { SeatLife } from './seat-scene.ts';
import type { SeatLook } from './seat-words.ts';

export type NoticeCode = Notice['code'];

/** How often a seat is looked at, and how many times before what was expected is said not to come. */
const lookEveryMs = 250;
const looksMax = 320;

/** Looks at a seat until it shows what is expected; rejects with what it shows instead. */
export async function expectLook(life: SeatLife, what: string, is: (look: SeatLook) => boolean): Promise<SeatLook> {
  let look = await life.look();
  for (let looks = 0; !is(look); looks += 1) {
    if (looks === looksMax) throw new Error(`not ${what}, but ${JSON.stringify(look)}`);
    await pause(lookEveryMs);
    look = await life.look();
  }
  return look;
}
