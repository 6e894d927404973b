import type { PhoneReport, PhoneSetup } from '../../core/console-api.ts';
import { steadyClock } from '../../core/steady-clock.ts';
import { type Console, type ConsoleLink, ConsoleLost } from '../console-link.ts';
import { CallMonitor } from './call-monitor.ts';
import { jssipLine } from './jssip-line.ts';
import { LineTester } from './line-tester.ts';
import { Media } from './media.ts';
import { Outbox } from './outbox.ts';
import { watchPath } from './path-watch.ts';
import { Phone, type PhoneLine, type PhoneOptions } from './phone.ts';
import { loadSentence, practiceScripts } from './practice-assets.ts';
import { practiceLine } from './practice-line.ts';
import { PresentConsole } from './present-console.ts';
import { QuietAudio } from './quiet-audio.ts';
import { Recorder } from './recorder.ts';
import { SignallingSocket } from './signalling.ts';
import { ownHid, watchWebHid } from './webhid.ts';

/** Reports kept while the seat process is away: a day of calls with a quality sample each two seconds would be more. */
const reportsMax = 2_000;

/** Asterisk's own echo test in the sample dialplans, and what practice answers to. */
const echoNumber = '*43';

/** The phone page at work. */
export type RunningPhone = {
  /** A person has touched the page (or its frame): what the browser kept silent may sound now. */
  readonly allowed: () => void;
  readonly close: () => Promise<void>;
};

/**
 * Composes the phone page on a connection to the seat process: settings come as a feed, commands as signals, reports go
 * back in order. When the connection drops, calls go on; reports and recordings wait for it, within limits.
 */
export function startPhone(link: Pick<ConsoleLink, 'watch'>): RunningPhone {
  const clocks = { wall: () => Date.now(), monotonicMs: () => performance.now() };
  let isInCall = (): boolean => false;
  const now = steadyClock(clocks, () => !isInCall());
  const present = new PresentConsole();
  const reports = new Outbox<PhoneReport>(present, (console, report) => console.phone.report(report));
  const report = (each: PhoneReport) => {
    if (reports.length >= reportsMax && !reports.drop(({ kind }) => kind === 'quality')) reports.drop(() => true);
    reports.push(each);
  };
  report({ kind: 'started', at: now() });
  const quiet = new QuietAudio();
  const media = new Media(report, now, () => quiet.silence());
  const monitor = new CallMonitor({
    media,
    report,
    now,
    wake: () => quiet.use(),
    newRecorder: (callId, onState) => new Recorder({ callId, quiet, present, onState, now: () => performance.now() }),
  });
  let language: PhoneSetup['language'] = 'en';
  const tester = new LineTester(quiet, newCallId, (result) => report({ kind: 'line-test', at: now(), result }));
  const phone = new Phone({
    report,
    monitor,
    tester,
    now,
    configure: (setup) => {
      language = setup.language;
      media.configure(setup.sound, setup.isMicrophoneWarm);
    },
    newLine: lineMaker(
      quiet,
      media,
      () => language,
      () => phone.isBusy(),
    ),
  });
  isInCall = () => phone.isBusy();
  const headsets = watchWebHid({
    hid: ownHid(),
    platform: navigator.platform,
    report,
    onTrouble: (what, error) => globalThis.console.warn(what, error),
  });
  const unwatch = link.watch((console) => {
    present.set(console);
    if (console === null) return;
    phone.reportStanding();
    headsets.repeat();
    serve(console, phone);
  });
  return {
    allowed: () => {
      quiet.allowed();
      media.allowed();
    },
    close: async () => {
      headsets.stop();
      unwatch();
      await phone.close();
      media.close();
      await quiet.close();
    },
  };
}

/** Follows the settings feed and the commands of one connection until it ends. */
function serve(console: Console, phone: Phone): void {
  const follow = async <Each>(feed: Promise<AsyncIterable<Each>>, take: (each: Each) => void | Promise<void>) => {
    try {
      for await (const each of await feed) await take(each);
    } catch (error) {
      if (!(error instanceof ConsoleLost)) globalThis.console.warn('phone: the seat process is away', error);
    }
  };
  void follow(console.phone.setup(), (setup) => phone.setUp(setup));
  void follow(console.phone.commands(), (command) => phone.command(command));
}

function lineMaker(
  quiet: QuietAudio,
  media: Media,
  language: () => PhoneSetup['language'],
  isBusy: () => boolean,
): PhoneOptions['newLine'] {
  return (setup, onEvent): PhoneLine => {
    const { account } = setup;
    const sound = media.microphone;
    if (account.kind === 'practice') {
      return practiceLine({
        quiet,
        sound,
        onEvent,
        newCallId,
        scripts: practiceScripts(),
        language,
        loadSentence: (tongue, name) => loadSentence(quiet.context, tongue, name),
      });
    }
    const socket = new SignallingSocket({
      servers: [account.server, ...account.otherServers],
      user: account.user,
      domain: account.domain,
      onBadFrames: (counts) => onEvent({ kind: 'bad-frames', ...counts }),
      isBusy,
    });
    const unwatch = watchPath(() => socket.suspect());
    const line = jssipLine({
      kind: 'switch',
      echoNumber,
      socket,
      user: account.user,
      domain: account.domain,
      displayName: account.displayName,
      password: setup.password,
      sound,
      newCallId,
      onEvent,
    });
    return {
      ...line,
      stop: () => {
        unwatch();
        return line.stop();
      },
    };
  };
}

function newCallId(): string {
  return crypto.randomUUID();
}
