import type { LentTrack, SoundSource } from './line.ts';
import { preferOpus } from './opus-first.ts';

/** An answer that is finished but for the sending, made while the call rings. */
export type PreparedAnswer = {
  readonly connection: RTCPeerConnection;
  readonly lent: LentTrack;
  readonly stream: MediaStream;
  /** What the caller offered as addresses: given to ICE only once we answer, so that nothing is sent while ringing. */
  readonly candidates: readonly RTCIceCandidateInit[];
  readonly sender: RTCRtpSender;
};

/** After this a preparation is given up and the call answered the ordinary way; host candidates take under 200 ms. */
const prepareMsMax = 1500;

/**
 * Does all of an answer but the sending: remote offer in, microphone track on (disabled: nothing is heard), answer made
 * and set, first host candidate gathered. The offer's candidates are held back until `handOver`: ICE would otherwise
 * check towards a caller who does not know our answer yet, and report `failed` before a long ring is over.
 * Rejects when the offer cannot be answered or takes too long; then nothing is left open.
 */
export async function prepareAnswer(callId: string, offerSdp: string, sound: SoundSource): Promise<PreparedAnswer> {
  const lent = await sound.lend(callId);
  lent.track.enabled = false;
  const connection = new RTCPeerConnection({ iceServers: [], bundlePolicy: 'max-bundle' });
  try {
    const { sdp, candidates } = withoutCandidates(offerSdp);
    await connection.setRemoteDescription({ type: 'offer', sdp });
    const stream = new MediaStream([lent.track]);
    const sender = connection.addTrack(lent.track, stream);
    preferOpus(connection);
    await connection.setLocalDescription(await connection.createAnswer());
    await firstHostCandidate(connection);
    return { connection, lent, stream, candidates, sender };
  } catch (error) {
    discardPrepared({ connection, lent });
    throw error;
  }
}

/** Closes what was prepared for a call that will not be answered here. */
export function discardPrepared(prepared: Pick<PreparedAnswer, 'connection' | 'lent'>): void {
  prepared.connection.close();
  prepared.lent.release();
}

/**
 * Runs `answer` (JsSIP's, which makes its RTCPeerConnection synchronously) so that it gets the prepared connection and,
 * for each step of its answer, the finished result at once. Each substitute is used once and then gone: a later
 * re-INVITE meets the connection's own methods.
 */
export function handOver(prepared: PreparedAnswer, answer: () => void): void {
  const { connection, candidates, sender } = prepared;
  substituteOnce(connection, 'addTrack', () => sender);
  substituteOnce(connection, 'setRemoteDescription', () => {
    addCandidates(connection, candidates);
    return Promise.resolve();
  });
  const local = { type: 'answer', sdp: connection.localDescription?.sdp ?? '' };
  substituteOnce(connection, 'createAnswer', () => Promise.resolve(local));
  substituteOnce(connection, 'setLocalDescription', () => Promise.resolve());
  // JsSIP sends without waiting when gathering is complete; what is not gathered by now is found as peer-reflexive.
  Object.defineProperty(connection, 'iceGatheringState', {
    configurable: true,
    get: () => {
      Reflect.deleteProperty(connection, 'iceGatheringState');
      return 'complete';
    },
  });
  const native = window.RTCPeerConnection;
  window.RTCPeerConnection = new Proxy(native, { construct: () => connection });
  try {
    answer();
  } finally {
    window.RTCPeerConnection = native;
  }
}

function substituteOnce(connection: RTCPeerConnection, method: string, result: () => unknown): void {
  Object.defineProperty(connection, method, {
    configurable: true,
    value: () => {
      Reflect.deleteProperty(connection, method);
      return result();
    },
  });
}

function addCandidates(connection: RTCPeerConnection, candidates: readonly RTCIceCandidateInit[]): void {
  for (const candidate of candidates) {
    connection.addIceCandidate(candidate).catch((error: unknown) => {
      console.warn('phone: a candidate of the caller was not understood', candidate.candidate, error);
    });
  }
}

/** The offer without its addresses, and the addresses by media line. */
export function withoutCandidates(sdp: string): { sdp: string; candidates: RTCIceCandidateInit[] } {
  const candidates: RTCIceCandidateInit[] = [];
  let mediaLine = -1;
  const kept = sdp.split(/\r?\n/u).filter((line) => {
    if (line.startsWith('m=')) mediaLine += 1;
    if (line.startsWith('a=candidate:')) {
      candidates.push({ candidate: line.slice(2), sdpMLineIndex: Math.max(mediaLine, 0) });
      return false;
    }
    return line !== 'a=end-of-candidates';
  });
  return { sdp: kept.join('\r\n'), candidates };
}

function firstHostCandidate(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => reject(new Error('no host candidate in time')), prepareMsMax);
    const done = () => {
      clearTimeout(deadline);
      resolve();
    };
    if (connection.iceGatheringState === 'complete') done();
    connection.addEventListener('icecandidate', done, { once: true });
  });
}
