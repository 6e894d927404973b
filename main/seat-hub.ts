import type { Light, PhoneReport } from '../core/console-api.ts';
import type { SetAsideEntry } from '../core/hub-api.ts';
import type { EnrolOutcome, ReplicaRecord } from '../core/hub-console-api.ts';
import type { HubView } from '../core/hub-view.ts';
import type { JournalFact } from '../core/journal.ts';
import { recordFields } from '../core/shared-record.ts';
import { takeEdit } from '../core/take-edit.ts';
import type { Log } from './seat-ports.ts';
import type { OpenSeatStore } from './store/seat-store.ts';
import type { EditWish, RecordQuery } from './store/shared-record-table.ts';
import { enrolSeat, leftFact } from './sync/enrol-seat.ts';
import type { HubFetch } from './sync/hub-fetch.ts';
import { hubLight } from './sync/hub-light.ts';
import { type HubLink, openHubLink } from './sync/hub-link.ts';
import { enrolmentSecret, type KeptEnrolment, readKeptEnrolment } from './sync/kept-enrolment.ts';
import { type RecordPull, startPull } from './sync/pull.ts';
import { type JournalPush, startPush, type TakeBack } from './sync/push.ts';
import { writeIfRoom } from './sync/spare-write.ts';
import { syncStateOf } from './sync/sync-state.ts';
import type { SyncTiming } from './sync/sync-timing.ts';
import { type TakenBack, takeBack } from './sync/take-back.ts';

/** The one hand in which a seat holds everything of its hub. Works without one as well: then nothing is sent. */
export interface SeatHub {
  /** Begins, with what was kept of an earlier life; nothing is asked before. */
  start(): void;
  view(): HubView;
  /** The data light of a seat whose own log says `own`. */
  light(own: Light): Light;
  /** Called when the view, the light, the link or shared records changed, at most every `tellMs`. */
  watch(listener: () => void): void;
  /** What the phone page says: the switch that is back says that the network is. */
  heard(report: PhoneReport): void;
  /** The way to the hub; null while there is none. */
  link(): HubLink | null;
  /**
   * Joins a hub by the text of an enrolment. A seat that has one takes the new key or the new hub; with `own` a new key of the
   * hub that it has, and no other.
   */
  enrol(text: string, whose?: 'any' | 'own'): Promise<EnrolOutcome>;
  /** Forgets the hub, the key and what the hub shared; the journal stays. Throws when the disk does not take it. */
  leave(): Promise<void>;
  /** Nothing is waited out any longer. */
  tryNow(): void;
  /** The network is another one, or the machine woke: connections are made anew, at once. */
  networkBack(): void;
  setAside(): readonly SetAsideEntry[];
  records(query: RecordQuery): { readonly rows: readonly ReplicaRecord[]; readonly total: number };
  record(collection: string, recordId: string): ReplicaRecord | null;
  /** Writes an edit down; answers the record as it is shown now. Throws a sentence when it can't be kept. */
  editRecord(wish: EditWish): ReplicaRecord;
  close(): Promise<void>;
}

export interface SeatHubOptions {
  /** The seat's name, as it stands in its journal. */
  readonly seat: string;
  readonly store: OpenSeatStore;
  readonly timing: SyncTiming;
  /** Whether a call's round trip or loss is up. */
  readonly isVoiceSuffering: () => boolean;
  readonly log: Log;
  /** The seat has this hub from now on; null: none (any more). Awaited, so that nobody uses a link that is closed. */
  readonly onLink: (link: HubLink | null) => Promise<void>;
  /** Entries came back from the hub that this seat had lost. */
  readonly onTakenBack?: (taken: TakenBack) => void;
  /** How requests are sent, where that is not HTTP on a socket: in the simulator. */
  readonly fetch?: HubFetch;
}

/** How often somebody is told at most, in milliseconds: one call writes several entries, each of which goes up. */
export const tellMs = 200;
/** How long a seat that stops waits at most for the hub to take its last entries, in milliseconds. */
const lastMs = 1_500;
/** How long a disk without room is waited for before a hub is begun with, in milliseconds. */
const beginAgainMs = 30_000;
/** How many set-aside entries are listed. */
const setAsideMax = 500;

/** What a seat does with its hub; `start` begins it. */
export function seatHub(options: SeatHubOptions): SeatHub {
  return new RunningSeatHub(options);
}

