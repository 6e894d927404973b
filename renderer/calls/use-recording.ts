import { useEffect, useState } from 'react';
import { useSeatStore } from '../desk/use-seat.ts';
import { type LoadedRecording, loadRecording } from './load-recording.ts';

/** How far the page is with a recording. */
export type RecordingLoad =
  | { readonly kind: 'loading'; readonly share: number }
  | { readonly kind: 'failed' }
  | { readonly kind: 'loaded'; readonly recording: LoadedRecording };

/** Fetches a recording while the component is there. */
export function useRecording(recordingId: string): RecordingLoad {
  const store = useSeatStore();
  const [load, setLoad] = useState<RecordingLoad>({ kind: 'loading', share: 0 });
  useEffect(() => {
    const console = store.console();
    const wanted = new AbortController();
    if (console === null) {
      setLoad({ kind: 'failed' });
      return;
    }
    const onShare = (share: number): void => setLoad({ kind: 'loading', share });
    loadRecording(console, recordingId, wanted.signal, onShare).then(
      (recording) => {
        if (!wanted.signal.aborted) setLoad({ kind: 'loaded', recording });
      },
      () => {
        // Said on the screen; the log of the call is whole all the same.
        if (!wanted.signal.aborted) setLoad({ kind: 'failed' });
      },
    );
    return () => wanted.abort();
  }, [store, recordingId]);
  return load;
}
