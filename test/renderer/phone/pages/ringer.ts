import { Ringer } from '../../../../renderer/phone/ringer.ts';

/** A ringer whose contexts the test can watch: what it plays is tapped before it reaches a loudspeaker. */
const contexts: { context: AudioContext; analyser: AnalyserNode }[] = [];
const connect = AudioNode.prototype.connect;
const tap = function (this: AudioNode, ...args: unknown[]): unknown {
  const [target] = args;
  if (target instanceof AudioDestinationNode && this.context instanceof AudioContext) {
    const known = contexts.find((each) => each.context === this.context);
    const watched = known ?? { context: this.context, analyser: new AnalyserNode(this.context, { fftSize: 2048 }) };
    if (known === undefined) contexts.push(watched);
    Reflect.apply(connect, this, [watched.analyser]);
  }
  return Reflect.apply(connect, this, args);
};
Object.defineProperty(AudioNode.prototype, 'connect', { value: tap });

const ringer = new Ringer();
Object.assign(window, {
  ringer,
  states: () => contexts.map(({ context }) => context.state),
  /** The loudest sample of each context over some milliseconds. */
  peaks: async (ms: number) => {
    const samples = new Float32Array(2048);
    const peaks = contexts.map(() => 0);
    for (const end = performance.now() + ms; performance.now() < end; ) {
      contexts.forEach(({ analyser }, at) => {
        analyser.getFloatTimeDomainData(samples);
        peaks[at] = samples.reduce((loudest, each) => Math.max(loudest, Math.abs(each)), peaks[at] ?? 0);
      });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return peaks;
  },
});