/** Of a seat that never joins one. */
export const noSeatHub: SeatHub = {
  start: () => undefined,
  view: () => ({ kind: 'none' }),
  light: (own) => own,
  watch: () => undefined,
  heard: () => undefined,
  link: () => null,
  enrol: () => Promise.resolve({ kind: 'refused', why: 'not-kept', detail: 'this seat joins no hub' }),
  leave: () => Promise.resolve(),
  tryNow: () => undefined,
  networkBack: () => undefined,
  setAside: () => [],
  records: () => ({ rows: [], total: 0 }),
  record: () => null,
  editRecord: () => {
    throw new Error('This seat keeps no shared records.');
  },
  close: () => Promise.resolve(),
};

/** What runs while a seat has a hub. */
interface Joined {
  readonly enrolment: KeptEnrolment;
  readonly link: HubLink;
  readonly push: JournalPush;
  readonly pull: RecordPull;
}

class RunningSeatHub implements SeatHub {
  readonly #options: SeatHubOptions;
  readonly #closing = new AbortController();
  readonly #unwatch: () => void;
  readonly #light: (own: Light, hub: HubView) => Light;
  #listener: () => void = () => undefined;
  /** Called at each step of push and pull. */
  #onStep: () => void = () => undefined;
  #joined: Joined | null = null;
  /** Joining and leaving, one after the other. */
  #changing: Promise<unknown> = Promise.resolve();
  #isTelling = false;
  #isSwitchUp = true;
  /** What the view said last, and since when. */
  #shown: { readonly state: string; readonly sinceAt: number };

