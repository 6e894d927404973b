import { setImmediate } from 'node:timers/promises';
import { BufferTarget, EncodedAudioPacketSource, EncodedPacket, Output, WebMOutputFormat } from 'mediabunny';
import type { Timeline } from './timeline.ts';

/** After how many packets other work gets its turn: a long recording must not hold the seat up. */
const packetsPerTurn = 500;

/** Writes a recording as one WebM that seeks: duration and cues at hand, Opus as it was recorded, nothing re-encoded. */
export async function remux(timeline: Timeline): Promise<Uint8Array> {
  const target = new BufferTarget();
  const output = new Output({ format: new WebMOutputFormat(), target });
  const track = new EncodedAudioPacketSource('opus');
  output.addAudioTrack(track);
  await output.start();
  const meta = {
    decoderConfig: {
      codec: 'opus',
      sampleRate: 48_000,
      numberOfChannels: timeline.channels,
      description: timeline.head,
    },
  };
  for (const [index, { atMs, durationMs, data }] of timeline.packets.entries()) {
    await track.add(new EncodedPacket(data, 'key', atMs / 1000, durationMs / 1000), meta);
    if (index % packetsPerTurn === packetsPerTurn - 1) await setImmediate();
  }
  await output.finalize();
  return new Uint8Array(target.buffer ?? new ArrayBuffer(0));
}
