import { assertNever } from '../../core/assert-never.ts';
import type { PhoneCommand, PhoneReport, PhoneSetup } from '../../core/console-api.ts';
import type { CallMonitor } from './call-monitor.ts';
import type { Line, LineEvent, LineListener, LineOutcome } from './line.ts';
import { refused } from './line.ts';
import type { LineTester } from './line-tester.ts';
import type { PracticeLine } from './practice-line.ts';

/** A line as the phone was set up with it; `callMe` is there on the practice line only. */
export type PhoneLine = Line & Partial<Pick<PracticeLine, 'callMe'>>;

export type PhoneOptions = {
  /** Makes the line of an account; it is started by the phone. */
  readonly newLine: (setup: PhoneSetup, onEvent: LineListener) => PhoneLine;
  readonly report: (report: PhoneReport) => void;
  readonly monitor: CallMonitor;
  readonly tester: LineTester;
  /** Takes what a change of settings means apart from the line: devices, volumes, language. */
  readonly configure: (setup: PhoneSetup) => void;
  /** Wall clock, milliseconds. */
  readonly now: () => number;
};

/**
 * The phone of a seat: the line it is on, commands in, reports out. Commands are never queued: each is done at once or
 * refused with a report, and what it brings about comes as the line's events.
 */
export class Phone {
  readonly #options: PhoneOptions;
  #line: PhoneLine | null = null;
  #account = '';

  constructor(options: PhoneOptions) {
    this.#options = options;
  }

  /** Takes new settings. Another account means another line: calls on the old one end. */
  async setUp(setup: PhoneSetup): Promise<void> {
    this.#options.configure(setup);
    this.#options.monitor.configure({ isRecording: setup.recording === 'every-call' });
    const account = JSON.stringify([setup.account, setup.password]);
    if (account === this.#account) return;
    this.#account = account;
    const old = this.#line;
    this.#line = null;
    await old?.stop();
    // Settings may have changed again while the old line was stopping.
    if (account !== this.#account) return;
    const line = this.#options.newLine(setup, (event) => this.#hear(line, event));
    this.#line = line;
    line.start();
  }

  /** Does what the seat asks, now. */
  command(command: PhoneCommand): void {
    const line = this.#line;
    const outcome = line === null ? refused('no line is set up yet') : this.#carryOut(line, command);
    if (outcome.kind === 'taken') return;
    const at = this.#options.now();
    this.#options.report({ kind: 'refused', at, command, why: outcome.why.slice(0, 300) });
    if (command.kind === 'dial') {
      this.#options.report({ kind: 'call', callId: command.callId, event: { kind: 'ended', at, cause: 'failed' } });
    }
  }

  async close(): Promise<void> {
    await this.#line?.stop();
    this.#line = null;
    await this.#options.monitor.close();
  }

  #carryOut(line: PhoneLine, command: PhoneCommand): LineOutcome {
    switch (command.kind) {
      case 'answer':
        return line.answer(command.callId);
      case 'decline':
        return line.decline(command.callId, command.how);
      case 'hang-up':
        return line.hangUp(command.callId);
      case 'hold':
        return line.hold(command.callId);
      case 'resume':
        return line.resume(command.callId);
      case 'mute':
        return line.mute(command.callId, command.isMuted);
      case 'digits':
        return line.digits(command.callId, command.digits);
      case 'dial':
        return line.dial(command.callId, command.number);
      case 'pause-recording':
        return this.#options.monitor.pauseRecording(command.callId, command.reason);
      case 'resume-recording':
        return this.#options.monitor.resumeRecording(command.callId);
      case 'call-me':
        return line.callMe?.(command.scriptId) ?? refused('only the practice line has practice customers');
      case 'test-line':
        return this.#options.tester.start(line);
      default:
        return assertNever(command);
    }
  }

  #hear(line: PhoneLine, event: LineEvent): void {
    if ('callId' in event && this.#options.tester.hear(line, event)) return;
    const { report, now, monitor } = this.#options;
    switch (event.kind) {
      case 'signalling':
        report({ kind: 'signalling', at: now(), state: event.state, detail: event.detail });
        return;
      case 'offered': {
        const { callId, remote, sipCallId } = event;
        report({ kind: 'call-offered', at: now(), callId, remote, line: line.kind, sipCallId });
        monitor.offered(callId);
        return;
      }
      case 'call':
        report({ kind: 'call', callId: event.callId, event: { ...event.event, at: now() } });
        monitor.happened(event.callId, event.event, () => line.media(event.callId));
        return;
      case 'media-changed':
        monitor.mediaChanged(event.callId, line.media(event.callId));
        return;
      case 'digits-sent':
        report({ kind: 'digits-sent', callId: event.callId, at: now(), count: event.count });
        return;
      case 'bad-frames':
        report({ kind: 'bad-frames', at: now(), oversize: event.oversize, unreadable: event.unreadable });
        return;
      case 'refused':
        this.#refused(event);
        return;
      default:
        assertNever(event);
    }
  }

  #refused({ callId, what, why }: Extract<LineEvent, { kind: 'refused' }>): void {
    this.#options.report({
      kind: 'refused',
      at: this.#options.now(),
      command: { kind: what, callId },
      why: why.slice(0, 300),
    });
  }
}
