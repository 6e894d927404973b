import { z } from 'zod';
import type { FrameType } from './frame.ts';

/** What a frame says once it is decrypted. Times are milliseconds on the recording's own clock. */
export type Content =
  | { readonly type: 'begin'; readonly callId: string }
  | {
      readonly type: 'sound';
      /** Which WebM stream the bytes belong to; a pause begins the next. */
      readonly segment: number;
      readonly atMs: number;
      readonly durationMs: number;
      readonly sound: Uint8Array;
    }
  | { readonly type: 'gap'; readonly atMs: number; readonly durationMs: number; readonly reason: string }
  /** `chunks`: how many frames stand before this one. `chain`: the chain hash over them, hex. */
  | { readonly type: 'close' | 'seal'; readonly chunks: number; readonly chain: string };

const bodies = {
  begin: z.object({ callId: z.string() }),
  gap: z.object({ atMs: z.number(), durationMs: z.number(), reason: z.string() }),
  end: z.object({ chunks: z.number().int(), chain: z.string() }),
};

/** Segment (u32), time and duration (f64 each), then the sound. */
const soundPrefixLength = 4 + 8 + 8;

/** The bytes of a frame's body. */
export function encodeContent(content: Content): Buffer {
  if (content.type !== 'sound') {
    const { type, ...rest } = content;
    return Buffer.from(JSON.stringify(rest), 'utf8');
  }
  const prefix = Buffer.alloc(soundPrefixLength);
  prefix.writeUInt32LE(content.segment, 0);
  prefix.writeDoubleLE(content.atMs, 4);
  prefix.writeDoubleLE(content.durationMs, 12);
  return Buffer.concat([prefix, content.sound]);
}

/** What a body says. It was authenticated, so one that breaks its shape is our mistake, and throws. */
export function decodeContent(type: FrameType, body: Buffer): Content {
  if (type === 'sound') {
    return {
      type,
      segment: body.readUInt32LE(0),
      atMs: body.readDoubleLE(4),
      durationMs: body.readDoubleLE(12),
      sound: body.subarray(soundPrefixLength),
    };
  }
  const value: unknown = JSON.parse(body.toString('utf8'));
  if (type === 'begin') return { type, ...bodies.begin.parse(value) };
  if (type === 'gap') return { type, ...bodies.gap.parse(value) };
  return { type, ...bodies.end.parse(value) };
}
