import { useEffect } from 'react';
import { dialable } from '../../core/phone-number.ts';
import { goTo, useChosen, useScreen } from './route.ts';

/**
 * A telephone link somebody pressed in another program (`#/desk/NUMBER`): the number is put into the dial field, once,
 * and never dialled by itself. What nobody could dial is left out.
 */
export function useLinkedNumber(onNumber: (number: string) => void): void {
  const screen = useScreen();
  const chosen = useChosen();
  useEffect(() => {
    if (screen !== 'desk' || chosen === null) return;
    if (dialable(chosen) !== null) onNumber(chosen);
    goTo('desk');
  }, [screen, chosen, onNumber]);
}
