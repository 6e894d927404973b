import { jssipLine } from '../../../../renderer/phone/jssip-line.ts';
import type { Line, LineEvent, LineOutcome } from '../../../../renderer/phone/line.ts';
import { Microphone } from '../../../../renderer/phone/microphone.ts';
import { type PracticeLine, practiceLine } from '../../../../renderer/phone/practice-line.ts';
import type { PracticeScript } from '../../../../renderer/phone/practice-script.ts';
import { readCounters } from '../../../../renderer/phone/quality.ts';
import { QuietAudio } from '../../../../renderer/phone/quiet-audio.ts';
import { SignallingSocket } from '../../../../renderer/phone/signalling.ts';
import { holds } from './holds.ts';

/** A bare line in a page, driven by the suite: commands by name, events kept. */
const quiet = new QuietAudio();
const events: LineEvent[] = [];
const watchers = new Set<() => void>();
const microphone = new Microphone(
  () => undefined,
  () => quiet.silence(),
);
let line: (Line & Partial<Pick<PracticeLine, 'callMe'>>) | null = null;

function hear(event: LineEvent): void {
  events.push(event);
  for (const resolve of watchers) resolve();
  watchers.clear();
}

/** A tone as a customer's voice, so that being heard can be measured. */
async function toneSentence(): Promise<AudioBuffer> {
  const buffer = new AudioBuffer({ length: 48_000 * 20, sampleRate: 48_000 });
  buffer.getChannelData(0).forEach((_, at, samples) => {
    samples[at] = 0.3 * Math.sin((2 * Math.PI * 500 * at) / 48_000);
  });
  return buffer;
}

const text = { 'zh-CN': '你好', en: 'hello' };
const nobody = { name: '王芳 "A"', number: '13800138000' };
const script = (scriptId: string, patienceSeconds: number, steps: PracticeScript['steps']): PracticeScript => ({
  scriptId,
  title: text,
  customer: { 'zh-CN': nobody, en: nobody },
  patienceSeconds,
  steps,
});

Object.assign(window, {
  events,
  startPractice: () => {
    line = practiceLine({
      quiet,
      sound: microphone,
      scripts: [
        script('patient', 60, [{ kind: 'say', sound: 'tone', text }]),
        script('hangs-up', 60, [{ kind: 'listen', secondsMax: 0.3 }, { kind: 'hang-up' }]),
        script('gives-up', 0.5, [{ kind: 'hang-up' }]),
      ],
      language: () => 'en',
      loadSentence: toneSentence,
      newCallId: () => crypto.randomUUID(),
      onEvent: hear,
    });
    microphone.configure(null, true);
    line.start();
  },
  startSwitch: (server: string, user: string, password: string) => {
    line = jssipLine({
      kind: 'switch',
      echoNumber: '*43',
      socket: new SignallingSocket({
        servers: [server],
        user,
        domain: '127.0.0.1',
        onBadFrames: (counts) => hear({ kind: 'bad-frames', ...counts }),
        isBusy: () => true,
      }),
      user,
      domain: '127.0.0.1',
      displayName: '',
      password,
      sound: microphone,
      newCallId: () => crypto.randomUUID(),
      onEvent: hear,
    });
    microphone.configure(null, true);
    line.start();
  },
  command: (name: keyof Line | 'callMe', ...args: unknown[]): LineOutcome => {
    const command = line?.[name as 'answer'];
    if (typeof command !== 'function') throw new Error(`no command ${name}`);
    return (command as (...given: unknown[]) => LineOutcome)(...args);
  },
  stop: () => line?.stop(),
  /** The first event at or after `from` whose JSON holds every given part; resolves with it and its place. */
  waitFor: async (from: number, parts: Record<string, unknown>): Promise<{ event: LineEvent; at: number }> => {
    for (;;) {
      const at = events.findIndex((event, index) => index >= from && holds(event, parts));
      const event = events[at];
      if (event !== undefined) return { event, at };
      await new Promise<void>((resolve) => watchers.add(resolve));
    }
  },
  /** Packets received and the strongest tone heard, over half a second. */
  hears: async (callId: string) => {
    const media = line?.media(callId);
    if (!media?.received) return null;
    const stop = quiet.use();
    const stream = new MediaStream([media.received]);
    const element = new Audio();
    element.muted = true;
    element.srcObject = stream;
    await element.play();
    const analyser = new AnalyserNode(quiet.context, { fftSize: 8192, smoothingTimeConstant: 0 });
    const source = quiet.context.createMediaStreamSource(stream);
    source.connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    source.disconnect();
    element.srcObject = null;
    stop();
    const loudest = bins.reduce((best, level, at) => (level > (bins[best] ?? -999) ? at : best), 0);
    const counters = await readCounters(media.connection);
    return {
      hz: (loudest * quiet.context.sampleRate) / analyser.fftSize,
      decibels: bins[loudest] ?? -999,
      codec: counters?.codec ?? '',
    };
  },
  isSending: (callId: string) => line?.media(callId)?.sent?.enabled ?? null,
  useMicrophone: (label: string) => microphone.configure({ deviceId: '', label }, true),
  microphoneLabel: (callId: string) => line?.media(callId)?.sent?.label ?? null,
});
