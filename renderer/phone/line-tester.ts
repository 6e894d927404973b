import type { PhoneReport } from '../../core/console-api.ts';
import { type Line, type LineEvent, type LineOutcome, refused } from './line.ts';
import { lineTestMsMax, TestTone } from './line-test.ts';
import type { QuietAudio } from './quiet-audio.ts';

type LineTestResult = Extract<PhoneReport, { kind: 'line-test' }>['result'];
type Running = { readonly callId: string; readonly tone: TestTone; readonly deadline: ReturnType<typeof setTimeout> };

/** Runs one line test at a time: calls the echo, sends a tone, measures, hangs up, reports. Its call is nobody else's. */
export class LineTester {
  readonly #quiet: QuietAudio;
  readonly #newCallId: () => string;
  readonly #onResult: (result: LineTestResult) => void;
  #running: Running | null = null;
  #lastCallId = '';

  constructor(quiet: QuietAudio, newCallId: () => string, onResult: (result: LineTestResult) => void) {
    this.#quiet = quiet;
    this.#newCallId = newCallId;
    this.#onResult = onResult;
  }

  start(line: Line): LineOutcome {
    if (this.#running !== null) return refused('a line test is running');
    const callId = this.#newCallId();
    const tone = new TestTone(this.#quiet);
    const outcome = line.dial(callId, line.echoNumber, tone);
    if (outcome.kind === 'refused') {
      tone.close();
      this.#onResult({ kind: 'failed', why: outcome.why });
      return outcome;
    }
    const deadline = setTimeout(() => this.#finish(line, { kind: 'failed', why: 'no answer in time' }), lineTestMsMax);
    this.#running = { callId, tone, deadline };
    this.#lastCallId = callId;
    this.#onResult({ kind: 'running' });
    return outcome;
  }

  /** True when the event belongs to a test call and is dealt with. */
  hear(line: Line, event: Extract<LineEvent, { callId: string }>): boolean {
    if (event.callId !== this.#lastCallId) return false;
    if (event.kind !== 'call' || this.#running === null) return true;
    if (event.event.kind === 'established') void this.#measure(line, this.#running);
    if (event.event.kind === 'ended')
      this.#finish(line, { kind: 'failed', why: `the test call ended: ${event.event.cause}` });
    return true;
  }

  async #measure(line: Line, { callId, tone }: Running): Promise<void> {
    const media = line.media(callId);
    const measured = media === null ? null : await tone.measure(media).catch(unmeasured);
    if (this.#running?.callId !== callId) return;
    this.#finish(
      line,
      measured === null ? { kind: 'failed', why: 'no sound came back' } : { kind: 'done', ...measured },
    );
  }

  #finish(line: Line, result: LineTestResult): void {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    clearTimeout(running.deadline);
    line.hangUp(running.callId);
    running.tone.close();
    this.#onResult(result);
  }
}

function unmeasured(error: unknown): null {
  console.error('phone: the line test could not measure', error);
  return null;
}
