import type { PhoneReport, PhoneSetup } from '../../core/console-api.ts';
import { cardFirstMs } from './card-first.ts';
import type { CallMedia, LineCallEvent, LineOutcome } from './line.ts';
import { refused, taken } from './line.ts';
import type { Media } from './media.ts';
import { readCounters, watchQuality } from './quality.ts';
import type { Recorder, RecorderState } from './recorder.ts';

export type CallMonitorOptions = {
  readonly media: Pick<Media, 'hear' | 'unhear' | 'sound' | 'ringer'>;
  readonly newRecorder: (callId: string, onState: (state: RecorderState) => void) => Recorder;
  /** Wakes what the recorder works with, so that the first word is not lost to its waking up; answers how to let go. */
  readonly wake: () => () => void;
  readonly report: (report: PhoneReport) => void;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
};

type Watched = {
  stage: 'ringing' | 'dialling' | 'up' | 'held';
  recorder: Recorder | null;
  stopQuality: (() => void) | null;
  stopRingback: (() => void) | null;
  readonly sleep: () => void;
};

/** How often a dialled call is looked at for the switch's own sound. */
const earlyLookMs = 200;

/**
 * What goes with every call: the ring, the ringback until the switch sends sound of its own, the loudspeaker, the
 * recorder and the quality reports. It hears what happens to calls and does nothing to them.
 */
export class CallMonitor {
  readonly #options: CallMonitorOptions;
  readonly #calls = new Map<string, Watched>();
  #isRecording = true;
  #modemCalls: PhoneSetup['modemCalls'] = { ringing: 0, isUp: false };

  constructor(options: CallMonitorOptions) {
    this.#options = options;
  }

  configure({ isRecording, modemCalls }: Pick<PhoneSetup, 'modemCalls'> & { readonly isRecording: boolean }): void {
    this.#isRecording = isRecording;
    this.#modemCalls = modemCalls;
    this.#ring();
  }

  offered(callId: string): void {
    this.#begin(callId, 'ringing');
    setTimeout(() => this.#ring(), cardFirstMs);
  }

  /** Whether the sound of a call arrives. */
  sound(callId: string, isFlowing: boolean): void {
    this.#options.media.sound(callId, isFlowing);
  }

  happened(callId: string, event: LineCallEvent, media: () => CallMedia | null): void {
    const call = this.#calls.get(callId) ?? this.#begin(callId, 'dialling');
    switch (event.kind) {
      case 'alerting':
        this.#ringback(call, callId, media);
        break;
      case 'answering':
        call.stopRingback?.();
        if (call.stage === 'ringing') call.stage = 'up';
        break;
      case 'established':
        call.stopRingback?.();
        call.stage = 'up';
        this.#established(callId, call, media());
        break;
      case 'held':
      case 'resumed': {
        call.stage = event.kind === 'held' ? 'held' : 'up';
        const present = media();
        if (present !== null) this.#options.media.hear(callId, present, call.stage === 'held');
        break;
      }
      case 'ended':
        this.#ended(callId, call, event.cause === 'hung-up-here');
        break;
      default:
        break;
    }
    this.#ring();
  }

  mediaChanged(callId: string, media: CallMedia | null): void {
    const call = this.#calls.get(callId);
    if (media === null || call === undefined) return;
    this.#options.media.hear(callId, media, call.stage === 'held');
    call.recorder?.listen(media);
  }

  pauseRecording(callId: string, reason: string): LineOutcome {
    return this.#calls.get(callId)?.recorder?.pause(reason) ? taken : refused('the call is not being recorded');
  }

  resumeRecording(callId: string): LineOutcome {
    return this.#calls.get(callId)?.recorder?.resume() ? taken : refused('the recording is not paused');
  }

  /** Every call is over; recordings are closed. */
  async close(): Promise<void> {
    const recorders = [...this.#calls.values()].map((call) => call.recorder?.end());
    for (const [callId, call] of [...this.#calls]) this.#ended(callId, call, true);
    await Promise.all(recorders);
  }

  #begin(callId: string, stage: 'ringing' | 'dialling'): Watched {
    const sleep = stage === 'ringing' ? this.#wakeSoon() : this.#options.wake();
    const call: Watched = { stage, recorder: null, stopQuality: null, stopRingback: null, sleep };
    this.#calls.set(callId, call);
    return call;
  }

  #wakeSoon(): () => void {
    let sleep = (): void => {};
    const timer = setTimeout(() => {
      sleep = this.#options.wake();
    }, cardFirstMs);
    return () => {
      clearTimeout(timer);
      sleep();
    };
  }

  #established(callId: string, call: Watched, media: CallMedia | null): void {
    if (media === null) return;
    const { report, now } = this.#options;
    this.#options.media.hear(callId, media);
    call.stopQuality = watchQuality(media.connection, (quality) => {
      report({ kind: 'quality', callId, at: now(), report: quality });
    });
    if (!this.#isRecording) return;
    call.recorder = this.#options.newRecorder(callId, (state) =>
      report({ kind: 'recording', callId, at: now(), state }),
    );
    call.recorder.listen(media);
    call.recorder.start();
  }

  #ended(callId: string, call: Watched, wasOurs: boolean): void {
    this.#calls.delete(callId);
    call.stopRingback?.();
    call.stopQuality?.();
    call.sleep();
    this.#options.media.unhear(callId);
    if (call.stage !== 'ringing' && !wasOurs) this.#options.media.ringer.ended();
    call.recorder?.end().catch((error: unknown) => console.error('phone: a recording was not closed', error));
  }

  #ring(): void {
    const calls = [...this.#calls.values()];
    const ringing = calls.filter((call) => call.stage === 'ringing').length;
    this.#options.media.ringer.ringFor(
      ringing + this.#modemCalls.ringing,
      this.#modemCalls.isUp || calls.some((call) => call.stage !== 'ringing'),
    );
  }

  /** Our own ringback, until sound of the switch has really come: a 183 promises it, only RTP proves it. */
  #ringback(call: Watched, callId: string, media: () => CallMedia | null): void {
    if (call.stopRingback !== null || call.stage !== 'dialling') return;
    const { ringer } = this.#options.media;
    ringer.ringback(true);
    const look = async () => {
      const present = media();
      if (present === null) return;
      const counters = await readCounters(present.connection);
      if (counters === null || counters.packetsReceived === 0 || call.stage !== 'dialling') return;
      ringer.ringback(false);
      this.#options.media.hear(callId, present);
    };
    const timer = setInterval(() => {
      look().catch((error: unknown) => console.warn('phone: early sound could not be looked for', error));
    }, earlyLookMs);
    call.stopRingback = () => {
      clearInterval(timer);
      ringer.ringback(false);
    };
  }
}
