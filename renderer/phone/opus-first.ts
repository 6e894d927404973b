/**
 * What we ask of Opus (RFC 7587): in-band FEC, so that a lost packet is repaired from the next; no DTX, because silence
 * that is cut sounds like a dead line to a customer; 32 kbit/s on average, where wideband speech is transparent.
 */
const opusWish = 'useinbandfec=1;usedtx=0;maxaveragebitrate=32000';

/** Bits per second our own encoder may use; the same figure as we ask of the far side. */
export const opusBitsPerSecond = 32_000;

/** Codecs in the order we offer and answer them: G.711 last, then the telephone-events that carry DTMF (RFC 4733). */
const order = ['audio/opus', 'audio/g722', 'audio/pcmu', 'audio/pcma', 'audio/telephone-event'];

/** Puts Opus first and G.711 last on each audio transceiver. Call it before createOffer or createAnswer. */
export function preferOpus(connection: RTCPeerConnection): void {
  const known = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? [];
  const wanted = order.flatMap((mimeType) => known.filter((codec) => codec.mimeType.toLowerCase() === mimeType));
  if (wanted.length === 0) return;
  for (const transceiver of connection.getTransceivers()) {
    if (transceiver.receiver.track.kind === 'audio') transceiver.setCodecPreferences(wanted);
  }
}

/** The same session description, asking the far side for Opus as we want it. Other lines are left as they are. */
export function withOpusWish(sdp: string): string {
  const payloadType = /^a=rtpmap:(\d+) opus\/48000/imu.exec(sdp)?.[1];
  if (payloadType === undefined) return sdp;
  const line = new RegExp(`^a=fmtp:${payloadType} [^\\r\\n]*`, 'mu');
  const present = line.exec(sdp)?.[0];
  if (present === undefined) {
    return sdp.replace(
      new RegExp(`^a=rtpmap:${payloadType} [^\\r\\n]*`, 'mu'),
      `$&\r\na=fmtp:${payloadType} ${opusWish}`,
    );
  }
  const kept = present
    .slice(`a=fmtp:${payloadType} `.length)
    .split(';')
    .map((parameter) => parameter.trim())
    .filter((parameter) => parameter !== '' && !/^(useinbandfec|usedtx|maxaveragebitrate)=/iu.test(parameter));
  return sdp.replace(line, `a=fmtp:${payloadType} ${[...kept, opusWish].join(';')}`);
}

/** Holds what is sent to `opusBitsPerSecond`; an encoder that cannot be told keeps its own rate. */
export function limitEncoder(sender: RTCRtpSender | null): void {
  const parameters = sender?.getParameters();
  const encoding = parameters?.encodings[0];
  if (!sender || !parameters || !encoding) return;
  encoding.maxBitrate = opusBitsPerSecond;
  sender.setParameters(parameters).catch((error: unknown) => {
    console.warn('phone: the encoder keeps its own bit rate', error);
  });
}

/** Sends packets, or none at all: the sequence numbers stand still meanwhile. */
export function sendOrNot(sender: RTCRtpSender | null, isSending: boolean): void {
  const parameters = sender?.getParameters();
  const encoding = parameters?.encodings[0];
  if (!sender || !parameters || !encoding) return;
  encoding.active = isSending;
  sender.setParameters(parameters).catch((error: unknown) => {
    console.warn('phone: the encoder goes on as it was', error);
  });
}
