import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { type RefObject, useEffect, useState } from 'react';
import { useLatest } from '../devices/lit-keys.ts';

/** What a drag carries: a thing of the palette, or what is on a key. */
export type Carried =
  | { readonly kind: 'template'; readonly id: string }
  | { readonly kind: 'key'; readonly keyId: string };

/** Makes an element something to drag. Carried null: there is nothing to drag. */
export function useCarried(element: RefObject<HTMLElement | null>, carried: Carried | null): void {
  const latest = useLatest(carried);
  useEffect(() => {
    const place = element.current;
    if (place === null) return;
    return draggable({
      element: place,
      canDrag: () => latest.current !== null,
      getInitialData: () => ({ carried: latest.current }),
    });
  }, [element, latest]);
}

/** Makes an element a place to drop; true while something that may be dropped is over it. */
export function useDropPlace(element: RefObject<HTMLElement | null>, onDrop: (carried: Carried) => void): boolean {
  const [isOver, setOver] = useState(false);
  const latest = useLatest(onDrop);
  useEffect(() => {
    const place = element.current;
    if (place === null) return;
    return dropTargetForElements({
      element: place,
      canDrop: ({ source }) => isCarried(source.data.carried),
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false);
        if (isCarried(source.data.carried)) latest.current(source.data.carried);
      },
    });
  }, [element, latest]);
  return isOver;
}

function isCarried(value: unknown): value is Carried {
  return typeof value === 'object' && value !== null && 'kind' in value;
}
