import type { CallDraft, DeskRequest } from '../core/console-api.ts';

/** How many notes may be under way; a seat has a few calls, and after-call work for a few. The oldest goes first. */
const draftsMax = 16;

/**
 * What people write about calls before it is saved, kept for the desk, which may be reloaded in the middle of a word.
 * In memory only: a note that is not finished is nobody's record yet.
 */
export class SeatDrafts {
  readonly #drafts = new Map<string, CallDraft>();

  /** Takes a draft in, and lets go of it when its call is coded; other requests are none of its business. */
  heard(request: DeskRequest): void {
    if (request.kind === 'code') this.#drafts.delete(request.callId);
    if (request.kind !== 'draft') return;
    this.#drafts.delete(request.callId);
    this.#drafts.set(request.callId, request.draft);
    for (const oldest of [...this.#drafts.keys()].slice(0, -draftsMax)) this.#drafts.delete(oldest);
  }

  all(): Record<string, CallDraft> {
    return Object.fromEntries(this.#drafts);
  }
}
