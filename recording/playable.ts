import type { RecordingInfo } from '../core/recording-info.ts';
import { inTurns } from './in-turns.ts';
import type { ContainerContents } from './read-container.ts';
import { layOutSteps, type Timeline } from './timeline.ts';

/** A recording, decrypted and ready to be played. */
export interface Playable {
  readonly webm: Uint8Array;
  readonly info: RecordingInfo;
  readonly contents: ContainerContents;
}

/** Lays a recording out and writes it as one WebM that seeks. Other work gets its turn meanwhile. */
export async function playableOf(contents: ContainerContents): Promise<Playable> {
  const timeline = await inTurns(layOutSteps(contents.chunks));
  // Loaded when somebody first plays a recording: nobody's start waits for a muxer.
  const { remux } = await import('./remux.ts');
  const webm = await remux(timeline);
  return { webm, contents, info: infoOf(contents, timeline, webm.length) };
}

/** What is told of a recording whose WebM has so many bytes. */
export function infoOf(
  contents: ContainerContents,
  { seconds, channels, gaps }: Pick<Timeline, 'seconds' | 'channels' | 'gaps'>,
  bytes: number,
): RecordingInfo {
  const { recordingId, problems, end } = contents;
  const bad = problems.filter(({ problem }) => problem === 'damaged' || problem === 'missing');
  return {
    recordingId,
    bytes,
    seconds,
    channels,
    isComplete: end === 'complete' && bad.length === 0,
    gaps: [...gaps],
    damagedChunks: [...new Set(bad.map(({ chunk }) => chunk))],
  };
}
