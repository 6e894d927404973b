import './audio-sink.ts';

/**
 * An AudioContext that sounds nowhere: for mixing, measuring and generating inside the page. It sleeps while nobody uses
 * it, because a running context costs a share of a core all day.
 */
export class QuietAudio {
  readonly context = new AudioContext({ sinkId: { type: 'none' } });
  #users = 0;

  constructor() {
    this.#set('suspend');
  }

  /** Wakes it until the answered function is called (once). */
  use(): () => void {
    this.#users += 1;
    this.#set('resume');
    let isUsed = true;
    return () => {
      if (!isUsed) return;
      isUsed = false;
      this.#users -= 1;
      if (this.#users === 0) this.#set('suspend');
    };
  }

  /** A person has touched the page: the browser lets it run now. */
  allowed(): void {
    if (this.#users > 0) this.#set('resume');
  }

  /** A track that says nothing. */
  silence(): MediaStreamTrack {
    return trackOf(this.context.createMediaStreamDestination());
  }

  close(): Promise<void> {
    return this.context.close();
  }

  #set(what: 'resume' | 'suspend'): void {
    if (this.context.state === 'closed') return;
    this.context[what]().catch((error: unknown) => console.warn(`phone: inner sound does not ${what}`, error));
  }
}

/** The one track of a destination node. */
export function trackOf(destination: MediaStreamAudioDestinationNode): MediaStreamTrack {
  const [track] = destination.stream.getAudioTracks();
  if (track === undefined) throw new Error('a MediaStreamDestination has one audio track');
  return track;
}
