import { jssipLine } from '../../../../renderer/phone/jssip-line.ts';
import type { Line, LineEvent } from '../../../../renderer/phone/line.ts';
import { QuietAudio } from '../../../../renderer/phone/quiet-audio.ts';
import { socketPair } from '../../../../renderer/phone/socket-pair.ts';
import { holds } from './holds.ts';

/** Two lines joined in the page; the test can have the next offers of ours refused on the way. */
const quiet = new QuietAudio();
const [ourSocket, theirSocket] = socketPair();
const events: LineEvent[] = [];
const watchers = new Set<() => void>();
let refuseWith: string | null = null;

const send = ourSocket.send.bind(ourSocket);
ourSocket.send = (message) => {
  const text = String(message);
  const isReinvite = text.startsWith('INVITE ') && /^To: .*;tag=/mu.test(text);
  if (refuseWith === null || !isReinvite) return send(message);
  const kept = text.split('\r\n').filter((line) => /^(?:Via|From|To|Call-ID|CSeq):/u.test(line));
  const reply = [`SIP/2.0 ${refuseWith}`, ...kept, 'Content-Length: 0', '', ''].join('\r\n');
  queueMicrotask(() => ourSocket.ondata(reply));
  return true;
};

const lend = async () => ({ track: quiet.silence(), onReplaced: () => undefined, release: () => undefined });
const newLine = (user: string, socket: typeof ourSocket, onEvent: (event: LineEvent) => void, other: string): Line =>
  jssipLine({
    ...{ kind: 'practice', echoNumber: '*43', domain: 'x.invalid', displayName: '', password: null },
    user,
    socket,
    onEvent,
    sound: { lend },
    newCallId: () => crypto.randomUUID(),
    targetOf: () => `sip:${other}@x.invalid`,
  });
const theirs = newLine('them', theirSocket, (event) => event.kind === 'offered' && theirs.answer(event.callId), 'us');
const ours = newLine(
  'us',
  ourSocket,
  (event) => {
    events.push(event);
    for (const resolve of watchers) resolve();
    watchers.clear();
  },
  'them',
);
theirs.start();
ours.start();

Object.assign(window, {
  refuse: (status: string | null) => {
    refuseWith = status;
  },
  /** What the command answered, and whether the microphone is let through right after it. */
  command: (name: 'dial' | 'hold' | 'resume' | 'hangUp', callId: string, number: string) => ({
    outcome: ours[name](callId, number),
    isSending: ours.media(callId)?.sent?.enabled ?? null,
  }),
  count: () => events.length,
  isSending: (callId: string) => ours.media(callId)?.sent?.enabled ?? null,
  waitFor: async (from: number, parts: Record<string, unknown>): Promise<number> => {
    for (;;) {
      const at = events.findIndex((event, index) => index >= from && holds(event, parts));
      if (at >= 0) return at;
      await new Promise<void>((resolve) => watchers.add(resolve));
    }
  },
  hasEnded: (callId: string) =>
    events.some((event) => holds(event, { kind: 'call', callId, event: { kind: 'ended' } })),
});
