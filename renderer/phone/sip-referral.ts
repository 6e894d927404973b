import type { SipReferral } from './sip-session.ts';

/** As much of JsSIP's RTCSession as a transfer needs; its types leave out what `refer` answers, and `sendRequest`. */
type ReferableSession = {
  refer(target: string, options: { readonly eventHandlers: Record<string, (told: Told) => void> }): unknown;
  isEstablished(): boolean;
};

/** What JsSIP's ReferSubscriber tells. */
type Told = {
  readonly cause?: string;
  readonly response?: { readonly status_code?: number; readonly reason_phrase?: string } | null;
  readonly status_line?: { readonly status_code?: number; readonly reason_phrase?: string };
};

/** REFER on a JsSIP session. */
export function sipReferral(session: ReferableSession): SipReferral {
  return (target, { onTaken, onDone, onBroken }) => {
    if (!session.isEstablished()) return false;
    const words = ({ status_line: line, response, cause }: Told): string => {
      const { status_code: code, reason_phrase: phrase } = line ?? response ?? {};
      return `the switch did not send the caller on: ${code ?? ''} ${phrase ?? cause ?? ''}`.trim();
    };
    const subscriber = session.refer(target, {
      eventHandlers: {
        requestSucceeded: onTaken,
        accepted: onDone,
        requestFailed: (told) => onBroken(words(told)),
        failed: (told) => onBroken(words(told)),
      },
    });
    return subscriber !== false;
  };
}

/** Answers a REFER as a switch does that sends the caller on, or that does not (sipfrag, RFC 3420). */
export function answerReferral(session: object, request: object, isTaken: boolean): void {
  const sendRequest: unknown = Reflect.get(session, 'sendRequest');
  if (typeof sendRequest !== 'function') return;
  sendRequest.call(session, 'NOTIFY', {
    extraHeaders: [
      `Event: refer;id=${String(Reflect.get(request, 'cseq'))}`,
      'Subscription-State: terminated;reason=noresource',
      'Content-Type: message/sipfrag;version=2.0',
    ],
    body: isTaken ? 'SIP/2.0 200 OK' : 'SIP/2.0 404 Not Found',
  });
}
