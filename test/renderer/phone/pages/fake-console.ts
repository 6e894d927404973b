import type { PhoneCommand, PhoneReport, PhoneSetup } from '../../../../core/console-api.ts';
import { type Console, ConsoleLost } from '../../../../renderer/console-link.ts';
import { holds } from './holds.ts';

/** A seat process in the page: remembers what it is told and says what the test wants. */
export class FakeConsole {
  readonly reports: PhoneReport[] = [];
  readonly recordingSteps: Record<string, unknown>[] = [];
  /** While away every request fails as on a lost connection. */
  isAway = false;
  /** The next append meets a seat process that was started anew. */
  isForgetful = false;
  appendOutcome: 'kept' | 'disk-full' = 'kept';
  readonly #setups = new Feed<PhoneSetup>();
  readonly #commands = new Feed<PhoneCommand>();
  readonly #watchers = new Set<() => void>();

  setUp(setup: PhoneSetup): void {
    this.#setups.push(setup);
  }

  command(command: PhoneCommand): void {
    this.#commands.push(command);
  }

  /** Resolves with the first report at or after `from`, past or future, that holds every given part; and its place. */
  async reported(parts: Record<string, unknown>, from = 0): Promise<{ report: PhoneReport; at: number }> {
    for (;;) {
      const at = this.reports.findIndex((report, index) => index >= from && holds(report, parts));
      const report = this.reports[at];
      if (report !== undefined) return { report, at };
      await new Promise<void>((resolve) => this.#watchers.add(resolve));
    }
  }

  /** The shape of the real client, as far as the phone page uses it. */
  asConsole(): Console {
    const told = () => {
      for (const resolve of this.#watchers) resolve();
      this.#watchers.clear();
    };
    const step = (kind: string) => async (input: Record<string, unknown>) => {
      if (this.isAway) throw new ConsoleLost();
      if (this.isForgetful && kind === 'append') {
        this.isForgetful = false;
        throw new Error('UnknownRecording');
      }
      this.recordingSteps.push({ kind, ...input, receivedAt: performance.now() });
      told();
      return { kind: this.appendOutcome };
    };
    const fake = {
      phone: {
        setup: async () => this.#setups,
        commands: async () => this.#commands,
        report: async (report: PhoneReport) => {
          if (this.isAway) throw new ConsoleLost();
          this.reports.push(report);
          told();
        },
      },
      recordings: {
        begin: async (input: { callId: string }) => {
          await step('begin')(input);
          return { recordingId: `rec-${input.callId}` };
        },
        append: step('append'),
        gap: step('gap'),
        end: step('end'),
      },
    };
    return fake as unknown as Console;
  }
}

/** A queue that is read by `for await` and never ends. */
class Feed<Each> implements AsyncIterable<Each> {
  readonly #queue: Each[] = [];
  #wake: () => void = () => undefined;

  push(each: Each): void {
    this.#queue.push(each);
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Each> {
    for (;;) {
      const each = this.#queue.shift();
      if (each !== undefined) yield each;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** Practice settings; the rest is what a fresh seat has. */
export const practiceSetup: PhoneSetup = {
  account: { kind: 'practice' },
  password: '',
  sound: { microphone: null, ring: null, talk: null, interface: null, ringVolume: 0.8, talkVolume: 1 },
  recording: 'every-call',
  isMicrophoneWarm: true,
  modemCalls: { ringing: 0, isUp: false },
  language: 'en',
};
