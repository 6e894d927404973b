import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { RecordingPlace } from '../../core/hub-view.ts';
import { useListVersion } from '../desk/use-list-version.ts';
import { useSeat, useSeatStore } from '../desk/use-seat.ts';
import { type KnownPlace, RecordingPlaces } from './recording-places.ts';

const PlacesContext = createContext<RecordingPlaces | null>(null);

/** Keeps what is known of recordings for every list below it, and asks anew when uploads or the call list moved on. */
export function RecordingPlacesProvider({ children }: { readonly children: ReactNode }) {
  const store = useSeatStore();
  const places = useMemo(
    () =>
      new RecordingPlaces(
        (recordingIds) => store.console()?.hub.recordingPlaces({ recordingIds: [...recordingIds] }) ?? null,
      ),
    [store],
  );
  const { state, waiting, setAside, confirmed, current } = useSeat((view) => view.uploads);
  const list = useListVersion();
  const version = [state, waiting, setAside, confirmed, current?.recordingId ?? '', list].join('|');
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is why places are asked for anew
  useEffect(() => places.refresh(), [places, version]);
  return <PlacesContext value={places}>{children}</PlacesContext>;
}

/** Where a recording stands, as long as somebody looks; the one that goes up now counts up with the feed. */
export function useRecordingPlace(recordingId: string): KnownPlace {
  const places = useContext(PlacesContext);
  if (places === null) throw new Error('no recording places above this component');
  const watch = useMemo(() => (changed: () => void) => places.watch(recordingId, changed), [places, recordingId]);
  const known = useSyncExternalStore(watch, () => places.get(recordingId));
  const sentShare = useSeat(({ uploads: { state, current } }) =>
    state === 'sending' && current?.recordingId === recordingId && current.bytes > 0
      ? Math.min(1, current.sentBytes / current.bytes)
      : null,
  );
  if (sentShare === null || known === 'asking' || known === null || isOver(known)) return known;
  return { recordingId, state: 'sending', sentShare };
}

/** Nothing of it goes up any more: the feed may still name it for a moment. */
function isOver({ state }: RecordingPlace): boolean {
  return state === 'at-hub' || state === 'removed' || state === 'erased';
}
