import { type Console, ConsoleLost } from '../console-link.ts';
import { Outbox } from './outbox.ts';
import type { PresentConsole } from './present-console.ts';

/** One step of writing a recording; the order is the order of the recording. */
export type RecordingStep =
  | {
      readonly kind: 'append';
      readonly segment: number;
      readonly atMs: number;
      readonly durationMs: number;
      readonly sound: Blob;
    }
  | { readonly kind: 'gap'; readonly atMs: number; readonly durationMs: number; readonly reason: string }
  | { readonly kind: 'end' };

/** Why writing stopped for good. `refused`: the seat process does not know the recording any more (it was started anew). */
export type UplinkStop = 'disk-full' | 'refused';

/** Sends one recording to the seat process: begins it, then every step in order, across lost connections. */
export class RecordingUplink {
  readonly #callId: string;
  readonly #outbox: Outbox<RecordingStep>;
  readonly #onStop: (why: UplinkStop) => void;
  #recordingId: string | null = null;
  #isStopped = false;

  constructor(present: PresentConsole, callId: string, onStop: (why: UplinkStop) => void) {
    this.#callId = callId;
    this.#onStop = onStop;
    this.#outbox = new Outbox(present, (console, step) => this.#send(console, step));
  }

  push(step: RecordingStep): void {
    this.#outbox.push(step);
  }

  /** How many steps wait; nearly all of them are chunks of sound. */
  get waiting(): number {
    return this.#outbox.length;
  }

  whenEmpty(): Promise<void> {
    return this.#outbox.whenEmpty();
  }

  async #send(console: Console, step: RecordingStep): Promise<void> {
    if (this.#isStopped && step.kind !== 'end') return;
    try {
      await this.#write(console, step);
    } catch (error) {
      if (error instanceof ConsoleLost || this.#isStopped) throw error;
      this.#stop('refused');
      throw error;
    }
  }

  async #write(console: Console, step: RecordingStep): Promise<void> {
    this.#recordingId ??= (await console.recordings.begin({ callId: this.#callId })).recordingId;
    const recordingId = this.#recordingId;
    if (step.kind === 'end') {
      await console.recordings.end({ recordingId });
      return;
    }
    const outcome =
      step.kind === 'gap'
        ? await console.recordings.gap({
            recordingId,
            atMs: step.atMs,
            durationMs: step.durationMs,
            reason: step.reason,
          })
        : await console.recordings.append({
            recordingId,
            segment: step.segment,
            atMs: step.atMs,
            durationMs: step.durationMs,
            soundBase64: await base64(step.sound),
          });
    if (outcome.kind === 'disk-full') this.#stop('disk-full');
  }

  #stop(why: UplinkStop): void {
    this.#isStopped = true;
    this.#onStop(why);
  }
}

/** How many bytes are turned to text at once: String.fromCharCode takes its arguments on the stack. */
const sliceBytes = 8_192;

async function base64(sound: Blob): Promise<string> {
  const bytes = new Uint8Array(await sound.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += sliceBytes) {
    text += String.fromCharCode(...bytes.subarray(at, at + sliceBytes));
  }
  return btoa(text);
}
