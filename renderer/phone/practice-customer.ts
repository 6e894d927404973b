import type { CallMedia, LentTrack, SoundSource } from './line.ts';
import type { PracticeScript } from './practice-script.ts';
import { type QuietAudio, trackOf } from './quiet-audio.ts';

/** How loud the agent must be to count as speaking: well above the hiss of a headset, well below a quiet voice. */
const speechLevel = 0.012;
const listenEveryMs = 100;
/** A pause this long means that the agent has finished a sentence. */
const pauseMs = 900;
/** A sentence that does not end (a sleeping AudioContext never plays) is given up this long after it should have. */
const speakGraceMs = 2_000;

/** What a practice customer needs to know of the console: how sentences sound. Rejects when a sound is missing. */
export type SentenceLoader = (sound: string) => Promise<AudioBuffer>;

/** One practice customer in one call: a mouth (the track it lends), an ear, and a script. */
export class PracticeCustomer implements SoundSource {
  readonly #quiet: QuietAudio;
  readonly #mouth: MediaStreamAudioDestinationNode;
  readonly #sleep: () => void;
  readonly #over = new AbortController();
  #ear: { readonly analyser: AnalyserNode; readonly keepAlive: HTMLAudioElement } | null = null;
  #isHeld = false;

  constructor(quiet: QuietAudio) {
    this.#quiet = quiet;
    this.#sleep = quiet.use();
    this.#mouth = quiet.context.createMediaStreamDestination();
  }

  lend(): Promise<LentTrack> {
    const track = trackOf(this.#mouth);
    return Promise.resolve({ track, onReplaced: () => undefined, release: () => track.stop() });
  }

  /** While the agent holds the call the customer waits. */
  held(isHeld: boolean): void {
    this.#isHeld = isHeld;
  }

  /** Plays the script over an established call; resolves with whether the customer hung up. Ends early on `leave`. */
  async run(script: PracticeScript, media: CallMedia, loadSentence: SentenceLoader): Promise<'hung-up' | 'stayed'> {
    this.#listenTo(media);
    for (const step of script.steps) {
      await this.#untilNotHeld();
      if (this.#over.signal.aborted) return 'stayed';
      if (step.kind === 'hang-up') return 'hung-up';
      if (step.kind === 'say') await this.#say(await loadSentence(step.sound));
      else await this.#listen(step.secondsMax);
    }
    return 'stayed';
  }

  /** Sends back what it hears, a quarter of a second later: the echo of the line test. */
  echo(media: CallMedia): void {
    if (media.received === null) return;
    this.#listenTo(media);
    const { context } = this.#quiet;
    context
      .createMediaStreamSource(new MediaStream([media.received]))
      .connect(new DelayNode(context, { delayTime: 0.25 }))
      .connect(this.#mouth);
  }

  /** The call is over. */
  leave(): void {
    this.#over.abort();
    if (this.#ear !== null) this.#ear.keepAlive.srcObject = null;
    this.#sleep();
  }

  #listenTo(media: CallMedia): void {
    if (media.received === null) return;
    const stream = new MediaStream([media.received]);
    // Chromium decodes a remote track only while a media element plays it.
    const keepAlive = new Audio();
    keepAlive.muted = true;
    keepAlive.srcObject = stream;
    const analyser = new AnalyserNode(this.#quiet.context, { fftSize: 2048 });
    this.#quiet.context.createMediaStreamSource(stream).connect(analyser);
    this.#ear = { analyser, keepAlive };
    keepAlive.play().catch((error: unknown) => console.info('practice: the customer hears nothing yet', error));
  }

  async #say(sentence: AudioBuffer): Promise<void> {
    const source = new AudioBufferSourceNode(this.#quiet.context, { buffer: sentence });
    source.connect(this.#mouth);
    source.start();
    await this.#wait(sentence.duration * 1000 + speakGraceMs, (done) => {
      source.onended = done;
      return () => source.stop();
    });
    source.disconnect();
  }

  /** Until the agent has spoken and paused, or the time is up. */
  async #listen(secondsMax: number): Promise<void> {
    const samples = new Float32Array(2048);
    let hasSpoken = false;
    let quietMs = 0;
    await this.#wait(secondsMax * 1000, (done) => {
      const timer = setInterval(() => {
        if (this.#ear === null) return;
        this.#ear.analyser.getFloatTimeDomainData(samples);
        const level = Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
        quietMs = level > speechLevel ? 0 : quietMs + listenEveryMs;
        hasSpoken ||= level > speechLevel;
        if (hasSpoken && quietMs >= pauseMs) done();
      }, listenEveryMs);
      return () => clearInterval(timer);
    });
  }

  async #untilNotHeld(): Promise<void> {
    while (this.#isHeld && !this.#over.signal.aborted) await this.#wait(listenEveryMs, () => undefined);
  }

  /** Until `begin` says done, the time is up, or the call is over; then what `begin` answered is called. */
  #wait(msMax: number, begin: (done: () => void) => (() => void) | undefined): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        clearTimeout(timer);
        this.#over.signal.removeEventListener('abort', finish);
        stop?.();
        resolve();
      };
      const timer = setTimeout(finish, msMax);
      this.#over.signal.addEventListener('abort', finish);
      const stop = begin(finish);
      if (this.#over.signal.aborted) finish();
    });
  }
}
