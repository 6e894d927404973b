import type { CommandOutcome } from '../../core/equipment-event.ts';
import type { Clock } from '../clock.ts';
import type { ModemNotice } from './at-codes.ts';
import { obeyCallCommand } from './call-command.ts';
import { type CallKeeper, createCallKeeper } from './call-keeper.ts';
import { type ListedCall, listCalls } from './call-list.ts';
import { createMobileCalls, endCall, type MobileCalls } from './mobile-calls.ts';
import { createMobileNetwork, type MobileNetwork, setUpNotices } from './mobile-network.ts';
import { createMobileTexts, type MobileTexts } from './mobile-texts.ts';
import {
  hello,
  identity,
  type ModemDriver,
  type ModemDriverParts,
  type ModemStanding,
  startingStanding,
} from './modem-driver.ts';
import type { ModemCommand } from './modem-event.ts';
import { isDone, type ModemLine } from './modem-line.ts';
import { createSimPin, isOpenSim, type SimPin, simState } from './sim-card.ts';

/** Signal and registration are asked for this often; it is also how a modem that hangs is found. */
const networkPollMs = 30_000;
/** A new SIM or one just unlocked registers within a minute; meanwhile it is asked for more often. */
const searchPollMs = 5_000;
/** A modem that says it has started, again and again, is not set up again and again. */
const startAnewGapMs = 60_000;

/** A GSM, 3G or 4G modem: calls, texts, and how it stands in its network. */
export function createMobileModem(parts: ModemDriverParts): ModemDriver {
  return new MobileModem(parts);
}

class MobileModem implements ModemDriver {
  readonly #clock: Clock;
  readonly #line: ModemLine;
  readonly #tell: ModemDriverParts['tell'];
  readonly #onStanding: ModemDriverParts['onStanding'];
  readonly #keeper: CallKeeper;
  readonly #calls: MobileCalls;
  readonly #network: MobileNetwork;
  readonly #texts: MobileTexts;
  readonly #pin: SimPin;
  #standing = startingStanding;
  #stage: 'starting' | 'needs-pin' | 'unusable' | 'up' = 'starting';
  /** Why it is not up. */
  #detail = '';
  /** Counts openings of the port: what was begun in an earlier one is void. */
  #opening = 0;
  #startedAnewMs = Number.NEGATIVE_INFINITY;
  #cancelPoll = (): void => undefined;
  #cancelAnew = (): void => undefined;

