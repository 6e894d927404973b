/** AudioContext output devices (W3C "Audio Output Devices API", Web Audio section), in Chromium since 110; not yet in TypeScript's DOM. */
declare global {
  interface AudioContextOptions {
    sinkId?: string | { type: 'none' };
  }
  interface AudioContext {
    setSinkId(sinkId: string | { type: 'none' }): Promise<void>;
  }
}

/** Sends a context to an output device; empty for the system's own. A device that does not open leaves it where it is. */
export function toSink(context: AudioContext, sinkId: string): void {
  context.setSinkId(sinkId).catch((error: unknown) => {
    console.warn('phone: the chosen loudspeaker does not open, the default one is used', error);
  });
}
