/**
 * Voice quality by the E-model, ITU-T G.107 (06/2015), for the default values of everything a seat cannot know: what is
 * left is delay, codec and loss. The result is an estimate of the network part of a conversation, nothing more.
 */

/** What one way of a call was like. Milliseconds and percent 0..100. */
export type VoicePath = {
  /** As WebRTC names it: opus, PCMU, PCMA, G722. */
  readonly codec: string;
  /** Mouth to ear, see oneWayDelayMs. */
  readonly oneWayDelayMs: number;
  /** Lost on the way or too late for the jitter buffer. */
  readonly lossPercent: number;
  /** Mean burst of losses over the mean burst of random loss, G.107 clause 7.5; 1 when losses are independent. */
  readonly burstRatio: number;
};

/** G.107 Table 3: what the defaults give. Ro is the basic signal-to-noise ratio, Is the simultaneous impairments. */
const basicSignalToNoise = 94.77;
const simultaneousImpairment = 1.41;
const noiseDbm0p = -61.18;
const receiveLoudnessDb = 2;
const talkerEchoLoudnessDb = 65;
const weightedEchoPathLossDb = 110;
/** G.107 clause 7.4: sensitivity and minimum perceivable delay of the default class of users. */
const delaySensitivity = 1;
const noticedDelayMs = 100;

type CodecImpairment = { readonly ie: number; readonly bpl: number };

/**
 * Equipment impairment and loss robustness. G.711 with concealment: G.113 (11/2007) Appendix I, Table I.4 (Bpl 25.1);
 * browsers always conceal. G.113 gives nothing for Opus: at 32 kbit/s it is transparent on the narrow-band scale (Ie 0)
 * and is given the same robustness as concealed G.711, although in-band FEC repairs more: an estimate on the safe side.
 * G.722 likewise.
 */
const codecs: Readonly<Record<string, CodecImpairment>> = {
  opus: { ie: 0, bpl: 25.1 },
  pcmu: { ie: 0, bpl: 25.1 },
  pcma: { ie: 0, bpl: 25.1 },
  g722: { ie: 0, bpl: 25.1 },
  /** G.113 Appendix I, Tables I.1 and I.4. */
  g729: { ie: 11, bpl: 19 },
};
/** A codec we do not know counts like GSM-EFR (G.113 Appendix I: Ie 5, Bpl 10). */
const unknownCodec: CodecImpairment = { ie: 5, bpl: 10 };

/**
 * Mouth-to-ear delay of one way, from what WebRTC measures: half the round trip, the jitter buffer, and two packets (one
 * to fill, one of codec look-ahead and playing out). RTT as it stands would count the way twice.
 */
export function oneWayDelayMs(roundTripMs: number, jitterBufferMs: number, packetMs: number): number {
  return roundTripMs / 2 + jitterBufferMs + 2 * packetMs;
}

/** The rating R, 0..93.4 (G.107 equation 7-1 with A = 0). */
export function rating(path: VoicePath): number {
  const r =
    basicSignalToNoise -
    simultaneousImpairment -
    delayImpairment(path.oneWayDelayMs) -
    equipmentImpairment(path.codec, path.lossPercent, path.burstRatio);
  return Math.min(100, Math.max(0, r));
}

/** R as a mean opinion score, 1..4.5 (G.107 equation B-4). */
export function meanOpinionScore(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return Math.max(1, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

/** The mean opinion score of a path, 1..4.5. */
export function estimatedScore(path: VoicePath): number {
  return meanOpinionScore(rating(path));
}

/** Ie-eff, G.107 equation 7-29. */
export function equipmentImpairment(codec: string, lossPercent: number, burstRatio: number): number {
  const { ie, bpl } = codecs[codec.toLowerCase()] ?? unknownCodec;
  const loss = Math.min(100, Math.max(0, lossPercent));
  return loss === 0 ? ie : ie + ((95 - ie) * loss) / (loss / burstRatio + bpl);
}

/** Id = Idte + Idle + Idd, G.107 clause 7.4, with T = Ta and Tr = 2 T: both directions alike, no echo but the default. */
export function delayImpairment(delayMs: number): number {
  const delay = Math.max(0, delayMs);
  return talkerEcho(delay) + listenerEcho(2 * delay) + tooLong(delay);
}

/** Idte, G.107 equations 7-20 to 7-23. */
function talkerEcho(delayMs: number): number {
  const echoLoudness =
    talkerEchoLoudnessDb -
    40 * Math.log10((1 + delayMs / 10) / (1 + delayMs / 150)) +
    6 * Math.exp(-0.3 * delayMs * delayMs);
  const noise = -1.5 * (noiseDbm0p - receiveLoudnessDb);
  const echo = 80 + 2.5 * (echoLoudness - 14);
  const half = (noise - echo) / 2;
  return (half + Math.sqrt(half * half + 100) - 1) * (1 - Math.exp(-delayMs));
}

/** Idle, G.107 equations 7-25 and 7-26. */
function listenerEcho(roundTripMs: number): number {
  const echo = 10.5 * (weightedEchoPathLossDb + 7) * (roundTripMs + 1) ** -0.25;
  const half = (basicSignalToNoise - echo) / 2;
  return half + Math.sqrt(half * half + 169);
}

/** Idd, G.107 equations 7-27 and 7-28: what delay alone does to a conversation. */
function tooLong(delayMs: number): number {
  if (delayMs <= noticedDelayMs) return 0;
  const x = Math.log10(delayMs / noticedDelayMs) / Math.log10(2);
  const power = 6 * delaySensitivity;
  return 25 * ((1 + x ** power) ** (1 / power) - 3 * (1 + (x / 3) ** power) ** (1 / power) + 2);
}
