import type { CallMedia } from './line.ts';
import type { PresentConsole } from './present-console.ts';
import type { QuietAudio } from './quiet-audio.ts';
import { RecordingUplink } from './recording-uplink.ts';

/** A little under the second that may be lost when anything dies: the chunk still has to be sent and synced. */
export const chunkMs = 800;
/** Two channels of speech; below this Opus begins to share stereo bands and a voice leaks into the other channel. */
export const bitsPerSecond = 64_000;
export const mimeType = 'audio/webm;codecs=opus';
/** While the seat process is away this much sound is kept in memory; then recording pauses with a marked gap. */
const waitingMsMax = 30_000;

/** A seat process that was started anew knows no recording of before: the call gets a second one. More often is a fault. */
const restartsMax = 3;

export type RecorderState = 'recording' | 'paused' | 'stopped';

/** Where recording is: between segments there is a gap with its reason. */
type Stage =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly recorder: MediaRecorder }
  | { readonly kind: 'gap'; readonly fromMs: number; readonly reason: string; readonly isWanted: boolean }
  | { readonly kind: 'over' };

/**
 * Records one call: agent left, caller right, a chunk each `chunkMs`. A muted or held agent is recorded as what the far
 * side hears: silence. A pause drops what is buffered, because the card number may have begun already.
 */
export class Recorder {
  readonly #quiet: QuietAudio;
  readonly #release: () => void;
  readonly #merger: ChannelMergerNode;
  readonly #destination: MediaStreamAudioDestinationNode;
  readonly #newUplink: () => RecordingUplink;
  #uplink: RecordingUplink;
  #restarts = 0;
  readonly #onState: (state: RecorderState) => void;
  readonly #now: () => number;
  readonly #waitingChunksMax: number;
  readonly #sources: { sent: Ear | null; received: Ear | null } = { sent: null, received: null };
  #stage: Stage = { kind: 'idle' };
  #segment = -1;
  #beganAt = 0;
  #writtenMs = 0;

