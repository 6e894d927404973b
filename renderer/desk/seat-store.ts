import type { DeskRequest, SeatView } from '../../core/console-api.ts';
import type { Notice } from '../../core/notice.ts';
import { accessOf } from '../../core/seat-access.ts';
import { isSignInFirst } from '../../core/sign-in-api.ts';
import type { Console } from '../console-link.ts';
import { keepEqual } from './keep-equal.ts';

/** The part of the console api the desk page uses. */
export type DeskConsole = Pick<Console, 'desk' | 'recordings' | 'equipment' | 'hub' | 'signIn'>;

/** How the desk page reaches it: the present console first, null while there is none, then each change. */
export type DeskLink = { watch(listener: (console: DeskConsole | null) => void): () => void };

/** What the page knows: the last view, and since when it has been the last (wall-clock ms; null while it is fresh). */
export type Seat = { readonly view: SeatView; readonly lostAt: number | null };

/** A notice on the screen; `id` counts up from 1. `ask-failed` is the page's own: a wish did not arrive. */
export type ShownNotice = {
  readonly id: number;
  readonly code: Notice['code'] | 'ask-failed';
  readonly detail: string;
};

/** At most so many notices stand on the screen; older ones go. More would cover the work and nobody would read them. */
const noticesMax = 3;

/** How long a notice stands, unless it is dismissed: long enough to read two lines between two sentences of a caller. */
const noticeShownMs = 10_000;

/** What somebody has to act on, or would look for in vain later, stands until it is dismissed. */
const lasting: ReadonlySet<ShownNotice['code']> = new Set([
  'recording-stopped-disk-full',
  'stand-in',
  'log-mended',
  'log-mended-lost',
  'log-doubtful',
  'log-taken-back',
  'log-taken-back-part',
  'log-begun-anew',
  'password-lost',
]);

/**
 * The one store of the desk page: the last view of the feed, and whether the feed is up. Nothing derived is kept.
 * `seat` is null until the first view has come. Parts of the view that did not change keep their identity.
 */
export class SeatStore {
  readonly #watchers = new Set<() => void>();
  readonly #time: () => number;
  #seat: Seat | null = null;
  #console: DeskConsole | null = null;
  #notices: readonly ShownNotice[] = [];
  #nextNoticeId = 1;

  constructor(time: () => number) {
    this.#time = time;
  }

  readonly seat = (): Seat | null => this.#seat;
  readonly notices = (): readonly ShownNotice[] => this.#notices;
  /** The present console, null while the seat process is away. */
  readonly console = (): DeskConsole | null => this.#console;

  readonly watch = (changed: () => void): (() => void) => {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  };

  /** Follows a link until the returned function is called. */
  follow(link: DeskLink): () => void {
    let feeds: AbortController | null = null;
    const unwatch = link.watch((console) => {
      feeds?.abort();
      this.#console = console;
      if (console === null) {
        this.#lose();
        return;
      }
      feeds = new AbortController();
      void this.#followView(console, feeds.signal);
      void this.#followNotices(console, feeds.signal);
    });
    return () => {
      feeds?.abort();
      unwatch();
    };
  }

  /** Sends a wish. It is never queued: a wish that can't be delivered now becomes a notice, not a surprise later. */
  readonly ask = (request: DeskRequest): void => this.wish(request.kind, (console) => console.desk.ask(request));

  /** The same for a wish of another room of the api; `what` names it for a technician. */
  readonly wish = (what: string, send: (console: DeskConsole) => Promise<void>): void => {
    const console = this.#console;
    if (console === null) {
      this.#addNotice({ code: 'ask-failed', detail: what });
      return;
    }
    send(console).catch((error: unknown) => {
      // The seat was locked a moment ago: the page that says so is on its way.
      if (!isSignInFirst(error)) this.#addNotice({ code: 'ask-failed', detail: `${what}: ${String(error)}` });
    });
  };

  readonly dismiss = (id: number): void => {
    this.#notices = this.#notices.filter((notice) => notice.id !== id);
    this.#changed();
  };

  async #followView(console: DeskConsole, signal: AbortSignal): Promise<void> {
    try {
      for await (const view of await console.desk.view(undefined, { signal })) {
        if (signal.aborted) return;
        if (accessOf(view) === 'locked') this.#forgetPassing();
        this.#seat = { view: keepEqual(this.#seat?.view, view), lostAt: null };
        this.#changed();
      }
    } catch {
      // The feed ends with its connection; the link then gives null or another console. Until then: what is shown is old.
    }
    if (!signal.aborted) this.#lose();
  }

  async #followNotices(console: DeskConsole, signal: AbortSignal): Promise<void> {
    try {
      for await (const notice of await console.desk.notices(undefined, { signal })) {
        if (signal.aborted) return;
        this.#addNotice(notice);
      }
    } catch {
      // As above: the view feed of the same connection says that it was lost.
    }
  }

  /** The seat has just been locked: what passes anyway may name a customer. */
  #forgetPassing(): void {
    if (this.#seat === null || accessOf(this.#seat.view) === 'locked') return;
    this.#notices = this.#notices.filter(({ code }) => lasting.has(code));
  }

  #lose(): void {
    if (this.#seat !== null && this.#seat.lostAt === null) {
      this.#seat = { view: this.#seat.view, lostAt: this.#time() };
    }
    this.#changed();
  }

  #addNotice(notice: Omit<ShownNotice, 'id'>): void {
    const id = this.#nextNoticeId++;
    const others = this.#notices.filter((shown) => shown.code !== notice.code);
    this.#notices = fitting([...others, { ...notice, id }]);
    if (!lasting.has(notice.code)) setTimeout(() => this.dismiss(id), noticeShownMs);
    this.#changed();
  }

  #changed(): void {
    for (const changed of this.#watchers) changed();
  }
}

/** As many as there is room for: the oldest go first, those that would have gone by themselves before those that stand. */
function fitting(notices: readonly ShownNotice[]): readonly ShownNotice[] {
  const over = notices.length - noticesMax;
  if (over <= 0) return notices;
  const passing = notices.slice(0, -1).filter(({ code }) => !lasting.has(code));
  const standing = notices.slice(0, -1).filter(({ code }) => lasting.has(code));
  const gone = new Set([...passing, ...standing].slice(0, over).map(({ id }) => id));
  return notices.filter(({ id }) => !gone.has(id));
}
