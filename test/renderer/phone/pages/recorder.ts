import { PresentConsole } from '../../../../renderer/phone/present-console.ts';
import { QuietAudio, trackOf } from '../../../../renderer/phone/quiet-audio.ts';
import { Recorder } from '../../../../renderer/phone/recorder.ts';
import { FakeConsole } from './fake-console.ts';

/** A recorder on two tones, 440 Hz as the agent and 1250 Hz as the caller, and a seat process that is a fake. */
const seat = new FakeConsole();
const present = new PresentConsole();
present.set(seat.asConsole());
const quiet = new QuietAudio();

function tone(hz: number): MediaStreamTrack {
  const oscillator = new OscillatorNode(quiet.context, { frequency: hz });
  const destination = quiet.context.createMediaStreamDestination();
  oscillator.connect(new GainNode(quiet.context, { gain: 0.4 })).connect(destination);
  oscillator.start();
  return trackOf(destination);
}

const sent = tone(440);
const received = tone(1250);
const states: string[] = [];
let recorder: Recorder | null = null;

Object.assign(window, {
  seat,
  states,
  present,
  begin: (callId: string, waitingMsMax?: number) => {
    recorder = new Recorder({
      callId,
      quiet,
      present,
      onState: (state) => states.push(state),
      now: () => performance.now(),
      ...(waitingMsMax !== undefined && { waitingMsMax }),
    });
    recorder.listen({ connection: new RTCPeerConnection(), sent, received });
    recorder.start();
  },
  pause: (reason: string) => recorder?.pause(reason),
  resume: () => recorder?.resume(),
  end: () => recorder?.end(),
  forget: () => {
    seat.isForgetful = true;
  },
  away: () => present.set(null),
  back: () => present.set(seat.asConsole()),
  mute: (isMuted: boolean) => {
    sent.enabled = !isMuted;
  },
  /** Decodes one segment of the latest recording and measures, in decibels of full scale, each tone on each channel. */
  measure: async (segment: number) => {
    const last = seat.recordingSteps.findLastIndex((step) => step.kind === 'begin');
    const pieces = seat.recordingSteps.slice(last).filter((step) => step.kind === 'append' && step.segment === segment);
    const bytes = pieces.map((step) =>
      Uint8Array.from(atob(String(step.soundBase64)), (letter) => letter.charCodeAt(0)),
    );
    const sound = await quiet.context.decodeAudioData(await new Blob(bytes).arrayBuffer());
    const level = (channel: number, hz: number) => {
      const samples = sound.getChannelData(channel).subarray(sound.sampleRate * 0.3, sound.sampleRate * 1.3);
      let real = 0;
      let imaginary = 0;
      samples.forEach((sample, at) => {
        real += sample * Math.cos((2 * Math.PI * hz * at) / sound.sampleRate);
        imaginary += sample * Math.sin((2 * Math.PI * hz * at) / sound.sampleRate);
      });
      return 20 * Math.log10((2 * Math.hypot(real, imaginary)) / samples.length + 1e-9);
    };
    return {
      channels: sound.numberOfChannels,
      seconds: sound.duration,
      agentLeft: level(0, 440),
      callerLeft: level(0, 1250),
      agentRight: level(1, 440),
      callerRight: level(1, 1250),
      bitsPerSecond: (bytes.reduce((sum, piece) => sum + piece.length, 0) * 8) / sound.duration,
    };
  },
});
