import type { RecordingPlace } from '../../core/hub-view.ts';

/** How many recordings one question may name (hub-console-api). */
const askedMax = 200;

/** So long is gathered before it is asked: the rows of a list come together, and a burst of changes is one change. */
const gatherMs = 150;

/** What is known of a recording's place: `asking` until the first answer, null when there was none. */
export type KnownPlace = RecordingPlace | 'asking' | null;

/** Asks where recordings stand; null while there is no console to ask. */
type AskPlaces = (recordingIds: readonly string[]) => Promise<readonly RecordingPlace[]> | null;

/**
 * Where the recordings in sight stand. Rows come and go as a list is scrolled: each names its recording while it is drawn,
 * and those that are new are asked for together. What nobody looks at is forgotten.
 */
export class RecordingPlaces {
  readonly #ask: AskPlaces;
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #known = new Map<string, RecordingPlace | null>();
  #wanted = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(ask: AskPlaces) {
    this.#ask = ask;
  }

  /** What is known now. The same value until it is another. */
  get(recordingId: string): KnownPlace {
    const known = this.#known.get(recordingId);
    return known === undefined ? 'asking' : known;
  }

  /** Looks at a recording until the returned function is called. */
  watch(recordingId: string, changed: () => void): () => void {
    const watchers = this.#watchers.get(recordingId) ?? new Set();
    watchers.add(changed);
    this.#watchers.set(recordingId, watchers);
    this.#want([recordingId]);
    return () => {
      watchers.delete(changed);
      if (watchers.size > 0) return;
      this.#watchers.delete(recordingId);
      this.#known.delete(recordingId);
    };
  }

  /** Something about recordings has changed: what is in sight is asked for anew. */
  refresh(): void {
    this.#want(this.#watchers.keys());
  }

  #want(recordingIds: Iterable<string>): void {
    for (const recordingId of recordingIds) this.#wanted.add(recordingId);
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      const wanted = [...this.#wanted].filter((recordingId) => this.#watchers.has(recordingId));
      this.#wanted = new Set();
      for (let from = 0; from < wanted.length; from += askedMax) void this.#fetch(wanted.slice(from, from + askedMax));
    }, gatherMs);
  }

  async #fetch(recordingIds: readonly string[]): Promise<void> {
    const places = await this.#answer(recordingIds);
    for (const recordingId of recordingIds) {
      const watchers = this.#watchers.get(recordingId);
      if (watchers === undefined) continue;
      const place = places?.find((each) => each.recordingId === recordingId) ?? null;
      // Without an answer what was known stays.
      if (place === null && this.#known.has(recordingId)) continue;
      this.#known.set(recordingId, place);
      for (const changed of watchers) changed();
    }
  }

  async #answer(recordingIds: readonly string[]): Promise<readonly RecordingPlace[] | null> {
    try {
      return await this.#ask(recordingIds);
    } catch {
      // A list without this column's answer is still the list; the data light says why.
      return null;
    }
  }
}
