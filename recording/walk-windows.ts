import { type ByteWindow, windowBytes } from './byte-window.ts';
import { decodeContent } from './content.ts';
import { chained, type FrameKeys, frameLength, headLength, marker, readBody, readHead } from './frame.ts';
import { framesOffset } from './header.ts';
import { type Frame, isEnd, type Walk } from './read-container.ts';

const noSound = new Uint8Array();

/**
 * Walks through a recording's frames as `readContainer` does, through a window and not with the whole file in memory: of
 * each frame of sound there is what it says and where it stands, and not its bytes. Rejects as the window does.
 */
export async function walkWindows(keys: FrameKeys, window: ByteWindow, firstLink: Buffer): Promise<Walk> {
  const frames: Frame[] = [];
  const damaged: number[] = [];
  const strays: { offset: number; before: number | null }[] = [];
  let chain = firstLink;
  let offset = Math.min(framesOffset, window.length);
  while (offset < window.length) {
    const head = readHead(keys, await window.at(offset, headLength), 0);
    if (head === null) {
      const next = await nextHead(keys, window, offset + 1);
      if (offset < window.length) strays.push({ offset, before: next?.number ?? null });
      if (next === null) break;
      offset = next.offset;
      continue;
    }
    const length = frameLength(head);
    const frame = await window.at(offset, length);
    const body = readBody(keys, head, frame, 0);
    if (body === null) {
      // A true head whose body is not: perhaps bytes were taken out, so another head may stand within its length.
      const inside = await nextHead(keys, window, offset + headLength);
      if (inside === null && offset + length > window.length) {
        strays.push({ offset, before: null });
        break;
      }
      damaged.push(head.number);
      offset = inside !== null && inside.offset < offset + length ? inside.offset : offset + length;
      continue;
    }
    const content = decodeContent(head.type, body);
    if (!isEnd(content)) chain = chained(chain, frame);
    const kept = content.type === 'sound' ? { ...content, sound: noSound } : content;
    frames.push({ number: head.number, content: kept, offset, length });
    offset += length;
  }
  return { frames, damaged, strays, chain };
}

/** The next true head at or after an offset. */
async function nextHead(
  keys: FrameKeys,
  window: ByteWindow,
  from: number,
): Promise<{ readonly offset: number; readonly number: number } | null> {
  for (let at = from; at < window.length; ) {
    const bytes = await window.at(at, windowBytes);
    for (let hit = bytes.indexOf(marker); hit >= 0; hit = bytes.indexOf(marker, hit + 1)) {
      const head = readHead(keys, await window.at(at + hit, headLength), 0);
      if (head !== null) return { offset: at + hit, number: head.number };
    }
    // A marker may lie across the end of this window.
    at += Math.max(1, bytes.length - (marker.length - 1));
    if (bytes.length < windowBytes) return null;
  }
  return null;
}
