import { readFileSync, writeFileSync } from 'node:fs';

/** Sound in memory: samples -1..1, one array a channel, all of one length. */
export type Sound = { readonly sampleRate: number; readonly channels: readonly Float32Array[] };

/** A pure tone. Half of full scale unless told, so that codecs and mixers do not clip it. */
export function toneSamples(tone: {
  readonly hz: number;
  readonly seconds: number;
  readonly sampleRate: number;
  readonly level?: number;
}): Float32Array {
  const level = tone.level ?? 0.5;
  const step = (2 * Math.PI * tone.hz) / tone.sampleRate;
  return Float32Array.from(
    { length: Math.round(tone.seconds * tone.sampleRate) },
    (_, i) => level * Math.sin(i * step),
  );
}

/** Writes a 16-bit PCM WAV file. */
export function writeWav(path: string, sound: Sound): void {
  const count = sound.channels.length;
  const frames = sound.channels[0]?.length ?? 0;
  const data = Buffer.alloc(44 + frames * count * 2);
  data.write('RIFF', 0);
  data.writeUInt32LE(data.length - 8, 4);
  data.write('WAVEfmt ', 8);
  data.writeUInt32LE(16, 16);
  data.writeUInt16LE(1, 20);
  data.writeUInt16LE(count, 22);
  data.writeUInt32LE(sound.sampleRate, 24);
  data.writeUInt32LE(sound.sampleRate * count * 2, 28);
  data.writeUInt16LE(count * 2, 32);
  data.writeUInt16LE(16, 34);
  data.write('data', 36);
  data.writeUInt32LE(frames * count * 2, 40);
  sound.channels.forEach((samples, channel) => {
    samples.forEach((value, i) => {
      data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), 44 + (i * count + channel) * 2);
    });
  });
  writeFileSync(path, data);
}

/**
 * Reads a 16-bit PCM WAV file. A data length of 0 or beyond the end is read as "to the end": a recorder that was
 * stopped in the middle leaves such a header. Throws, naming the file, on anything else.
 */
export function readWav(path: string): Sound {
  const bytes = readFileSync(path);
  if (bytes.length < 44 || bytes.toString('latin1', 0, 4) !== 'RIFF') throw new Error(`${path} is not a WAV file`);
  let channelCount = 0;
  let sampleRate = 0;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    if (name === 'fmt ') {
      if (bytes.readUInt16LE(at + 22) !== 16) throw new Error(`${path}: only 16-bit samples are read`);
      channelCount = bytes.readUInt16LE(at + 10);
      sampleRate = bytes.readUInt32LE(at + 12);
    }
    if (name === 'data') {
      const end = length === 0 ? bytes.length : Math.min(bytes.length, at + 8 + length);
      return { sampleRate, channels: deinterleave(bytes.subarray(at + 8, end), channelCount) };
    }
    at += 8 + length + (length % 2);
  }
  throw new Error(`${path} has no sound`);
}

function deinterleave(bytes: Buffer, channelCount: number): Float32Array[] {
  const frames = Math.floor(bytes.length / 2 / channelCount);
  return Array.from({ length: channelCount }, (_, channel) =>
    Float32Array.from({ length: frames }, (_, i) => bytes.readInt16LE((i * channelCount + channel) * 2) / 32768),
  );
}

/** What a stretch of sound is, measured. */
export type Measured = {
  /** The strongest frequency, in hertz, found to about one hertz. */
  readonly hz: number;
  /** Root mean square of the samples, 0..1. */
  readonly level: number;
  /** The share of all energy within 25 Hz of `hz`, 0..1: near 1 for a pure tone, near 0 for noise or silence. */
  readonly dominance: number;
};

/** Below this level a stretch counts as silent: about -54 dB, far under any tone of the rig (-9 dB) and over codec noise. */
export const silenceLevel = 0.002;

/** Measures the strongest tone between 100 Hz and 4 kHz (or half the sample rate) by Goertzel: coarse, then fine. */
export function measureTone(samples: Float32Array, sampleRate: number): Measured {
  const level = rootMeanSquare(samples);
  if (samples.length < sampleRate / 20 || level < silenceLevel) return { hz: 0, level, dominance: 0 };
  const top = Math.min(4000, sampleRate / 2 - 50);
  // A few pieces of 100 ms are enough to find the neighbourhood; the fine search then runs over a whole second.
  const coarse = strongest(samples.subarray(0, Math.round(sampleRate / 10)), sampleRate, 100, top, 5);
  const piece = samples.subarray(0, Math.min(samples.length, sampleRate));
  const { hz } = strongest(piece, sampleRate, Math.max(50, coarse.hz - 10), coarse.hz + 10, 0.5);
  return { hz, level, dominance: dominance(samples, sampleRate, hz) };
}

/** The energy near `hz` as a share of all, over windows of 100 ms (so that a phase jump between packets does not spoil it). */
export function dominance(samples: Float32Array, sampleRate: number, hz: number): number {
  const length = Math.round(sampleRate / 10);
  let near = 0;
  let all = 0;
  for (let at = 0; at + length <= samples.length; at += length) {
    const window = samples.subarray(at, at + length);
    // A rectangular window of 100 ms spreads a tone over +-10 Hz bins; the three in the middle hold nearly all of it.
    near += Math.max(...[-2, 0, 2].map((shift) => tonePower(window, sampleRate, hz + shift)));
    all += rootMeanSquare(window) ** 2;
  }
  return all === 0 ? 0 : Math.min(1, near / all);
}

/** The longest time, in milliseconds, in which the level stays under `below` (default: silent), in steps of 5 ms. */
export function longestGapMs(samples: Float32Array, sampleRate: number, below: number = silenceLevel): number {
  const stepMs = 5;
  const length = Math.round((sampleRate * stepMs) / 1000);
  let longest = 0;
  let run = 0;
  for (let at = 0; at + length <= samples.length; at += length) {
    run = rootMeanSquare(samples.subarray(at, at + length)) < below ? run + stepMs : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

/** The part from `fromMs` to `toMs`; times past the end are cut. */
export function part(samples: Float32Array, sampleRate: number, fromMs: number, toMs: number): Float32Array {
  return samples.subarray(Math.round((fromMs * sampleRate) / 1000), Math.round((toMs * sampleRate) / 1000));
}

function strongest(samples: Float32Array, sampleRate: number, from: number, to: number, step: number) {
  let best = { hz: from, power: -1 };
  for (let hz = from; hz <= to; hz += step) {
    const power = tonePower(samples, sampleRate, hz);
    if (power > best.power) best = { hz, power };
  }
  return best;
}

/** Goertzel: the mean power of the tone of `hz` in the samples (a sine of amplitude A gives A^2 / 2). */
function tonePower(samples: Float32Array, sampleRate: number, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / sampleRate);
  let before = 0;
  let beforeThat = 0;
  for (const value of samples) {
    const now = value + coefficient * before - beforeThat;
    beforeThat = before;
    before = now;
  }
  const power = before * before + beforeThat * beforeThat - coefficient * before * beforeThat;
  return (2 * power) / (samples.length * samples.length);
}

function rootMeanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return samples.length === 0 ? 0 : Math.sqrt(sum / samples.length);
}
