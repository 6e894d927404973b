import { useEffect, useState } from 'react';
import type { LoadedRecording } from './load-recording.ts';
import { drawnSecondsMax, type Peaks, peaksOf } from './peaks.ts';

/** The peaks of a recording; null until they are found, and for ever if it is too long or can't be decoded. */
export function usePeaks({ sound, info }: LoadedRecording): Peaks | null {
  const [peaks, setPeaks] = useState<Peaks | null>(null);
  useEffect(() => {
    if (info.seconds > drawnSecondsMax) return;
    let isWanted = true;
    peaksOf(sound).then(
      (found) => {
        if (isWanted) setPeaks(found);
      },
      () => {
        // No waveform then; the audio element decodes more forgivingly and says itself when it can't play.
      },
    );
    return () => {
      isWanted = false;
    };
  }, [sound, info.seconds]);
  return peaks;
}
