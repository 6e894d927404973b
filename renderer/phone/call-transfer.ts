import { type LineEvent, type LineOutcome, refused, taken } from './line.ts';
import type { SipReferral } from './sip-session.ts';

/** A switch that took a transfer on tells its end within this; a customer is not left hanging on a key that did nothing. */
const verdictMsMax = 20_000;

export type CallTransferOptions = {
  readonly callId: string;
  /** Whether requests may be sent now. */
  readonly isReachable: () => boolean;
  readonly refer: SipReferral;
  /** Ends our part of the call. */
  readonly hangUp: () => void;
  readonly emit: (event: LineEvent) => void;
};

/**
 * Sends the caller of one call on to another number (REFER, RFC 3515; RFC 5589 section 6). The switch first takes the wish
 * on (202), then tells by NOTIFY what became of it; many, Asterisk among them, simply end our part instead, which says the
 * same. What fails leaves the call as it was.
 */
export class CallTransfer {
  readonly #options: CallTransferOptions;
  #isTalking = false;
  /** `trusted`: the switch has taken it on. */
  #wish: { readonly number: string; isTrusted: boolean; readonly timer: ReturnType<typeof setTimeout> } | null = null;

  constructor(options: CallTransferOptions) {
    this.#options = options;
  }

  start(number: string, target: string | null): LineOutcome {
    if (target === null) return refused('that is not a number that can be dialled');
    if (!this.#isTalking) return refused('the call is not established');
    if (!this.#options.isReachable()) return refused('the switch cannot be reached');
    if (this.#wish !== null) return refused('the call is being sent on already');
    const timer = setTimeout(() => this.#broken('the switch did not tell what became of it'), verdictMsMax);
    this.#wish = { number, isTrusted: false, timer };
    const wasSent = this.#options.refer(target, {
      onTaken: () => {
        if (this.#wish !== null) this.#wish.isTrusted = true;
      },
      onDone: () => {
        if (this.#done()) this.#options.hangUp();
      },
      onBroken: (why) => this.#broken(why),
    });
    if (wasSent) return taken;
    this.#forget();
    return refused('the call cannot be sent on now');
  }

  /** Every event of the call on its way out; gives what is said instead. */
  heard(event: LineEvent): readonly LineEvent[] {
    if (event.kind !== 'call') return [event];
    if (event.event.kind === 'established') this.#isTalking = true;
    if (event.event.kind !== 'ended') return [event];
    this.#isTalking = false;
    const wish = this.#wish;
    this.#forget();
    if (wish?.isTrusted !== true || event.event.cause !== 'hung-up-there') return [event];
    return [
      { kind: 'transferred', callId: event.callId, number: wish.number },
      { ...event, event: { kind: 'ended', cause: 'hung-up-here' } },
    ];
  }

  /** False: nothing was wished any more. */
  #done(): boolean {
    const wish = this.#wish;
    this.#forget();
    if (wish === null) return false;
    this.#options.emit({ kind: 'transferred', callId: this.#options.callId, number: wish.number });
    return true;
  }

  #broken(why: string): void {
    const wish = this.#wish;
    this.#forget();
    if (wish === null) return;
    const { callId, emit } = this.#options;
    emit({ kind: 'refused', callId, what: 'transfer', number: wish.number, why });
  }

  #forget(): void {
    clearTimeout(this.#wish?.timer);
    this.#wish = null;
  }
}
