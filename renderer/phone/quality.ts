import type { QualityReport } from '../../core/quality-report.ts';
import { estimatedScore, oneWayDelayMs } from '../../core/voice-quality.ts';

/** The figures of one look at a connection, summed since its beginning. Milliseconds, packets. */
export type MediaCounters = {
  readonly codec: string;
  readonly packetsReceived: number;
  readonly packetsLost: number;
  readonly packetsDiscarded: number;
  readonly jitterMs: number;
  /** Sum over all samples of how long each waited; divide by the count for the mean. */
  readonly jitterBufferDelayMs: number;
  readonly jitterBufferEmittedCount: number;
  /** Null until RTCP or ICE measured one. */
  readonly roundTripMs: number | null;
};

/** Every codec a browser telephones with sends a packet each 20 ms unless told otherwise. */
const packetMs = 20;

/** Reads the counters of the audio of a connection; null before any sound was received. */
export async function readCounters(connection: RTCPeerConnection): Promise<MediaCounters | null> {
  const stats = [...(await connection.getStats()).values()] as readonly Readonly<Record<string, unknown>>[];
  const inbound = stats.find((each) => each.type === 'inbound-rtp' && each.kind === 'audio');
  if (inbound === undefined) return null;
  const codec = stats.find((each) => each.type === 'codec' && each.id === inbound.codecId);
  const remote = stats.find((each) => each.type === 'remote-inbound-rtp');
  const pair = stats.find((each) => each.type === 'candidate-pair' && each.nominated === true);
  const roundTrip = number(remote?.roundTripTime) ?? number(pair?.currentRoundTripTime);
  return {
    codec: String(codec?.mimeType ?? '').replace(/^audio\//u, ''),
    packetsReceived: number(inbound.packetsReceived) ?? 0,
    packetsLost: number(inbound.packetsLost) ?? 0,
    packetsDiscarded: number(inbound.packetsDiscarded) ?? 0,
    jitterMs: (number(inbound.jitter) ?? 0) * 1000,
    jitterBufferDelayMs: (number(inbound.jitterBufferDelay) ?? 0) * 1000,
    jitterBufferEmittedCount: number(inbound.jitterBufferEmittedCount) ?? 0,
    roundTripMs: roundTrip === null ? null : roundTrip * 1000,
  };
}

/**
 * What the time between two looks was like. A late packet that came after all makes `packetsLost` go back (RFC 3550
 * section 6.4.1): never below none. Null when nothing was received in between (held): there is nothing to say then.
 */
export function qualityBetween(before: MediaCounters | null, after: MediaCounters): QualityReport | null {
  const received = after.packetsReceived - (before?.packetsReceived ?? 0);
  const lost = Math.max(0, after.packetsLost - (before?.packetsLost ?? 0));
  const late = Math.max(0, after.packetsDiscarded - (before?.packetsDiscarded ?? 0));
  if (received + lost <= 0) return null;
  const lossPercent = Math.min(100, ((lost + late) / (received + lost)) * 100);
  const emitted = after.jitterBufferEmittedCount - (before?.jitterBufferEmittedCount ?? 0);
  const waited = after.jitterBufferDelayMs - (before?.jitterBufferDelayMs ?? 0);
  const path = {
    codec: after.codec,
    lossPercent,
    burstRatio: 1,
    oneWayDelayMs: oneWayDelayMs(after.roundTripMs ?? 0, emitted > 0 ? Math.max(0, waited / emitted) : 0, packetMs),
  };
  return {
    codec: after.codec.slice(0, 32),
    lossPercent,
    jitterMs: after.jitterMs,
    roundTripMs: after.roundTripMs,
    mos: estimatedScore(path),
  };
}

/** How often a call is looked at. */
const everyMs = 2_000;

/** Looks at a connection every two seconds until the answered function is called. */
export function watchQuality(connection: RTCPeerConnection, onReport: (report: QualityReport) => void): () => void {
  let before: MediaCounters | null = null;
  let isWatching = true;
  const look = async () => {
    const after = await readCounters(connection);
    if (!isWatching || after === null) return;
    const report = qualityBetween(before, after);
    before = after;
    if (report !== null) onReport(report);
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => console.warn('phone: the call could not be measured', error));
  }, everyMs);
  return () => {
    isWatching = false;
    clearInterval(timer);
  };
}

function number(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
