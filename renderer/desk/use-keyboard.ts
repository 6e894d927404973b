import { useEffect, useRef } from 'react';
import { type KeyWish, strokeOf, wishOf } from './keyboard.ts';

/** Watches the whole page's keyboard. `onWish` says whether it used the wish; if so the key goes no further. */
export function useKeyboard(onWish: (wish: KeyWish) => boolean): void {
  const latest = useRef(onWish);
  useEffect(() => {
    latest.current = onWish;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      const wish = wishOf(strokeOf(event));
      if (wish !== null && latest.current(wish)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown, { capture: true });
    return () => removeEventListener('keydown', onKeyDown, { capture: true });
  }, []);
}
