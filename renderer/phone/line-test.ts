import type { QualityReport } from '../../core/quality-report.ts';
import type { CallMedia, LentTrack, SoundSource } from './line.ts';
import { type MediaCounters, qualityBetween, readCounters } from './quality.ts';
import { type QuietAudio, trackOf } from './quiet-audio.ts';

/** How long the echo is listened to: two RTCP intervals, so that a round trip is known. */
export const listenMs = 6_000;
/** From dialling to the end, whatever the switch does. */
export const lineTestMsMax = 20_000;
/** A tone every codec carries and no room makes by itself. */
const toneHz = 1_004;
const toneLevel = 0.25;
/** The tone must stand this far above the middle of the spectrum to count as heard. */
const echoDecibels = 25;
const lookEveryMs = 200;

/** The voice of a line test: a steady tone in place of the microphone. */
export class TestTone implements SoundSource {
  readonly #quiet: QuietAudio;
  readonly #sleep: () => void;
  readonly #oscillator: OscillatorNode;
  readonly #destination: MediaStreamAudioDestinationNode;

  constructor(quiet: QuietAudio) {
    this.#quiet = quiet;
    this.#sleep = quiet.use();
    this.#oscillator = new OscillatorNode(quiet.context, { frequency: toneHz });
    this.#destination = quiet.context.createMediaStreamDestination();
    this.#oscillator.connect(new GainNode(quiet.context, { gain: toneLevel })).connect(this.#destination);
    this.#oscillator.start();
  }

  lend(): Promise<LentTrack> {
    const track = trackOf(this.#destination);
    return Promise.resolve({ track, onReplaced: () => undefined, release: () => track.stop() });
  }

  /** Listens for the tone's return and measures the way; resolves after `listenMs`, with null when no sound came at all. */
  async measure(media: CallMedia): Promise<{ report: QualityReport; wasEchoHeard: boolean } | null> {
    const ear = this.#ear(media);
    let before: MediaCounters | null = null;
    let wasEchoHeard = false;
    const look = async () => {
      before ??= await readCounters(media.connection);
      wasEchoHeard ||= ear.hears();
    };
    const timer = setInterval(() => {
      look().catch((error: unknown) => console.warn('phone: the line test could not look', error));
    }, lookEveryMs);
    await new Promise((resolve) => setTimeout(resolve, listenMs));
    clearInterval(timer);
    ear.close();
    const after = await readCounters(media.connection);
    const report = after === null ? null : qualityBetween(before, after);
    return report === null ? null : { report, wasEchoHeard };
  }

  close(): void {
    this.#oscillator.stop();
    this.#sleep();
  }

  #ear(media: CallMedia): { hears: () => boolean; close: () => void } {
    if (media.received === null) return { hears: () => false, close: () => undefined };
    const stream = new MediaStream([media.received]);
    // Chromium decodes a remote track only while a media element plays it.
    const keepAlive = new Audio();
    keepAlive.muted = true;
    keepAlive.srcObject = stream;
    keepAlive.play().catch((error: unknown) => console.info('phone: the line test hears nothing yet', error));
    const { context } = this.#quiet;
    const analyser = new AnalyserNode(context, { fftSize: 4096, smoothingTimeConstant: 0 });
    const source = context.createMediaStreamSource(stream);
    source.connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    return {
      hears: () => {
        analyser.getFloatFrequencyData(bins);
        return hasTone(bins, context.sampleRate / analyser.fftSize, toneHz);
      },
      close: () => {
        source.disconnect();
        keepAlive.srcObject = null;
      },
    };
  }
}

/** Whether a tone stands out of a spectrum in decibels: `echoDecibels` above its middle and louder than any other part. */
export function hasTone(bins: Float32Array, hzPerBin: number, hz: number): boolean {
  const at = Math.round(hz / hzPerBin);
  const near = bins.subarray(Math.max(0, at - 2), at + 3);
  const peak = Math.max(...near);
  const sorted = [...bins].filter((level) => Number.isFinite(level)).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  const loudest = sorted.at(-1);
  if (middle === undefined || loudest === undefined || !Number.isFinite(peak)) return false;
  return peak - middle >= echoDecibels && loudest - peak < 6;
}
