import JsSIP from 'jssip';
import type { RTCSession } from 'jssip/lib/RTCSession';
import type { Peer, PeerAccount } from './peer.ts';

/** JsSIP as its documentation shows it: `session.answer()` takes the microphone and gathers every candidate. */
export function startPeer(account: PeerAccount, onRinging: () => void): Promise<Peer> {
  const userAgent = new JsSIP.UA({
    sockets: [new JsSIP.WebSocketInterface(account.server)],
    uri: `sip:${account.user}@${account.domain}`,
    password: account.password,
  });
  let session: RTCSession | null = null;
  userAgent.on('newRTCSession', (event: { session: RTCSession }) => {
    session = event.session;
    onRinging();
  });
  return new Promise((resolve, reject) => {
    userAgent.on('registered', () =>
      resolve({ answer: () => session?.answer({ mediaConstraints: { audio: true, video: false } }) }),
    );
    userAgent.on('registrationFailed', () => reject(new Error('JsSIP could not register')));
    userAgent.start();
  });
}
