import { Microphone } from '../../../../renderer/phone/microphone.ts';
import { QuietAudio } from '../../../../renderer/phone/quiet-audio.ts';

/** A microphone on devices the test plugs in and out: a working stand-in for navigator.mediaDevices, tones as devices. */
const quiet = new QuietAudio();
const states: string[] = [];
let plugged: string[] = [];
let refusal: string | null = null;
const open = new Set<{ label: string; track: MediaStreamTrack }>();

function openDevice(label: string): MediaStreamTrack {
  const track = quiet.silence();
  Object.defineProperty(track, 'label', { value: label });
  Object.defineProperty(track, 'getSettings', { value: () => ({ deviceId: `id-${label}` }) });
  const clone = track.clone.bind(track);
  // A clone is of the same device; the real ones say so too.
  Object.defineProperty(track, 'clone', {
    value: () => {
      const copy = clone();
      Object.defineProperty(copy, 'label', { value: label });
      return copy;
    },
  });
  open.add({ label, track });
  return track;
}

navigator.mediaDevices.enumerateDevices = async () =>
  plugged.map((label) => ({ kind: 'audioinput', deviceId: `id-${label}`, label }) as MediaDeviceInfo);
navigator.mediaDevices.getUserMedia = async (constraints) => {
  if (refusal !== null) throw new DOMException('no', refusal);
  const audio = constraints?.audio;
  const wish = typeof audio === 'object' ? audio.deviceId : undefined;
  const exact = typeof wish === 'object' && 'exact' in wish ? wish.exact : undefined;
  const label = exact === undefined ? plugged[0] : plugged.find((each) => `id-${each}` === exact);
  if (label === undefined) throw new DOMException('no device', 'NotFoundError');
  return new MediaStream([openDevice(label)]);
};

const microphone = new Microphone(
  (state, detail) => states.push(`${state} ${detail}`.trim()),
  () => quiet.silence(),
);
const legs: { label: string; release: () => void }[] = [];

Object.assign(window, {
  states,
  plug: (...labels: string[]) => {
    plugged = labels;
  },
  refuse: (name: string | null) => {
    refusal = name;
  },
  configure: (label: string | null, isWarm: boolean) =>
    microphone.configure(label === null ? null : { deviceId: '', label }, isWarm),
  changed: () => microphone.devicesChanged(),
  lend: async () => {
    const lent = await microphone.lend('c');
    const leg = { label: lent.track.label, release: lent.release };
    lent.onReplaced((track) => {
      leg.label = track.label;
    });
    legs.push(leg);
  },
  /** The device is pulled out: its track ends, as a browser tells it. */
  pull: (label: string) => {
    plugged = plugged.filter((each) => each !== label);
    for (const device of open) if (device.label === label) device.track.onended?.(new Event('ended'));
  },
  labels: () => legs.map((leg) => leg.label),
  release: () => {
    for (const leg of legs.splice(0)) leg.release();
  },
  /** Resolves when nothing is under way any more. */
  settled: () => new Promise((resolve) => setTimeout(resolve, 30)),
  forget: () => {
    states.length = 0;
  },
});