  constructor(options: SeatHubOptions) {
    this.#options = options;
    const { store, timing } = options;
    this.#shown = { state: '', sinceAt: timing.now() };
    this.#light = hubLight(timing.now);
    this.#unwatch = store.watchAppends(() => {
      this.#joined?.push.appended();
      if (this.#joined !== null) this.#tell();
    });
  }

  start = (): void => {
    // It waits for whoever takes the link, not the other way round; a failure there is told by `onLink` itself.
    this.#inTurn(() => this.#join()).catch((cause: unknown) =>
      this.#options.log('error', `joining the hub: ${String(cause)}`),
    );
  };

  light = (own: Light): Light => this.#light(own, this.view());

  watch = (listener: () => void): void => {
    this.#listener = listener;
  };

  heard = (report: PhoneReport): void => {
    if (report.kind !== 'signalling') return;
    const isUp = report.state === 'registered';
    if (isUp && !this.#isSwitchUp) this.networkBack();
    this.#isSwitchUp = isUp || report.state === 'practice';
  };

  view = (): HubView => {
    const { store, timing } = this.#options;
    if (this.#joined === null) return { kind: 'none' };
    const { enrolment, push, pull } = this.#joined;
    const waiting = Math.max(0, store.journal.lastSeq() - push.acknowledgedSeq());
    const { state, detail } = syncStateOf(push.state(), pull.state(), waiting);
    if (this.#shown.state !== state) this.#shown = { state, sinceAt: timing.now() };
    const answered = [push.answeredAt(), pull.answeredAt(), pull.reachedAt()].filter((at) => at !== null);
    return {
      kind: 'enrolled',
      address: enrolment.address,
      state,
      sinceAt: this.#shown.sinceAt,
      waiting,
      setAside: store.hub.state.setAsideCount(),
      answeredAt: answered.length === 0 ? null : Math.max(...answered),
      replicaAt: pull.reachedAt(),
      detail: detail.slice(0, 300),
    };
  };

  link = (): HubLink | null => this.#joined?.link ?? null;

  enrol = (text: string, whose: 'any' | 'own' = 'any'): Promise<EnrolOutcome> =>
    this.#inTurn(async () => {
      const { seat, store, timing } = this.#options;
      const onlyOf = whose === 'own' ? readKeptEnrolment(store.secret(enrolmentSecret)) : null;
      const write = (fact: JournalFact): void => void store.append(fact, timing.now());
      const outcome = await enrolSeat({ text, seat, keeper: store, now: timing.now, write, onlyOf });
      if (outcome.kind === 'refused') return outcome;
      await this.#part();
      await this.#join();
      this.#tell();
      return outcome;
    });

  leave = (): Promise<void> =>
    this.#inTurn(async () => {
      const { store, timing } = this.#options;
      const left = readKeptEnrolment(store.secret(enrolmentSecret));
      store.setSecret(enrolmentSecret, null);
      if (left !== null) store.append(leftFact(left), timing.now());
      await this.#part();
      this.#beginWith('');
      this.#tell();
    });

  tryNow = (): void => {
    this.#joined?.push.lookAgain();
    this.#joined?.pull.lookAgain();
  };

  networkBack = (): void => {
    this.#joined?.link.reset();
    this.tryNow();
  };

  setAside = (): readonly SetAsideEntry[] => this.#options.store.hub.state.setAside(setAsideMax);

  records = (query: RecordQuery): ReturnType<SeatHub['records']> => this.#options.store.hub.records.list(query);

  record = (collection: string, recordId: string): ReplicaRecord | null =>
    this.#options.store.hub.records.get(collection, recordId);

  editRecord = (wish: EditWish): ReplicaRecord => {
    const { store, timing } = this.#options;
    const { records } = store.hub;
    const edit = records.draft(wish);
    const before = records.standing(wish.collection, wish.recordId);
    const { after } = takeEdit(before === null || before.version === 0 ? null : before, edit, []);
    // The hub would set it aside, and nobody would know until then.
    if (!recordFields.safeParse(after.fields).success) throw new Error('The record would be too large.');
    const outcome = store.append({ kind: 'record-edited', body: edit }, timing.now());
    if (outcome.kind !== 'kept') throw new Error(`Not written down: ${outcome.kind}.`);
    return { ...after, isUnsent: true };
  };

  close = async (): Promise<void> => {
    await this.#handOverLast();
    this.#closing.abort();
    this.#unwatch();
    await this.#inTurn(() => this.#part());
  };

  async #join(): Promise<void> {
    const { seat, store, timing, isVoiceSuffering, log, onLink, fetch } = this.#options;
    const enrolment = readKeptEnrolment(store.secret(enrolmentSecret));
    if (this.#joined !== null || this.#closing.signal.aborted || !this.#beginWith(enrolment?.hubId ?? '')) return;
    if (enrolment === null) return;
    const { state, records, entriesAfter } = store.hub;
    const link = openHubLink({ ...enrolment, seat, now: timing.now, ...(fetch && { fetch }) });
    const common = { link, isVoiceSuffering, timing, log, onChange: () => this.#tell() };
    const push: JournalPush = startPush({
      ...common,
      state,
      entriesAfter,
      lastSeq: () => store.journal.lastSeq(),
      takeBack: this.#takeBackOver(link),
      onSetBack: () => pull.beginAnew(),
    });
    const pull: RecordPull = startPull({
      ...common,
      records,
      acknowledgedSeq: push.acknowledgedSeq,
      onBehind: push.lookAgain,
    });
    this.#joined = { enrolment, link, push, pull };
    this.#tell();
    await onLink(link);
  }

  #takeBackOver(link: HubLink): TakeBack | null {
    const { store, onTakenBack } = this.#options;
    const { refill } = store;
    if (refill === null) return null;
    return async (wish) => {
      const outcome = await takeBack({ ...wish, link, refill });
      if (outcome.kind === 'taken') onTakenBack?.(outcome.taken);
      return outcome;
    };
  }

  /**
   * What is kept is of this hub ('': none). Where it was of another, or the log was made anew, it begins anew. False while the
   * disk does not take that: then it is tried again, and nothing of one hub is shown as another's.
   */
  #beginWith(hubId: string): boolean {
    const { store, timing, log } = this.#options;
    if (store.hub.state.hubId() === hubId) return true;
    const problem = writeIfRoom(() => store.hub.begin(hubId));
    if (problem === null) return true;
    log('warn', `what is kept of a hub is not begun anew: ${problem}`);
    void timing.wait(beginAgainMs, this.#closing.signal).then(this.start);
    return false;
  }

  /** The end of the seat's day shall not wait for its next one: it goes up if the hub answers now. */
  async #handOverLast(): Promise<void> {
    const { store, timing } = this.#options;
    const push = this.#joined?.push;
    const done = new AbortController();
    const look = (): void => {
      const isTalking = push?.state().kind === 'sending' || push?.state().kind === 'in-step';
      if (!isTalking || push.acknowledgedSeq() >= store.journal.lastSeq()) done.abort();
    };
    this.#onStep = look;
    look();
    if (!done.signal.aborted) await timing.wait(lastMs, done.signal);
  }

  async #part(): Promise<void> {
    const joined = this.#joined;
    this.#joined = null;
    if (joined === null) return;
    await Promise.all([joined.push.close(), joined.pull.close(), this.#options.onLink(null)]);
    joined.link.close();
  }

  #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.#changing.then(work);
    // Whoever asked is told of a failure; the next in line goes on.
    this.#changing = done.catch(() => undefined);
    return done;
  }

  /** Tells soon, once for everything that changes until then. */
  #tell(): void {
    this.#onStep();
    if (this.#isTelling || this.#closing.signal.aborted) return;
    this.#isTelling = true;
    void this.#options.timing.wait(tellMs, this.#closing.signal).then(() => {
      this.#isTelling = false;
      if (!this.#closing.signal.aborted) this.#listener();
    });
  }
}
