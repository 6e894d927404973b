import { toSink } from './audio-sink.ts';

/** A ring is two notes, a fourth apart (A4, D5), soft at the edges: it is heard two hundred times a day (look.md). */
const ringNotesHz = [440, 587.33] as const;
const noteSeconds = 0.42;
const attackSeconds = 0.06;
const ringEverySeconds = 3;
/** The ring rises from a fifth of its volume to all of it over six seconds. */
const riseSeconds = 6;
const quietestShare = 0.2;
/** A call that waits while another is up: the same notes, this much softer, in the ear. */
const waitingShare = 0.15;
/** Ringback as in China and most of Europe: 450 Hz, 1 s on, 4 s off (ITU-T E.180 supplement 2). */
const ringbackHz = 450;
const ringbackOnSeconds = 1;
const ringbackEverySeconds = 5;
const ringbackShare = 0.12;

export type RingSinks = { readonly ring: string; readonly talk: string; readonly interface: string };

/** What the seat itself sounds like: the ring, the waiting call, the ringback, and small confirmations. */
export class Ringer {
  readonly #ring = new Voice();
  readonly #talk = new Voice();
  readonly #interface = new Voice();
  #ringing: 'silent' | 'waiting' | 'ringing' = 'silent';
  #stopRing: (() => void) | null = null;
  #stopRingback: (() => void) | null = null;
  #volumes = { ring: 0.8, talk: 1 };

  setSinks(sinks: RingSinks): void {
    this.#ring.setSink(sinks.ring);
    this.#talk.setSink(sinks.talk);
    this.#interface.setSink(sinks.interface);
  }

  setVolumes(ring: number, talk: number): void {
    this.#volumes = { ring, talk };
  }

