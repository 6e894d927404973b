import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Reserve } from '../../../main/store/reserve.ts';

const fixture = z.object({ segments: z.array(z.array(z.base64())) });

/** One chunk as the phone page sends it. */
export interface SentChunk {
  readonly segment: number;
  readonly atMs: number;
  readonly durationMs: number;
  readonly sound: Uint8Array;
}

/** How long each chunk of the fixture sounds: what the recorder was asked for, the last ones cut by its stop. */
const lengthsMs = [
  [1000, 1000, 1000, 1000, 300],
  [1000, 1000, 200],
];

/** What Chromium's MediaRecorder really wrote (test/recordings/): two segments, the second begins at `secondAtMs`. */
export function recordedChunks(secondAtMs = 6_000): readonly SentChunk[] {
  const path = new URL('../../recordings/media-recorder-stereo.json', import.meta.url);
  const { segments } = fixture.parse(JSON.parse(readFileSync(path, 'utf8')));
  return segments.flatMap((chunks, segment) => {
    let atMs = segment === 0 ? 0 : secondAtMs;
    return chunks.map((text, index) => {
      const durationMs = lengthsMs[segment]?.[index] ?? 0;
      const chunk = { segment, atMs, durationMs, sound: Buffer.from(text, 'base64') };
      atMs += durationMs;
      return chunk;
    });
  });
}

/** The profile key of these tests. */
export const profileKey: Uint8Array = Uint8Array.from({ length: 32 }, (_, index) => 255 - index);

/** A reserve that stands: there is room. */
export const fullReserve: Reserve = { isSpent: () => false, spend: () => true, restore: () => Promise.resolve(true) };
