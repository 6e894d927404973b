import { createSocket, type Socket } from 'node:dgram';
import { preciseNow } from './sip-relay.ts';

/** How long a phone on loopback may take to answer by itself. */
const answerTimeoutMs = 5000;

/** A bare SIP caller over UDP: enough to make another phone ring, answer and hang up, and to take the times. */
export type UdpSipCaller = {
  readonly port: number;
  /**
   * Calls `sip:USER@127.0.0.1:PORT` and hangs up when it is answered. Gives the time from our INVITE leaving to the 200 OK
   * arriving, in milliseconds. Rejects when the phone refuses or does not answer.
   */
  call(user: string, port: number): Promise<number>;
  close(): void;
};

/** Opens a UDP port on loopback for calls. */
export async function openUdpSipCaller(): Promise<UdpSipCaller> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  let count = 0;
  return {
    port,
    call: (user, phonePort) => callOnce(socket, { ours: port, theirs: phonePort, user, count: ++count }),
    close: () => socket.close(),
  };
}

type OneCall = { readonly ours: number; readonly theirs: number; readonly user: string; readonly count: number };

function callOnce(socket: Socket, call: OneCall): Promise<number> {
  const callId = `hookline-rig-${call.ours}-${call.count}`;
  const send = (text: string) => socket.send(text, call.theirs, '127.0.0.1');
  return new Promise((resolve, reject) => {
    let answeredAt = 0;
    const finish = (error: Error | null) => {
      clearTimeout(timer);
      socket.off('message', onMessage);
      if (error === null) resolve(answeredAt - sentAt);
      else reject(error);
    };
    const onMessage = (data: Buffer) => {
      const at = preciseNow();
      const text = data.toString();
      if (!text.includes(callId)) return;
      const status = Number(/^SIP\/2.0 (\d{3})/.exec(text)?.[1] ?? 0);
      const method = /^CSeq:\s*\d+\s+(\w+)/im.exec(text)?.[1];
      const to = /^To:\s*(.*)$/im.exec(text)?.[1] ?? '';
      if (method === 'BYE') finish(null);
      else if (status === 200) {
        if (answeredAt === 0) answeredAt = at;
        send(request('ACK', call, callId, { to, sequence: 1 }));
        send(request('BYE', call, callId, { to, sequence: 2 }));
      } else if (status >= 300) finish(new Error(`the phone answered ${status}`));
    };
    const timer = setTimeout(() => finish(new Error('the phone did not answer')), answerTimeoutMs);
    socket.on('message', onMessage);
    const invite = request('INVITE', call, callId, { to: `<sip:${call.user}@127.0.0.1:${call.theirs}>`, sequence: 1 });
    const sentAt = preciseNow();
    send(invite);
  });
}

function request(
  method: string,
  call: OneCall,
  callId: string,
  { to, sequence }: { readonly to: string; readonly sequence: number },
): string {
  const body =
    method === 'INVITE'
      ? `v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0 8\r\na=sendrecv\r\n`
      : '';
  return [
    `${method} sip:${call.user}@127.0.0.1:${call.theirs} SIP/2.0`,
    `Via: SIP/2.0/UDP 127.0.0.1:${call.ours};branch=z9hG4bK-${callId}-${method}-${sequence}`,
    'Max-Forwards: 70',
    `From: <sip:rig@127.0.0.1:${call.ours}>;tag=${callId}`,
    `To: ${to}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence} ${method === 'ACK' ? 'ACK' : method}`,
    `Contact: <sip:rig@127.0.0.1:${call.ours}>`,
    ...(body === '' ? [] : ['Content-Type: application/sdp']),
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}