  /** `calls`: how many ring; `isTalking`: whether a call is up, so that the ring is a soft one in the ear. */
  ringFor(calls: number, isTalking: boolean): void {
    const wanted = calls === 0 ? 'silent' : isTalking ? 'waiting' : 'ringing';
    // Asked again at every event of every call: a ring that is right already must not begin anew.
    if (wanted === this.#ringing) return;
    this.#ringing = wanted;
    this.#stopRing?.();
    this.#stopRing = null;
    if (wanted === 'silent') return;
    this.#stopRing = isTalking
      ? this.#talk.repeat(ringEverySeconds * 2, (start) =>
          this.#bell(this.#talk, start, this.#volumes.talk * waitingShare),
        )
      : this.#ring.repeat(ringEverySeconds, (start, sinceSeconds) => {
          const rise = Math.min(1, quietestShare + ((1 - quietestShare) * sinceSeconds) / riseSeconds);
          this.#bell(this.#ring, start, this.#volumes.ring * rise);
        });
  }

  /** The tone a caller hears while the far telephone rings; only while the switch sends none of its own. */
  ringback(isOn: boolean): void {
    if (isOn === (this.#stopRingback !== null)) return;
    this.#stopRingback?.();
    this.#stopRingback = isOn
      ? this.#talk.repeat(ringbackEverySeconds, (start) =>
          this.#talk.note(ringbackHz, start, ringbackOnSeconds, this.#volumes.talk * ringbackShare),
        )
      : null;
  }

  /** One short note: something ended that the agent did not end. */
  ended(): void {
    this.#interface.once((start) =>
      this.#interface.note(ringNotesHz[0], start, 0.18, this.#volumes.talk * waitingShare),
    );
  }

  /** A person has touched the page: contexts that the browser kept asleep may sound now. */
  allowed(): void {
    for (const voice of [this.#ring, this.#talk, this.#interface]) voice.wake();
  }

  close(): void {
    this.ringFor(0, false);
    this.ringback(false);
    for (const voice of [this.#ring, this.#talk, this.#interface]) voice.close();
  }

  #bell(voice: Voice, start: number, volume: number): void {
    const [low, high] = ringNotesHz;
    voice.note(low, start, noteSeconds, volume);
    voice.note(high, start + noteSeconds * 0.85, noteSeconds * 1.6, volume);
  }
}

/** How long a voice stays awake after its last note: an idle AudioContext costs a share of a core all day. */
const idleMs = 1_500;

/** One AudioContext on one sink, asleep while nothing sounds. */
class Voice {
  #context: AudioContext | null = null;
  #sinkId = '';
  #users = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  setSink(sinkId: string): void {
    if (sinkId === this.#sinkId) return;
    this.#sinkId = sinkId;
    if (this.#context !== null) toSink(this.#context, this.#sinkId);
  }

  /** Plays now and every `everySeconds` until the answered function is called. */
  repeat(everySeconds: number, play: (start: number, sinceSeconds: number) => void): () => void {
    const context = this.#use();
    const begun = performance.now();
    const round = () => {
      // Audio time stands still while the context sleeps; scheduling then would pile the notes up.
      if (context.state === 'running') play(context.currentTime + 0.02, (performance.now() - begun) / 1000);
    };
    const whenRunning = () => round();
    if (context.state === 'running') round();
    else context.addEventListener('statechange', whenRunning, { once: true });
    const timer = setInterval(round, everySeconds * 1000);
    return () => {
      clearInterval(timer);
      context.removeEventListener('statechange', whenRunning);
      this.#fade(context);
      this.#unuse();
    };
  }

  once(play: (start: number) => void): void {
    const stop = this.repeat(3600, play);
    setTimeout(stop, idleMs);
  }

  /** A sine with a touch of its octave, eased in and out so that nothing clicks. */
  note(hz: number, start: number, seconds: number, volume: number): void {
    const context = this.#context;
    if (context === null || volume <= 0) return;
    const gain = context.createGain();
    gain.gain.setValueAtTime(0, start);
    gain.gain.linearRampToValueAtTime(volume * 0.5, start + attackSeconds);
    gain.gain.setTargetAtTime(0, start + seconds * 0.6, seconds / 6);
    gain.connect(this.#output(context));
    for (const [multiple, share] of [
      [1, 1],
      [2, 0.18],
    ] as const) {
      const oscillator = new OscillatorNode(context, { frequency: hz * multiple });
      const partial = new GainNode(context, { gain: share });
      oscillator.connect(partial).connect(gain);
      oscillator.start(start);
      oscillator.stop(start + seconds * 1.5);
    }
  }

  wake(): void {
    if (this.#users > 0 && this.#context !== null) resume(this.#context);
  }

  close(): void {
    clearTimeout(this.#idle);
    void this.#context?.close();
    this.#context = null;
  }

  #main: GainNode | null = null;

  #output(context: AudioContext): GainNode {
    if (this.#main === null) {
      this.#main = new GainNode(context, { gain: 1 });
      this.#main.connect(context.destination);
    }
    return this.#main;
  }

  /** Whatever still rings goes quiet at once: an agent who answered wants to hear the customer, not the bell. */
  #fade(context: AudioContext): void {
    const main = this.#main;
    if (main === null) return;
    main.gain.setTargetAtTime(0, context.currentTime, 0.015);
    this.#main = null;
    setTimeout(() => main.disconnect(), 200);
  }

  #use(): AudioContext {
    clearTimeout(this.#idle);
    this.#users += 1;
    if (this.#context === null) {
      this.#context = new AudioContext();
      toSink(this.#context, this.#sinkId);
    }
    resume(this.#context);
    return this.#context;
  }

  #unuse(): void {
    this.#users -= 1;
    if (this.#users > 0) return;
    this.#idle = setTimeout(() => {
      if (this.#users === 0) void this.#context?.suspend();
    }, idleMs);
  }
}

function resume(context: AudioContext): void {
  if (context.state === 'running' || context.state === 'closed') return;
  context.resume().catch((error: unknown) => console.warn('phone: sound stays off', error));
}
