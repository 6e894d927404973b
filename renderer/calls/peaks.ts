/** The loudest sample of each slice of a recording, 0..1, one list a channel: agent, then caller. */
export type Peaks = readonly Float32Array[];

/** How many slices a waveform is drawn from: twice the pixels of a wide window, so that it stays sharp. */
export const peakCount = 1600;

/** At this rate speech keeps its shape and an hour of two channels stays under 100 MB while it is looked through. */
const looksRateHz = 3000;

/** Longer recordings play but are not drawn: decoding holds all of it in memory at once. */
export const drawnSecondsMax = 2 * 3600;

/** Decodes a recording and finds its peaks. Throws what decodeAudioData throws if the sound can't be read. */
export async function peaksOf(sound: Blob): Promise<Peaks> {
  const context = new OfflineAudioContext(2, 1, looksRateHz);
  const decoded = await context.decodeAudioData(await sound.arrayBuffer());
  return Array.from({ length: Math.min(2, decoded.numberOfChannels) }, (_, channel) =>
    slicePeaks(decoded.getChannelData(channel), peakCount),
  );
}

/** The loudest absolute sample in each of `count` equal slices. */
export function slicePeaks(samples: Float32Array, count: number): Float32Array {
  const peaks = new Float32Array(count);
  for (let slice = 0; slice < count; slice++) {
    const from = Math.floor((slice * samples.length) / count);
    const to = Math.floor(((slice + 1) * samples.length) / count);
    let peak = 0;
    for (let at = from; at < to; at++) peak = Math.max(peak, Math.abs(samples[at] ?? 0));
    peaks[slice] = peak;
  }
  return peaks;
}
