import type { DeskRequest, Notice, PhoneCommand, PhoneReport, PhoneSetup, SeatView } from '../core/console-api.ts';
import type { DeviceInfo } from '../core/device-api.ts';
import type { KeyPress } from '../core/key.ts';
import { lampsFor, type SeatInput, stepSeat } from '../core/seat.ts';
import { type SeatSign, signFor } from '../core/seat-sign.ts';
import { newSeat, type Seat, type SeatEffect } from '../core/seat-state.ts';
import type { Settings } from '../core/settings.ts';
import { Feed, Signal } from './carriers/feed.ts';
import { SeatDrafts } from './seat-drafts.ts';
import { changedLight, lightsAtStart, mediaLight, signallingLight } from './seat-lights.ts';
import { type DatedFact, type SeatLog, startSeatLog } from './seat-log.ts';
import type { Clock, Log, RecordingVault, SeatDevices, SeatStore, SettingsKeeper } from './seat-ports.ts';
import { type SeatRecordings, startRecordings } from './seat-recordings.ts';

/** How many notices wait for the first desk to open; older ones are dropped, the journal has what matters. */
const earlyNoticesMax = 8;

/** One press of a volume key, in tenths. */
const volumeStep = 0.1;

export type SeatOptions = {
  readonly seat: string;
  readonly version: string;
  readonly settings: Settings;
  /** Told to the agent at once: a settings file that could not be used, say. */
  readonly firstNotices: readonly Notice[];
  readonly language: 'zh-CN' | 'en';
  readonly store: SeatStore;
  readonly vault: RecordingVault;
  readonly devices: SeatDevices;
  readonly keeper: SettingsKeeper;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly log: Log;
};

/** Starts a seat. The composition root has opened the store and recovered what a crash left behind. */
export function startSeat(options: SeatOptions): SeatProcess {
  return new SeatProcess(options);
}

/**
 * The running seat: one queue of inputs stepped through core/seat.ts, its effects performed in order. Served through
 * console-api by seat-router.ts; no Electron, no HTTP in sight. A log effect is on disk before anything after it is
 * done and before the new view is shown.
 */
export class SeatProcess {
  readonly view: Feed<SeatView>;
  readonly setup: Feed<PhoneSetup>;
  readonly commands = new Signal<PhoneCommand>();
  readonly notices = new Signal<Notice>();
  readonly recordings: SeatRecordings;
  readonly store: SeatStore;
  readonly #options: SeatOptions;
  readonly #seatLog: SeatLog;
  readonly #inputs: SeatInput[] = [];
  readonly #unwatch: readonly (() => void)[];
  readonly #drafts = new SeatDrafts();
  #isStepping = false;
  #settings: Settings;
  #seat: Seat;
  #lights;
  #devices: readonly DeviceInfo[] = [];
  #soundDevices: SeatView['soundDevices'] = { inputs: [], outputs: [] };
  #lineTest: SeatView['lineTest'] = { kind: 'idle' };
  #earlyNotices: readonly Notice[];
  #sign: SeatSign | null = null;

  constructor(options: SeatOptions) {
    const { store, clock, devices } = options;
    this.#options = options;
    this.store = store;
    this.#settings = options.settings;
    this.#earlyNotices = options.firstNotices;
    this.#lights = lightsAtStart(clock.now());
    this.#seat = {
      ...newSeat(clock.now(), lineKind(options.settings)),
      hookWhileWaiting: options.settings.hookWhileWaiting,
    };
    this.#seatLog = startSeatLog({ store, clock, onFull: () => this.#tell({ code: 'disk-full', detail: '' }) });
    this.recordings = startRecordings({
      ...options,
      write: (fact, at) => this.#seatLog.write({ fact, at }),
      onChange: () => this.#show(),
      onStopped: (callId) => this.#tell({ code: 'recording-stopped-disk-full', detail: callId }),
    });
    this.#seatLog.write({ fact: { kind: 'seat-started', body: { version: options.version } }, at: clock.now() });
    this.view = new Feed<SeatView>(this.#present());
    this.setup = new Feed<PhoneSetup>(this.#presentSetup());
    devices.show(this.view.value.lamps);
    this.#showSign();
    this.#unwatch = [
      devices.watchDevices((list) => {
        this.#devices = list;
        this.#show();
      }),
      devices.watchKeys((event) => {
        this.#dispatch({ kind: 'key', press: event.press, at: clock.now(), newCallId: options.newId() });
      }),
    ];
  }

