import { assertNever } from '../../core/assert-never.ts';
import { type Call, type CallEvent, newCall, step } from '../../core/call.ts';
import type { PhoneCommand, PhoneReport, PhoneSetup } from '../../core/console-api.ts';
import type { CallMonitor } from './call-monitor.ts';
import type { Line, LineEvent, LineListener, LineOutcome } from './line.ts';
import { refused } from './line.ts';
import type { LineTester } from './line-tester.ts';
import type { PracticeLine } from './practice-line.ts';

/** A line as the phone was set up with it; `callMe` is there on the practice line only. */
export type PhoneLine = Line & Partial<Pick<PracticeLine, 'callMe'>>;

/** A live call and the line it is on. */
type Standing = { readonly line: Line['kind']; readonly call: Call };

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
  /** The live calls, as the seat process should know them. */
  readonly #calls = new Map<string, Standing>();
  #line: PhoneLine | null = null;
  #account = '';

  constructor(options: PhoneOptions) {
    this.#options = options;
  }

  /** Takes new settings. Another account means another line: calls on the old one end. */
  async setUp(setup: PhoneSetup): Promise<void> {
    this.#options.configure(setup);
    this.#options.monitor.configure({
      isRecording: setup.recording === 'every-call',
      modemCalls: setup.modemCalls,
    });
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
    const at = this.#options.now();
    if (command.kind === 'dial' && line !== null) {
      const remote = { number: command.number, displayName: '' };
      this.#calls.set(command.callId, { line: line.kind, call: newCall(command.callId, 'outbound', remote, at) });
    }
    const outcome = line === null ? refused('no line is set up yet') : this.#carryOut(line, command);
    if (outcome.kind === 'taken') return;
    if (command.kind === 'dial') this.#calls.delete(command.callId);
    this.#options.report({ kind: 'refused', at, command, why: outcome.why.slice(0, 300) });
    if (command.kind === 'dial') {
      this.#options.report({ kind: 'call', callId: command.callId, event: { kind: 'ended', at, cause: 'failed' } });
    }
  }

  /** Whether a call lives. */
  isBusy(): boolean {
    return this.#calls.size > 0;
  }

  /** Tells of every live call: for a seat process that was started anew and does not know them. */
  reportStanding(): void {
    const at = this.#options.now();
    for (const { line, call } of this.#calls.values()) this.#options.report({ kind: 'call-standing', at, line, call });
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
      case 'transfer':
        return line.transfer(command.callId, command.number);
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
        const at = now();
        this.#calls.set(callId, { line: line.kind, call: newCall(callId, 'inbound', remote, at) });
        report({ kind: 'call-offered', at, callId, remote, line: line.kind, sipCallId });
        monitor.offered(callId);
        return;
      }
      case 'call':
        this.#happened(event.callId, { ...event.event, at: now() });
        monitor.happened(event.callId, event.event, () => line.media(event.callId));
        return;
      case 'media-changed':
        monitor.mediaChanged(event.callId, line.media(event.callId));
        return;
      case 'sound':
        monitor.sound(event.callId, event.isFlowing);
        return;
      case 'transferred':
        report({ kind: 'transferred', callId: event.callId, at: now(), number: event.number });
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

  #happened(callId: string, event: CallEvent): void {
    this.#options.report({ kind: 'call', callId, event });
    const standing = this.#calls.get(callId);
    if (standing === undefined) return;
    const [call] = step(standing.call, event);
    if (call.state.kind === 'ended') this.#calls.delete(callId);
    else this.#calls.set(callId, { ...standing, call });
  }

  #refused(event: Extract<LineEvent, { kind: 'refused' }>): void {
    const { callId, why } = event;
    const command: PhoneCommand =
      event.what === 'transfer' ? { kind: 'transfer', callId, number: event.number } : { kind: event.what, callId };
    this.#options.report({ kind: 'refused', at: this.#options.now(), command, why: why.slice(0, 300) });
  }
}
