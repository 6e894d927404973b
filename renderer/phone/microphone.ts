import type { SoundChoice } from '../../core/settings.ts';
import type { LentTrack, SoundSource } from './line.ts';

/**
 * No processing of the agent's voice. A headset needs no echo cancelling (no loudspeaker in the room), its own boom
 * microphone keeps the hall out, and gain control moves the level a technician set at the headset. Noise suppression
 * also takes out steady tones: a caller must hear a tone as it is, and a recording must be true. Sound comes 10 ms earlier.
 */
export const microphoneProcessing = {
  echoCancellation: false,
  noiseSuppression: false,
  autoGainControl: false,
  channelCount: 1,
} as const satisfies MediaTrackConstraints;

/** How the microphone stands. `fell-back`: the chosen one is gone and another took over. */
export type MicrophoneState = 'off' | 'ready' | 'no-microphone' | 'refused' | 'fell-back';

type Leg = { track: MediaStreamTrack; listener: (track: MediaStreamTrack) => void };

/**
 * The one open microphone of the page, lent to calls as clones: muting one call never mutes another, and a change of
 * device puts a new track into each call without a new offer. Never leaves a call without a track: silence is lent when
 * there is no microphone, and replaced when one comes.
 */
export class Microphone implements SoundSource {
  readonly #onState: (state: MicrophoneState, detail: string) => void;
  readonly #silence: () => MediaStreamTrack;
  readonly #legs = new Set<Leg>();
  #choice: SoundChoice | null = null;
  #isWarm = false;
  #source: MediaStreamTrack | null = null;
  #opening: Promise<void> | null = null;
  #reported = '';

  constructor(onState: (state: MicrophoneState, detail: string) => void, silence: () => MediaStreamTrack) {
    this.#onState = onState;
    this.#silence = silence;
  }

  /** Which device, and whether it stays open between calls. */
  configure(choice: SoundChoice | null, isWarm: boolean): void {
    const isOther = choice?.deviceId !== this.#choice?.deviceId || choice?.label !== this.#choice?.label;
    this.#choice = choice;
    this.#isWarm = isWarm;
    if (isOther && this.#source !== null) void this.#open();
    else this.#settle();
  }

  /** Something was plugged in or out: go back to the chosen device, or open one at last. */
  devicesChanged(): void {
    if (this.#source === null && !this.#isWarm && this.#legs.size === 0) return;
    void this.#open();
  }

  async lend(_callId: string): Promise<LentTrack> {
    if (this.#source === null) await this.#open();
    const source = this.#source;
    const leg: Leg = { track: source === null ? this.#silence() : source.clone(), listener: () => undefined };
    this.#legs.add(leg);
    return {
      get track() {
        return leg.track;
      },
      onReplaced: (listener) => {
        leg.listener = listener;
      },
      release: () => {
        leg.track.stop();
        this.#legs.delete(leg);
        this.#settle();
      },
    };
  }

  close(): void {
    this.#isWarm = false;
    for (const leg of this.#legs) leg.track.stop();
    this.#legs.clear();
    this.#settle();
  }

  /** Open when warm or in a call, closed when neither. */
  #settle(): void {
    const isNeeded = this.#isWarm || this.#legs.size > 0;
    if (isNeeded && this.#source === null && this.#opening === null) void this.#open();
    if (isNeeded || this.#source === null) return;
    this.#source.onended = null;
    this.#source.stop();
    this.#source = null;
    this.#report('off', '');
  }

  /** One opening at a time; who comes while one runs gets its result. Never rejects. */
  #open(): Promise<void> {
    this.#opening ??= this.#openNow().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  async #openNow(): Promise<void> {
    const before = this.#source;
    const found = await this.#find();
    if (found === null) return;
    if (
      before !== null &&
      before.readyState === 'live' &&
      before.getSettings().deviceId === found.getSettings().deviceId
    ) {
      found.stop();
      return;
    }
    // A warm source is silent by itself; only the clones of live calls are let through.
    found.enabled = false;
    found.onended = () => this.#lost();
    this.#source = found;
    for (const leg of this.#legs) {
      const old = leg.track;
      leg.track = found.clone();
      leg.listener(leg.track);
      old.stop();
    }
    if (before !== null) {
      before.onended = null;
      before.stop();
    }
    this.#settle();
  }

  /** The chosen device, by id or by its remembered label, else the system's default. Null and reported when none opens. */
  async #find(): Promise<MediaStreamTrack | null> {
    const wanted = this.#choice;
    try {
      const deviceId = wanted === null ? null : await deviceIdOf(wanted);
      if (deviceId !== null) {
        const track = await openTrack({ ...microphoneProcessing, deviceId: { exact: deviceId } }).catch(gone);
        if (track !== null) {
          this.#report('ready', track.label);
          return track;
        }
      }
      const track = await openTrack(microphoneProcessing);
      this.#report(wanted === null ? 'ready' : 'fell-back', track.label);
      return track;
    } catch (error) {
      const isRefused = error instanceof DOMException && error.name === 'NotAllowedError';
      this.#report(isRefused ? 'refused' : 'no-microphone', String(error));
      return null;
    }
  }

  #lost(): void {
    this.#source = null;
    if (this.#isWarm || this.#legs.size > 0) void this.#open();
    else this.#report('off', '');
  }

  #report(state: MicrophoneState, detail: string): void {
    const said = `${state} ${detail}`;
    if (said === this.#reported) return;
    this.#reported = said;
    this.#onState(state, detail.slice(0, 300));
  }
}

async function openTrack(constraints: MediaTrackConstraints): Promise<MediaStreamTrack> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: constraints });
  const [track] = stream.getAudioTracks();
  if (track === undefined) throw new DOMException('no audio track', 'NotFoundError');
  return track;
}

/** A device that went away between the listing and the opening: null, so that the default is taken. Else rethrown. */
function gone(error: unknown): null {
  if (
    error instanceof DOMException &&
    ['NotFoundError', 'OverconstrainedError', 'NotReadableError'].includes(error.name)
  ) {
    return null;
  }
  throw error;
}

async function deviceIdOf(choice: SoundChoice): Promise<string | null> {
  const devices = await navigator.mediaDevices.enumerateDevices();
  return chosenDevice(devices, 'audioinput', choice)?.deviceId ?? null;
}

/** The device somebody chose: by id, else by label, because browsers hand out new ids. */
export function chosenDevice<Device extends { kind: string; deviceId: string; label: string }>(
  devices: readonly Device[],
  kind: MediaDeviceKind,
  choice: SoundChoice,
): Device | null {
  const ofKind = devices.filter((device) => device.kind === kind);
  const byId = ofKind.find((device) => choice.deviceId !== '' && device.deviceId === choice.deviceId);
  return byId ?? ofKind.find((device) => choice.label !== '' && device.label === choice.label) ?? null;
}
