import type { LampName, Lamps } from '../../core/key.ts';
import type { KeyFace, KeyLamp } from '../../core/key-face.ts';
import { lampNumberOf } from '../serial/compile-profile.ts';
import { type SeatLamp, type SerialProfile, seatLamps } from '../serial/profile.ts';

/** What a panel's lamps shall show, all of it. */
export type PanelWish = {
  readonly lamps: Lamps;
  readonly faces: readonly KeyFace[];
  /** A lamp somebody tries: it shows this and nothing else. */
  readonly trial: { readonly lamp: string; readonly state: KeyLamp } | undefined;
};

/** The seat's lamps by the names a headset has for them, so that the same buttons try both. */
const byLampName: Partial<Record<LampName, SeatLamp>> = {
  ring: 'ringing',
  ringer: 'ringing',
  'off-hook': 'off-hook',
  hold: 'held',
  mute: 'muted',
};

/** Which lamps a panel has that a headset could have too. */
export function lampNamesOf(profile: SerialProfile): LampName[] {
  const names: readonly LampName[] = ['off-hook', 'ring', 'mute', 'hold'];
  return names.filter((name) => lampNumberOf(profile, byLampName[name] ?? '') !== undefined);
}

/** What every lamp of the profile shows; a lamp that has several meanings shows the most urgent. */
export function panelLampStates(profile: SerialProfile, wish: PanelWish): ReadonlyMap<number, KeyLamp> {
  const [first, last] = profile.lamps?.range ?? [1, 0];
  const states = new Map<number, KeyLamp>();
  for (let number = first; number <= last; number += 1) states.set(number, 'off');
  const ask = (lamp: string, state: KeyLamp): void => {
    const number = lampNumberOf(profile, lamp);
    if (number !== undefined) states.set(number, moreUrgent(states.get(number) ?? 'off', state));
  };
  for (const name of seatLamps) {
    if (isLit(name, wish.lamps)) ask(name, profile.lamps?.cadence[name] ?? 'on');
  }
  for (const { keyId, lamp } of wish.faces) ask(keyId, lamp);
  const tried = wish.trial && triedNumber(profile, wish.trial.lamp);
  if (tried !== undefined) states.set(tried, wish.trial?.state ?? 'off');
  return states;
}

function triedNumber(profile: SerialProfile, lamp: string): number | undefined {
  const seatLamp = new Map<string, SeatLamp>(Object.entries(byLampName)).get(lamp);
  return (seatLamp && lampNumberOf(profile, seatLamp)) ?? lampNumberOf(profile, lamp);
}

function isLit(name: SeatLamp, { isRinging, isOffHook, isHeld, isMuted }: Lamps): boolean {
  switch (name) {
    case 'ringing':
      return isRinging;
    case 'off-hook':
      return isOffHook;
    case 'held':
      return isHeld;
    case 'muted':
      return isMuted;
    case 'idle':
      return !isRinging && !isOffHook && !isHeld;
    case 'in-service':
      return true;
  }
}

const urgency: readonly KeyLamp[] = ['off', 'on', 'wink', 'slow', 'fast'];

function moreUrgent(one: KeyLamp, other: KeyLamp): KeyLamp {
  return urgency.indexOf(other) > urgency.indexOf(one) ? other : one;
}
