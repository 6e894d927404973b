import { type Invitation, Registerer, UserAgent } from 'sip.js';
import type { Peer, PeerAccount } from './peer.ts';

/**
 * SIP.js as its documentation shows it: `invitation.accept()`. One thing is not its default: no STUN server, because
 * this network has none, and waiting 5 s for Google's would not be a fair measure.
 */
export async function startPeer(account: PeerAccount, onRinging: () => void): Promise<Peer> {
  const uri = UserAgent.makeURI(`sip:${account.user}@${account.domain}`);
  if (uri === undefined) throw new Error('not an address');
  let invitation: Invitation | null = null;
  const userAgent = new UserAgent({
    uri,
    transportOptions: { server: account.server },
    authorizationUsername: account.user,
    authorizationPassword: account.password,
    sessionDescriptionHandlerFactoryOptions: { peerConnectionConfiguration: { iceServers: [] } },
    logLevel: 'error',
    delegate: {
      onInvite: (incoming) => {
        invitation = incoming;
        onRinging();
      },
    },
  });
  await userAgent.start();
  const registerer = new Registerer(userAgent);
  await new Promise<void>((resolve, reject) => {
    registerer.stateChange.addListener((state) => {
      if (state === 'Registered') resolve();
    });
    registerer.register({ requestDelegate: { onReject: () => reject(new Error('SIP.js could not register')) } });
  });
  return {
    answer: () => {
      invitation?.accept({ sessionDescriptionHandlerOptions: { constraints: { audio: true, video: false } } });
    },
  };
}