  /** A person asks for something on the screen. */
  ask(request: DeskRequest): void {
    this.#drafts.heard(request);
    this.#dispatch({ kind: 'ask', request, at: this.#options.clock.now(), newCallId: this.#options.newId() });
  }

  /** Presses a key of the simulated headset; rejects when none is plugged in. */
  press(press: KeyPress): Promise<void> {
    return this.#options.devices.pressSimulated(press);
  }

  /** Takes a fact from the phone page. */
  report(report: PhoneReport): void {
    const at = this.#options.clock.now();
    switch (report.kind) {
      case 'signalling':
        this.#lights = {
          ...this.#lights,
          signalling: changedLight(this.#lights.signalling, signallingLight(report), at),
        };
        break;
      case 'media':
        this.#lights = { ...this.#lights, media: changedLight(this.#lights.media, mediaLight(report), at) };
        if (report.state === 'fell-back') this.#tell({ code: 'microphone-fell-back', detail: report.detail });
        break;
      case 'sound-devices':
        this.#soundDevices = { inputs: report.inputs, outputs: report.outputs };
        break;
      case 'line-test':
        this.#lineTest = report.result;
        break;
      case 'recording':
        this.recordings.reported(report);
        break;
      case 'bad-frames':
        this.#options.log('warn', `frames thrown away: ${report.oversize} too long, ${report.unreadable} unreadable`);
        break;
      case 'started':
        this.recordings.allInterrupted();
        break;
      default:
        break;
    }
    this.#dispatch({ kind: 'report', report });
  }

  /** Takes new settings; `password` null leaves the stored one, an empty one forgets it. Resolves when on disk. */
  async saveSettings(next: Settings, password: string | null): Promise<void> {
    await this.#options.keeper.save(next);
    if (password !== null) this.store.setSecret('sip-password', password === '' ? null : password);
    this.#adopt(next);
  }

  /** Notices that came before any desk was there to show them; each is given once. */
  takeEarlyNotices(): readonly Notice[] {
    const taken = this.#earlyNotices;
    this.#earlyNotices = [];
    return taken;
  }

  /** Closes recordings, writes the end of the seat's day down and lets go of the devices. */
  async close(): Promise<void> {
    for (const unwatch of this.#unwatch) unwatch();
    await this.recordings.close();
    this.#seatLog.write({ fact: { kind: 'seat-stopped', body: {} }, at: this.#options.clock.now() });
    await this.#options.devices.close();
  }

  /** Outside events are queued and stepped through one by one: an effect may queue the next input, never re-enter. */
  #dispatch(input: SeatInput): void {
    this.#inputs.push(input);
    if (this.#isStepping) return;
    this.#isStepping = true;
    try {
      for (let next = this.#inputs.shift(); next; next = this.#inputs.shift()) {
        const [after, effects] = stepSeat(this.#seat, next);
        this.#seat = after;
        this.#performAll(effects);
      }
    } finally {
      this.#isStepping = false;
    }
    this.#show();
  }

  /** In order; facts that stand side by side are written down in one go. */
  #performAll(effects: readonly SeatEffect[]): void {
    let facts: DatedFact[] = [];
    const writeDown = (): void => {
      if (facts.length > 0) this.#seatLog.write(...facts);
      facts = [];
    };
    for (const effect of effects) {
      if (effect.kind === 'log') {
        facts.push(effect);
      } else {
        writeDown();
        this.#perform(effect);
      }
    }
    writeDown();
  }

  #perform(effect: Exclude<SeatEffect, { kind: 'log' }>): void {
    switch (effect.kind) {
      case 'command':
        this.#command(effect.command);
        break;
      case 'notice':
        this.#tell(effect.notice);
        break;
      case 'volume':
        this.#turn(effect.change);
        break;
    }
  }

