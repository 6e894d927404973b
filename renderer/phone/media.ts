import type { PhoneReport } from '../../core/console-api.ts';
import type { SoundSettings } from '../../core/settings.ts';
import type { CallMedia } from './line.ts';
import { chosenDevice, Microphone, type MicrophoneState } from './microphone.ts';
import { Ringer } from './ringer.ts';

/** As many devices as the contract carries (core/console-api.ts); no seat has more. */
const devicesMax = 64;
/** Docks report each of their devices on its own; one look after the last of them is enough. */
const deviceChangeSettleMs = 250;

type Sink = 'ring' | 'talk' | 'interface';

/** The sound of the seat: the microphone, what the agent hears of each call, and the ringer, each on its own device. */
export class Media {
  readonly microphone: Microphone;
  readonly ringer: Ringer;
  readonly #report: (report: PhoneReport) => void;
  readonly #speakers = new Map<string, HTMLAudioElement>();
  readonly #now: () => number;
  #sound: SoundSettings | null = null;
  #reportedDevices = '';
  #microphoneState: { readonly state: MicrophoneState; readonly detail: string } = { state: 'off', detail: '' };
  readonly #silent = new Set<string>();
  #missing: readonly Sink[] = [];
  #saidState = JSON.stringify(this.#microphoneState);
  #settling: ReturnType<typeof setTimeout> | undefined;
  #sinks: Record<Sink, string> = { ring: '', talk: '', interface: '' };

  constructor(report: (report: PhoneReport) => void, now: () => number, silence: () => MediaStreamTrack) {
    this.#report = report;
    this.#now = now;
    this.ringer = new Ringer();
    this.microphone = new Microphone((state, detail) => {
      this.#microphoneState = { state, detail };
      this.#sayState();
      // Labels are there only once a microphone was allowed.
      void this.#lookAtDevices();
    }, silence);
    navigator.mediaDevices.addEventListener('devicechange', this.#devicesChanged);
    void this.#lookAtDevices();
  }

  configure(sound: SoundSettings, isMicrophoneWarm: boolean): void {
    this.#sound = sound;
    this.microphone.configure(sound.microphone, isMicrophoneWarm);
    this.ringer.setVolumes(sound.ringVolume, sound.talkVolume);
    for (const speaker of this.#speakers.values()) speaker.volume = sound.talkVolume;
    void this.#lookAtDevices();
  }

  /** Lets the agent hear a call, or not (held). A call is heard until `unhear`. */
  hear(callId: string, media: CallMedia, isSilent = false): void {
    if (media.received === null) return;
    const speaker = this.#speakers.get(callId) ?? this.#newSpeaker(callId);
    const present = speaker.srcObject instanceof MediaStream ? speaker.srcObject.getAudioTracks()[0] : undefined;
    if (present !== media.received) speaker.srcObject = new MediaStream([media.received]);
    speaker.muted = isSilent;
    play(speaker);
  }

  unhear(callId: string): void {
    this.sound(callId, true);
    const speaker = this.#speakers.get(callId);
    if (speaker === undefined) return;
    speaker.srcObject = null;
    this.#speakers.delete(callId);
  }

  /** Whether the sound of a call arrives; the light says when it does not. */
  sound(callId: string, isFlowing: boolean): void {
    if (isFlowing) this.#silent.delete(callId);
    else this.#silent.add(callId);
    this.#sayState();
  }

  /** A person has touched the page: whatever the browser kept silent may sound now. */
  allowed(): void {
    this.ringer.allowed();
    for (const speaker of this.#speakers.values()) play(speaker);
  }

  close(): void {
    clearTimeout(this.#settling);
    navigator.mediaDevices.removeEventListener('devicechange', this.#devicesChanged);
    for (const callId of [...this.#speakers.keys()]) this.unhear(callId);
    this.microphone.close();
    this.ringer.close();
  }

  readonly #devicesChanged = () => {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => {
      void this.#lookAtDevices();
      this.microphone.devicesChanged();
    }, deviceChangeSettleMs);
  };

  #newSpeaker(callId: string): HTMLAudioElement {
    const speaker = new Audio();
    speaker.autoplay = true;
    speaker.volume = this.#sound?.talkVolume ?? 1;
    this.#speakers.set(callId, speaker);
    toSink(speaker, this.#sinks.talk);
    return speaker;
  }

  async #lookAtDevices(): Promise<void> {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const listed = (kind: MediaDeviceKind) =>
      devices
        .filter((device) => device.kind === kind && device.deviceId !== '')
        .slice(0, devicesMax)
        .map(({ deviceId, label }) => ({ deviceId: deviceId.slice(0, 200), label: label.slice(0, 200) }));
    const devicesNow = { inputs: listed('audioinput'), outputs: listed('audiooutput') };
    if (JSON.stringify(devicesNow) !== this.#reportedDevices) {
      this.#reportedDevices = JSON.stringify(devicesNow);
      this.#report({ kind: 'sound-devices', ...devicesNow });
    }
    const sound = this.#sound;
    if (sound === null) return;
    const sinkOf = (sink: Sink) => {
      const choice = sound[sink];
      return choice === null ? '' : (chosenDevice(devices, 'audiooutput', choice)?.deviceId ?? '');
    };
    const sinks = { ring: sinkOf('ring'), talk: sinkOf('talk'), interface: sinkOf('interface') };
    const missing = (['ring', 'talk', 'interface'] as const).filter(
      (sink) => sound[sink] !== null && sinks[sink] === '',
    );
    this.#missing = missing;
    this.#sayState();
    this.#sinks = sinks;
    for (const speaker of this.#speakers.values()) toSink(speaker, sinks.talk);
    this.ringer.setSinks(sinks);
  }

  /** One light for all sound: a chosen loudspeaker that is gone counts as long as the microphone is well. */
  #sayState(): void {
    const { state, detail } = this.#microphoneState;
    const said =
      this.#silent.size > 0
        ? { state: 'silent' as const, detail: 'no packets arrive' }
        : state === 'ready' && this.#missing.length > 0
          ? { state: 'fell-back' as const, detail: `the system's loudspeaker is used for: ${this.#missing.join(', ')}` }
          : { state, detail };
    if (JSON.stringify(said) === this.#saidState) return;
    this.#saidState = JSON.stringify(said);
    this.#report({ kind: 'media', at: this.#now(), ...said });
  }
}

function play(speaker: HTMLAudioElement): void {
  speaker.play().catch((error: unknown) => {
    // Before the first gesture a browser refuses; `allowed` tries again. A new srcObject aborts the old play.
    if (!(error instanceof DOMException)) throw error;
    console.info('phone: not playing yet', error.name);
  });
}

function toSink(speaker: HTMLAudioElement, sinkId: string): void {
  if (speaker.sinkId === sinkId) return;
  speaker.setSinkId(sinkId).catch((error: unknown) => {
    console.warn('phone: the chosen loudspeaker does not open, the default one is used', error);
    if (sinkId !== '') toSink(speaker, '');
  });
}
