import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertNever } from '../../../core/assert-never.ts';
import { diceOf } from '../dice.ts';
import { BrokenPromise } from './broken-promise.ts';
import { type HubLook, hubLook } from './hub-look.ts';
import { type HubPromises, hubPromises } from './hub-promises.ts';
import { type Ledger, newLedger } from './ledger.ts';
import type { Mutation } from './mutation.ts';
import { noteAnswer } from './note-answer.ts';
import type { EditWish, Happening, Plan } from './plan.ts';
import { seatPromises } from './seat-promises.ts';
import type { SimulationFigures } from './simulate.ts';
import { type SimulatedHub, simulatedHub, type WireRequest } from './simulated-hub.ts';
import { type Carry, type SimulatedNetwork, simulatedNetwork } from './simulated-network.ts';
import { collection, SimulatedSeat } from './simulated-seat.ts';
import { standstill, type VirtualTime, virtualTime } from './virtual-time.ts';

/** 22 November 2026, noon. */
const beganAt = Date.UTC(2026, 10, 22, 12);
/** Within so long after everything has healed, all must have arrived, in milliseconds. */
const healingMaxMs = 30 * 60_000;
/** So long it goes on after that: what was delayed comes late, and must change nothing. */
const afterwardsMs = 90_000;
/** More steps than any plan makes: then something goes round in circles. */
const stepsMax = 20_000;

export type WorldOptions = {
  readonly plan: Plan;
  readonly folder: string;
  readonly mutation: Mutation | null;
  readonly tell: (line: string) => void;
};

/** One site in one process: seats, their roads, the hub and its disk, moved by one clock and looked at after each step. */
export class World {
  readonly #options: WorldOptions;
  readonly #time: VirtualTime = virtualTime();
  readonly #ledger: Ledger;
  readonly #hub: SimulatedHub;
  readonly #network: SimulatedNetwork;
  /** What a step began that takes turns of the event loop. */
  readonly #actions: (() => Promise<void>)[] = [];
  #seats: readonly SimulatedSeat[] = [];
  #look: HubLook | null = null;
  #promises: HubPromises | null = null;
  #supervisor = '';
  #hubClockOffMs = 0;
  #hubDownMs = 1_000;
  #isDiskLost = false;
  readonly #seatDownMs = new Map<string, number>();
  #steps = 0;
  #requests = 0;
  #deaths = 0;

