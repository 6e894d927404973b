import type { HubView, UploadsView } from '../../../core/hub-view.ts';

/** What a draining seat is told to do. */
export interface DrainOrder {
  readonly directory: string;
  /** The text of an enrolment; null: it has joined. */
  readonly enrolment: string | null;
  /** It kills itself when so many entries, or recordings, are left. */
  readonly dieAt: { readonly of: 'entries' | 'recordings'; readonly left: number } | null;
  /** A call's road becomes poor for a while when so many recordings are left. */
  readonly troubleAt: number | null;
}

/** How far a draining seat is. */
export interface DrainLook {
  readonly seat: string;
  readonly entries: number;
  /** Entries that the hub has not acknowledged. */
  readonly unsent: number;
  readonly hub: HubView;
  readonly uploads: Pick<UploadsView, 'confirmed' | 'waiting' | 'setAside' | 'state'>;
  /** Bytes. */
  readonly rss: number;
}

export type DrainWord =
  | { readonly said: 'look'; readonly look: DrainLook }
  /** A call was in trouble for some seconds: what uploads did then, and how many recordings went up meanwhile. */
  | { readonly said: 'trouble'; readonly state: UploadsView['state']; readonly went: number };
