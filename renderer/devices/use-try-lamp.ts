import { useState } from 'react';
import { lampTrialMs } from '../../core/device-api.ts';
import type { KeyLamp } from '../../core/key-face.ts';
import { useSeatStore } from '../desk/use-seat.ts';

/** Tries one lamp of a device; `tried` are those that are being tried, for the picture. */
export function useTryLamp(deviceId: string): {
  readonly tried: ReadonlySet<string>;
  readonly tryLamp: (lamp: string, state: KeyLamp) => void;
} {
  const store = useSeatStore();
  const [tried, setTried] = useState<ReadonlySet<string>>(new Set());
  const tryLamp = (lamp: string, state: KeyLamp): void => {
    const asked = store.console()?.equipment.tryLamp({ deviceId, lamp, state });
    if (asked === undefined) return;
    const end = (): void => setTried((before) => new Set([...before].filter((each) => each !== lamp)));
    setTried((before) => new Set([...before, lamp]));
    asked.then(() => setTimeout(end, lampTrialMs), end);
  };
  return { tried, tryLamp };
}