  constructor(options: WorldOptions) {
    const { plan, folder, mutation } = options;
    const { seed, seats } = plan;
    this.#options = options;
    this.#ledger = newLedger(seats);
    const ask: Carry = (_seat, request, signal) => this.#hub.ask(request, signal);
    const asked = mutation?.carry?.(ask, () => this.#hub.database()) ?? ask;
    this.#network = simulatedNetwork({
      seed,
      time: this.#time,
      carry: (seat, request, signal) => this.#carry(asked, seat, request, signal),
      tell: (line) => this.#tell(line),
    });
    this.#hub = simulatedHub({
      folder: join(folder, 'hub'),
      time: this.#time,
      dice: diceOf(seed, 'hub'),
      now: () => beganAt + this.#time.elapsedMs() + this.#hubClockOffMs,
      triggers: mutation?.hubTriggers ?? [],
    });
  }

  figures(): SimulationFigures {
    const entries = this.#options.plan.seats.reduce((sum, seat) => sum + this.#ledger.entriesOf(seat).size, 0);
    const virtualMs = this.#time.elapsedMs();
    return { steps: this.#steps, entries, requests: this.#requests, deaths: this.#deaths, virtualMs };
  }

  /** Throws `BrokenPromise`. */
  async run(): Promise<void> {
    const { plan } = this.#options;
    await this.#begin();
    for (const happening of plan.happenings)
      this.#time.after(happening.atMs, () => this.#perform(happening), describe(happening));
    this.#time.after(plan.healsAtMs, () => this.#heal(), 'everything heals');
    while (await this.#step(plan.healsAtMs));
    const deadline = plan.healsAtMs + healingMaxMs;
    while (!this.#isEven()) if (!(await this.#step(deadline))) break;
    this.#checkEnd();
    const last = this.#time.elapsedMs() + afterwardsMs;
    while (await this.#step(last));
    this.#checkEnd();
  }

  async close(): Promise<void> {
    for (const seat of this.#seats) seat.bury();
    this.#look?.close();
    await this.#hub.kill();
  }

  async #begin(): Promise<void> {
    const { plan, folder, mutation } = this.#options;
    mkdirSync(join(folder, 'hub'));
    await this.#hub.start();
    this.#supervisor = await this.#hub.makeKey('supervisor');
    const keys = new Map<string, string>();
    for (const seat of plan.seats) keys.set(seat, await this.#hub.enrolSeat(seat));
    const look = hubLook(join(folder, 'hub'));
    this.#look = look;
    const hub = hubPromises(look, plan.seats, this.#ledger);
    this.#promises = hub;
    const hubId = look.hubId();
    this.#seats = plan.seats.map(
      (name) =>
        new SimulatedSeat({
          name,
          seed: plan.seed,
          folder: join(folder, name),
          hubId,
          key: keys.get(name) ?? '',
          time: this.#time,
          network: this.#network,
          ledger: this.#ledger,
          promises: seatPromises({ seat: name, ledger: this.#ledger, hub, hubLook: look }),
          beganAt,
          onOpen: mutation?.seatDatabase ?? (() => undefined),
          draft: mutation?.draft,
          tell: (line) => this.#tell(line),
        }),
    );
    for (const seat of this.#seats) {
      seat.start();
      if (mutation?.forgets === 'seat') this.#keepCopy(seat.name);
    }
    this.#copyHub();
  }

  /** Lets the next thing happen, and looks at everything. False: nothing more before `endsAtMs`. */
  async #step(endsAtMs: number): Promise<boolean> {
    const done = this.#time.step(endsAtMs);
    if (done === null) return false;
    this.#steps += 1;
    if (this.#steps > stepsMax) throw new BrokenPromise('nothing breaks', `still busy after ${stepsMax} steps`);
    this.#tell(done.what);
    await standstill();
    while (this.#actions.length > 0) {
      await this.#actions.shift()?.();
      await standstill();
    }
    await this.#bury();
    const hasHubChanged = this.#promises?.check() === true;
    // What a step does to a seat has the seat's name; all else reaches it over the network, in steps of its own.
    for (const seat of this.#seats) if (hasHubChanged || done.what.includes(seat.name)) seat.check(hasHubChanged);
    return true;
  }

  /** Whoever died over this step is cleared away and started again after a while. */
  async #bury(): Promise<void> {
    for (const seat of this.#seats) if (seat.hasDied()) this.#buried(seat);
    if (!this.#hub.hasDied()) return;
    this.#deaths += 1;
    this.#tell('the hub dies');
    await this.#hub.kill();
    if (this.#options.mutation?.forgets === 'hub') this.#putHubBack();
    if (this.#isDiskLost) this.#loseDisk();
    const again = async (): Promise<void> => {
      await this.#hub.start();
      this.#tell('the hub is back');
    };
    this.#time.after(this.#hubDownMs, () => void this.#actions.push(again), 'hub start');
  }

  #buried(seat: SimulatedSeat): void {
    this.#deaths += 1;
    this.#tell(`${seat.name} dies`);
    seat.bury();
    if (this.#options.mutation?.forgets === 'seat') this.#putBack(seat.name);
    this.#time.after(this.#seatDownMs.get(seat.name) ?? 1_000, seat.start, `${seat.name} starts`);
  }

  #perform(happening: Happening): void {
    switch (happening.kind) {
      case 'call':
        this.#seat(happening.seat).call(happening.number, happening.from, happening.to);
        return;
      case 'edit':
        this.#seat(happening.seat).edit(happening.record, happening.edit);
        return;
      case 'voice-suffers': {
        const seat = this.#seat(happening.seat);
        seat.setVoice(true);
        this.#time.after(happening.forMs, () => seat.setVoice(false), `${seat.name} voice`);
        return;
      }
      case 'network-back':
        this.#seat(happening.seat).networkBack();
        return;
      case 'unknown-kind':
        this.#seat(happening.seat).unknownKind();
        return;
      case 'edit-at-hub':
        this.#actions.push(() => this.#editAtHub(happening.record, happening.edit));
        return;
      case 'road':
        this.#network.setRoad(happening.seat, happening.road);
        this.#time.after(
          happening.forMs,
          () => this.#network.setRoad(happening.seat, 'good'),
          `${happening.seat} road`,
        );
        return;
      case 'seat-killed':
        this.#seatDownMs.set(happening.seat, happening.downMs);
        this.#seat(happening.seat).dieAtWrite(happening.atWrite);
        return;
      case 'hub-killed':
        this.#hubDownMs = happening.downMs;
        this.#hub.dieAt(happening.atStatement);
        return;
      case 'hub-copied':
        this.#copyHub();
        return;
      case 'hub-put-back':
        this.#hubDownMs = happening.downMs;
        this.#isDiskLost = true;
        this.#hub.dieAt(0);
        return;
      case 'clock':
        if (happening.who === 'hub') this.#hubClockOffMs += happening.byMs;
        else this.#seat(happening.who).setClock(happening.byMs);
        return;
      default:
        assertNever(happening);
    }
  }

  #heal(): void {
    for (const seat of this.#seats) {
      this.#network.setRoad(seat.name, 'good');
      seat.dieAtWrite(Number.POSITIVE_INFINITY);
    }
    this.#hub.dieAt(Number.POSITIVE_INFINITY);
  }

  /** Whether it is worth while to look whether all is at its end. */
  #isEven(): boolean {
    try {
      this.#checkEnd();
      return true;
    } catch (cause) {
      if (cause instanceof BrokenPromise && isOfTheEnd(cause)) return false;
      throw cause;
    }
  }

  #checkEnd(): void {
    for (const seat of this.#seats) seat.checkEnd();
    this.#promises?.checkAll();
  }

  async #carry(ask: Carry, seat: string, request: WireRequest, signal: AbortSignal) {
    this.#requests += 1;
    const answer = await ask(seat, request, signal);
    noteAnswer(this.#ledger, seat, request, answer);
    return answer;
  }

  async #editAtHub(record: string, edit: EditWish): Promise<void> {
    const name = `${collection}/${record}`;
    const baseVersion = this.#look?.records().find((each) => each.name === name)?.version ?? 0;
    const path = `/v1/records/${name}`;
    const headers = { authorization: `Bearer ${this.#supervisor}`, 'content-type': 'application/json' };
    const request: WireRequest =
      edit.kind === 'set'
        ? { method: 'PUT', path, headers, body: JSON.stringify({ fields: edit.fields, baseVersion }) }
        : {
            method: 'DELETE',
            path: `${path}?baseVersion=${baseVersion}`,
            headers: { authorization: headers.authorization },
            body: '',
          };
    const answer = await this.#hub.ask(request, new AbortController().signal);
    this.#tell(`edited at the hub: ${answer?.status ?? 'no answer'}`);
  }

  #seat(name: string): SimulatedSeat {
    const seat = this.#seats.find((each) => each.name === name);
    if (seat === undefined) throw new Error(`no seat ${name}`);
    return seat;
  }

  #copyHub(): void {
    rmSync(this.#copyPath(), { force: true });
    this.#look?.copyTo(this.#copyPath());
  }

  #copyPath(): string {
    return join(this.#options.folder, 'hub.copy');
  }

  #putHubBack(): void {
    const place = join(this.#options.folder, 'hub');
    rmSync(place, { recursive: true });
    mkdirSync(place);
    cpSync(this.#copyPath(), join(place, 'hub.db'));
    this.#look?.reopen();
  }

  /** Everybody knows that the hub's disk is lost: it gives back what the copy holds, and the seats the rest. */
  #loseDisk(): void {
    this.#isDiskLost = false;
    this.#putHubBack();
    this.#promises?.begin();
    for (const { name } of this.#seats) this.#ledger.putBack(name, this.#look?.lastSeq(name) ?? 0);
    this.#tell('the hub has the copy of its disk');
  }

  #keepCopy(name: string): void {
    cpSync(join(this.#options.folder, name), join(this.#options.folder, `${name} before`), { recursive: true });
  }

  #putBack(name: string): void {
    const place = join(this.#options.folder, name);
    rmSync(place, { recursive: true });
    cpSync(join(this.#options.folder, `${name} before`), place, { recursive: true });
  }

  #tell(line: string): void {
    this.#options.tell(`${this.#time.elapsedMs()} ${line}`);
  }
}

function isOfTheEnd({ promise }: BrokenPromise): boolean {
  return promise === 'everything arrives' || promise === 'every replica ends equal';
}

function describe(happening: Happening): string {
  const { atMs: _, ...what } = happening;
  return JSON.stringify(what);
}