  #command(command: PhoneCommand): void {
    if (this.commands.send(command) > 0) return;
    // Nobody is there to do it: say so at once instead of letting the wish hang.
    const at = this.#options.clock.now();
    this.#inputs.push({ kind: 'report', report: { kind: 'refused', at, command, why: 'no phone page' } });
  }

  #tell(notice: Notice): void {
    if (this.notices.send(notice) === 0) this.#earlyNotices = [...this.#earlyNotices, notice].slice(-earlyNoticesMax);
  }

  #turn(change: 'up' | 'down'): void {
    const sound = this.#settings.sound;
    const turned = Math.round((sound.talkVolume + (change === 'up' ? volumeStep : -volumeStep)) * 10) / 10;
    const talkVolume = Math.min(1, Math.max(0, turned));
    this.#tell({ code: 'volume', detail: String(Math.round(talkVolume * 100)) });
    if (talkVolume === sound.talkVolume) return;
    this.#adopt({ ...this.#settings, sound: { ...sound, talkVolume } });
    this.#options.keeper.save(this.#settings).catch((error: unknown) => {
      this.#options.log('error', `saving the volume: ${String(error)}`);
    });
  }

  #adopt(next: Settings): void {
    this.#settings = next;
    this.#dispatch({ kind: 'set-up', line: lineKind(next), hookWhileWaiting: next.hookWhileWaiting });
  }

  #show(): void {
    const next = this.#present();
    if (!isSame(next.lamps, this.view.value.lamps)) this.#options.devices.show(next.lamps);
    this.#showSign();
    this.view.set(next);
    const setup = this.#presentSetup();
    if (!isSame(setup, this.setup.value)) this.setup.set(setup);
  }

  #showSign(): void {
    const sign = signFor(this.#seat, this.#lights.signalling.state === 'down');
    if (sign === this.#sign) return;
    this.#sign = sign;
    this.#options.devices.showSign(sign);
  }

  #present(): SeatView {
    const seat = this.#seat;
    const afterCall = seat.afterCalls[0];
    return {
      seat: this.#options.seat,
      version: this.#options.version,
      line: lineOf(this.#settings),
      agent: seat.agent,
      calls: seat.calls.map((c) => c.call),
      afterCall: afterCall === undefined ? null : this.store.callRow(afterCall),
      quality: Object.fromEntries(seat.calls.flatMap((c) => (c.quality ? [[c.call.callId, c.quality.last]] : []))),
      recording: this.recordings.states(),
      lamps: lampsFor(seat),
      devices: [...this.#devices],
      lights: { ...this.#lights, data: this.#seatLog.light() },
      soundDevices: this.#soundDevices,
      settings: this.#settings,
      hasPassword: this.store.secret('sip-password') !== null,
      lineTest: this.#lineTest,
      today: this.#seatLog.today(),
      lastDialled: seat.lastDialled,
      drafts: this.#drafts.all(),
      arrivals: {},
      modemCalls: [],
      panels: [],
      modems: [],
      messageWaiting: [],
    };
  }

  #presentSetup(): PhoneSetup {
    const { account, sound, recording, language } = this.#settings;
    return {
      account,
      password: account.kind === 'sip' ? (this.store.secret('sip-password') ?? '') : '',
      sound,
      recording,
      isMicrophoneWarm: this.#seat.agent.choice.kind === 'ready' || this.#seat.calls.length > 0,
      language: language === 'auto' ? this.#options.language : language,
    };
  }
}

function lineKind(settings: Settings): 'practice' | 'switch' {
  return settings.account.kind === 'practice' ? 'practice' : 'switch';
}

function lineOf({ account }: Settings): SeatView['line'] {
  if (account.kind === 'practice') return { kind: 'practice' };
  return { kind: 'sip', address: `${account.user}@${account.domain}`, displayName: account.displayName };
}

/** Small plain values only. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