  constructor(parts: ModemDriverParts) {
    const { clock, line } = parts;
    this.#clock = clock;
    this.#line = line;
    this.#tell = parts.tell;
    this.#onStanding = parts.onStanding;
    this.#keeper = createCallKeeper({ ...parts, onChange: () => this.#change() });
    this.#calls = createMobileCalls({ clock, line, keeper: this.#keeper });
    this.#network = createMobileNetwork(line, clock, () => {
      this.#change();
      this.#texts.wake();
    });
    this.#texts = createMobileTexts({ ...parts, isReady: () => this.#isReady() });
    this.#pin = createSimPin(line);
  }

  async start(): Promise<boolean> {
    this.#stage = 'starting';
    this.#network.reset();
    this.#change();
    if (!(await hello(this.#line))) return false;
    // Causes in words; older modems know numbers only.
    if (!(await isDone(this.#line, 'AT+CMEE=2'))) await isDone(this.#line, 'AT+CMEE=1');
    this.#change(await identity(this.#line, 'AT+C'));
    return this.#proceed();
  }

  onNotice(notice: ModemNotice): void {
    this.#texts.onNotice(notice);
    switch (notice.kind) {
      case 'sim':
        this.#takeSim(notice.status);
        break;
      case 'restarted':
        this.#onRestarted();
        break;
      case 'digit':
        this.onEvent(notice.digit);
        break;
      default:
        if (this.#stage !== 'up') return;
        this.#network.onNotice(notice);
        this.#calls.onNotice(notice);
    }
  }

  onEvent(code: string): void {
    if (/^[0-9A-D*#]$/.test(code) && this.#keeper.phase() === 'up') this.#tell({ kind: 'modem-digit', digit: code });
  }

  command(command: ModemCommand): CommandOutcome {
    switch (command.kind) {
      case 'unlock':
        return this.#unlock(command.pin);
      case 'send-text':
        return this.#texts.send(command);
      case 'keep-text':
        return this.#texts.keep(command.ref);
      case 'dial':
        if (!this.#isReady()) return { kind: 'refused', why: notReadyWords(this.#standing) };
        return obeyCallCommand(command, this.#calls, this.#keeper);
      default:
        return obeyCallCommand(command, this.#calls, this.#keeper);
    }
  }

  onLost(): void {
    this.#opening += 1;
    this.#cancelPoll();
    this.#cancelAnew();
    this.#stage = 'starting';
    this.#calls.onLost();
    this.#texts.fail('the modem is gone');
  }

  async close(): Promise<void> {
    this.#opening += 1;
    this.#cancelPoll();
    this.#cancelAnew();
    const hasCall = this.#keeper.phase() !== undefined;
    // Told first: a modem that hangs must not keep the news back.
    this.#keeper.ended('hung-up-here');
    this.#calls.close();
    this.#keeper.close();
    this.#texts.fail('the modem is gone');
    this.#texts.close();
    this.#network.reset();
    if (hasCall) await endCall(this.#line);
  }

  #isReady(): boolean {
    return this.#stage === 'up' && this.#network.isRegistered();
  }

  #change(more: Partial<ModemStanding> = {}): void {
    this.#standing = {
      ...this.#standing,
      state: this.#stateNow(),
      operator: this.#network.operator(),
      signal: this.#network.signal(),
      detail: this.#stage === 'up' ? this.#network.detail() : this.#detail,
      ...more,
    };
    this.#onStanding(this.#standing);
  }

  #stateNow(): ModemStanding['state'] {
    if (this.#stage === 'unusable') return 'failed';
    if (this.#stage !== 'up') return this.#stage;
    if (this.#keeper.phase() !== undefined) return 'busy';
    return this.#network.isRegistered() ? 'ready' : 'no-network';
  }

  /** From here on by what the SIM wants. False: no answer. */
  async #proceed(): Promise<boolean> {
    const mine = this.#opening;
    const sim = await simState(this.#line, this.#clock);
    if (sim.kind === 'silent') return false;
    if (mine !== this.#opening) return true;
    if (sim.kind === 'unusable') this.#cannotGoOn('unusable', sim.why);
    else if (sim.kind === 'needs-pin') {
      // Why the last PIN was not taken stays to be read.
      this.#cannotGoOn('needs-pin', this.#stage === 'needs-pin' ? this.#detail : 'the SIM wants its PIN');
    } else await this.#setUp();
    return true;
  }

  #cannotGoOn(to: 'needs-pin' | 'unusable', why: string): void {
    this.#stage = to;
    this.#detail = why;
    // A SIM may be put in, or unlocked by another program.
    this.#again(networkPollMs, () => {
      if (!this.#pin.isTrying()) void this.#proceed();
    });
    this.#texts.fail(why);
    this.#change();
  }

  async #setUp(): Promise<void> {
    const mine = this.#opening;
    await endStaleCalls(this.#line);
    await setUpNotices(this.#line);
    if (mine !== this.#opening) return;
    this.#stage = 'up';
    await this.#poll();
    if (mine === this.#opening) await this.#texts.read();
  }

  async #poll(): Promise<void> {
    this.#cancelPoll();
    await this.#network.ask();
    this.#texts.sweep();
    if (this.#stage !== 'up') return;
    this.#again(this.#network.isRegistered() ? networkPollMs : searchPollMs, () => void this.#poll());
  }

  #again(ms: number, then: () => void): void {
    this.#cancelPoll();
    this.#cancelPoll = this.#clock.after(ms, then);
  }

  #takeSim(status: string): void {
    const isNews = isOpenSim(status) ? this.#stage === 'unusable' : this.#stage === 'up';
    if (isNews) void this.#proceed();
  }

  /** The modem fell back to what it is when switched on: a call is over, and all that was set is not. */
  #onRestarted(): void {
    if (this.#stage !== 'starting') this.#calls.onLost();
    const gapMs = this.#startedAnewMs + startAnewGapMs - this.#clock.nowMs();
    // While it is being set up, what came before is lost: once more then, but not at once.
    this.#startAnewIn(this.#stage === 'starting' ? Math.max(gapMs, searchPollMs) : gapMs);
  }

  #startAnewIn(ms: number): void {
    this.#cancelAnew();
    if (ms <= 0) {
      this.#startAnew();
      return;
    }
    this.#cancelAnew = this.#clock.after(ms, () => {
      // A call that has begun since is not cut off for it.
      const isBusy = this.#stage === 'starting' || this.#keeper.phase() !== undefined;
      this.#startAnewIn(isBusy ? searchPollMs : 0);
    });
  }

  #startAnew(): void {
    this.#startedAnewMs = this.#clock.nowMs();
    this.#opening += 1;
    this.#cancelPoll();
    void this.start();
  }

  #unlock(typed: string): CommandOutcome {
    if (this.#stage !== 'needs-pin') return { kind: 'refused', why: 'The SIM wants no PIN.' };
    return this.#pin.unlock(typed, (isTaken) => {
      if (!isTaken) this.#detail = 'the SIM did not take this PIN; three wrong ones lock it';
      void this.#proceed();
    });
  }
}

function notReadyWords({ state, detail }: ModemStanding): string {
  return `The modem is not ready: ${detail === '' ? state : detail}.`;
}

/** A call that is up when we begin is one whose process died: nobody could end it, and the next would be mistaken for it. */
async function endStaleCalls(line: ModemLine): Promise<void> {
  const list = await listCalls(line);
  if (list.kind === 'told' && list.calls.some(({ state }) => ownStates.has(state))) await isDone(line, 'AT+CHUP');
}

/** Of a call somebody here has made or taken; one that comes or waits rings on. */
const ownStates: ReadonlySet<ListedCall['state']> = new Set(['active', 'held', 'dialling', 'alerting']);