  /** `now` is a monotonic clock in milliseconds. */
  constructor(options: {
    readonly callId: string;
    readonly quiet: QuietAudio;
    readonly present: PresentConsole;
    readonly onState: (state: RecorderState) => void;
    readonly now: () => number;
    readonly waitingMsMax?: number;
  }) {
    const { quiet } = options;
    this.#quiet = quiet;
    this.#release = quiet.use();
    this.#onState = options.onState;
    this.#now = options.now;
    this.#waitingChunksMax = Math.ceil((options.waitingMsMax ?? waitingMsMax) / chunkMs);
    this.#merger = new ChannelMergerNode(quiet.context, { numberOfInputs: 2 });
    this.#destination = new MediaStreamAudioDestinationNode(quiet.context, {
      channelCount: 2,
      channelCountMode: 'explicit',
      channelInterpretation: 'discrete',
    });
    this.#merger.connect(this.#destination);
    this.#newUplink = () =>
      new RecordingUplink(options.present, options.callId, (why) => {
        if (why === 'refused' && this.#restarts < restartsMax) this.#restart();
        else this.#stopForGood();
      });
    this.#uplink = this.#newUplink();
  }

  /** Takes the tracks of the call, again whenever they change (another microphone). */
  listen(media: CallMedia): void {
    this.#sources.sent = this.#plug(this.#sources.sent, media.sent, 0);
    this.#sources.received = this.#plug(this.#sources.received, media.received, 1);
  }

  start(): void {
    if (this.#stage.kind !== 'idle') return;
    this.#beganAt = this.#now();
    this.#beginSegment();
  }

  /** False when there is nothing to pause. */
  pause(reason: string): boolean {
    if (this.#stage.kind === 'running') this.#openGap(reason, true);
    else if (this.#stage.kind === 'gap') this.#stage = { ...this.#stage, reason, isWanted: true };
    else return false;
    this.#onState('paused');
    return true;
  }

  /** False when it is not paused. */
  resume(): boolean {
    if (this.#stage.kind !== 'gap' || !this.#stage.isWanted) return false;
    this.#closeGap(this.#stage);
    this.#beginSegment();
    return true;
  }

  /** The call is over: what is buffered is written, and the recording is closed. */
  async end(): Promise<void> {
    const stage = this.#stage;
    if (stage.kind === 'over') return;
    if (stage.kind === 'running') {
      const flushed = new Promise((resolve) => stage.recorder.addEventListener('stop', resolve, { once: true }));
      stage.recorder.stop();
      await flushed;
    }
    if (stage.kind === 'gap') this.#closeGap(stage);
    this.#stage = { kind: 'over' };
    if (stage.kind !== 'idle') this.#uplink.push({ kind: 'end' });
    this.#unplugAll();
  }

  /** The rest of the call in a recording of its own, from its first sound. */
  #restart(): void {
    const stage = this.#stage;
    if (stage.kind === 'over' || stage.kind === 'idle') return;
    this.#restarts += 1;
    this.#uplink = this.#newUplink();
    this.#segment = -1;
    this.#beganAt = this.#now();
    this.#writtenMs = 0;
    if (stage.kind === 'gap') {
      this.#stage = { ...stage, fromMs: 0 };
      return;
    }
    this.#stage = { kind: 'gap', fromMs: 0, reason: 'the seat process was started anew', isWanted: false };
    stage.recorder.stop();
    this.#beginSegment();
  }

  #beginSegment(): void {
    this.#segment += 1;
    const segment = this.#segment;
    const recorder = new MediaRecorder(this.#destination.stream, { mimeType, audioBitsPerSecond: bitsPerSecond });
    this.#stage = { kind: 'running', recorder };
    this.#writtenMs = this.#elapsed();
    recorder.ondataavailable = ({ data }) => {
      // After a pause the last piece still comes: it is what was buffered, and is dropped.
      if (this.#stage.kind !== 'running' || this.#stage.recorder !== recorder || data.size === 0) return;
      this.#write(segment, data);
    };
    recorder.onerror = (event) => {
      console.error('phone: the recorder failed', event);
      this.#stopForGood();
    };
    recorder.start(chunkMs);
    this.#onState('recording');
  }

  #write(segment: number, sound: Blob): void {
    const atMs = this.#writtenMs;
    this.#writtenMs = this.#elapsed();
    this.#uplink.push({ kind: 'append', segment, atMs, durationMs: this.#writtenMs - atMs, sound });
    if (this.#uplink.waiting <= this.#waitingChunksMax) return;
    this.#openGap('the seat process was away', false);
    this.#onState('paused');
    void this.#uplink.whenEmpty().then(() => {
      if (this.#stage.kind !== 'gap' || this.#stage.isWanted) return;
      this.#closeGap(this.#stage);
      this.#beginSegment();
    });
  }

  #openGap(reason: string, isWanted: boolean): void {
    if (this.#stage.kind !== 'running') return;
    const { recorder } = this.#stage;
    this.#stage = { kind: 'gap', fromMs: this.#writtenMs, reason, isWanted };
    recorder.stop();
  }

  #closeGap(gap: Extract<Stage, { kind: 'gap' }>): void {
    const durationMs = Math.max(0, this.#elapsed() - gap.fromMs);
    this.#uplink.push({ kind: 'gap', atMs: gap.fromMs, durationMs, reason: gap.reason.slice(0, 200) });
  }

  #stopForGood(): void {
    if (this.#stage.kind === 'over') return;
    if (this.#stage.kind === 'running') this.#stage.recorder.stop();
    this.#stage = { kind: 'over' };
    this.#uplink.push({ kind: 'end' });
    this.#unplugAll();
    this.#onState('stopped');
  }

  #elapsed(): number {
    return this.#now() - this.#beganAt;
  }

  #plug(before: Ear | null, track: MediaStreamTrack | null, channel: 0 | 1): Ear | null {
    if (before?.track === track) return before;
    before?.node.disconnect();
    if (track === null) return null;
    const node = this.#quiet.context.createMediaStreamSource(new MediaStream([track]));
    node.connect(this.#merger, 0, channel);
    return { track, node };
  }

  #unplugAll(): void {
    this.#sources.sent?.node.disconnect();
    this.#sources.received?.node.disconnect();
    this.#merger.disconnect();
    this.#release();
  }
}

type Ear = { readonly track: MediaStreamTrack; readonly node: MediaStreamAudioSourceNode };
