/** Watches whether a connection still answers. */
export type Liveness = {
  /** Takes everything that arrives; true: it was the answer to us, nobody else wants it. */
  heard(text: string): boolean;
  /** Asks now instead of when it is time. */
  ask(): void;
  /** A sign of life has been asked for and nothing has come since. */
  isSilent(): boolean;
  stop(): void;
};

export type LivenessOptions = {
  readonly user: string;
  readonly domain: string;
  readonly viaTransport: string;
  readonly isBusy: () => boolean;
  readonly send: (text: string) => void;
  /** Called once. */
  readonly onDead: () => void;
};

/** Proxies cut an idle WebSocket after 30 to 60 s (facts/phone.md section 5 no. 2). */
const askIdleMs = 20_000;
/** A person who talks notices a line that is gone at the next key; it should be known before. */
const askBusyMs = 5_000;
/** Nothing heard for this long after asking: the connection is dead, whatever TCP believes. */
const answerMsMax = 3_000;

/**
 * Asks a connection for signs of life: CRLF CRLF, answered by CRLF (RFC 5626 section 3.5.1). Switches may ignore that, so
 * the first time OPTIONS (RFC 3261 section 11) is sent as well, and whichever is answered is asked from then on. Any
 * frame at all is a sign of life, a refusal of the OPTIONS too.
 */
export function startLiveness(options: LivenessOptions): Liveness {
  const callId = `alive-${crypto.randomUUID()}`;
  let askedAt: number | null = null;
  let knows: 'crlf' | 'options' | null = null;
  let sequence = 0;
  let deadline: ReturnType<typeof setTimeout> | undefined;
  let next: ReturnType<typeof setTimeout> | undefined;

  const ask = (): void => {
    clearTimeout(next);
    next = setTimeout(ask, options.isBusy() ? askBusyMs : askIdleMs);
    if (knows !== 'options') options.send('\r\n\r\n');
    if (knows !== 'crlf') {
      sequence += 1;
      options.send(optionsRequest(options, callId, sequence));
    }
    if (askedAt !== null) return;
    askedAt = performance.now();
    deadline = setTimeout(() => {
      stop();
      options.onDead();
    }, answerMsMax);
  };
  const stop = (): void => {
    clearTimeout(next);
    clearTimeout(deadline);
  };
  next = setTimeout(ask, options.isBusy() ? askBusyMs : askIdleMs);

  return {
    ask,
    stop,
    isSilent: () => askedAt !== null,
    heard: (text) => {
      clearTimeout(deadline);
      askedAt = null;
      if (text === '\r\n') {
        knows = 'crlf';
        return true;
      }
      const isOurs = text.startsWith('SIP/2.0 ') && text.includes(callId);
      if (isOurs && knows === null) knows = 'options';
      return isOurs;
    },
  };
}

function optionsRequest({ user, domain, viaTransport }: LivenessOptions, callId: string, sequence: number): string {
  const from = user === '' ? `sip:${domain}` : `sip:${user}@${domain}`;
  return [
    `OPTIONS sip:${domain} SIP/2.0`,
    `Via: SIP/2.0/${viaTransport} alive.invalid;branch=z9hG4bK${crypto.randomUUID()}`,
    'Max-Forwards: 70',
    `To: <sip:${domain}>`,
    `From: <${from}>;tag=${callId.slice(-12)}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} OPTIONS`,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
