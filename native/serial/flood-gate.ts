/** A line of this speed brings a tenth of its baud rate; four times that is no line but a fault, and is dropped. */
const floodFactor = 4;
const floodBytesMin = 4096;
const windowMs = 1000;
/** A device that floods so many seconds in a row will not stop by itself. */
const floodedWindowsMax = 5;

/** What becomes of bytes that came. `first-drop`: dropped, and the first of a second that are. `hopeless`: give it up. */
export type FloodVerdict = 'pass' | 'drop' | 'first-drop' | 'hopeless';

/** Lets through what a line of this speed can carry in a second, and counts the seconds in which it was more. */
export function floodGate(baudRate: number, startMs: number): (bytes: number, nowMs: number) => FloodVerdict {
  const most = Math.max(floodBytesMin, (baudRate / 10) * floodFactor);
  let sinceMs = startMs;
  let bytes = 0;
  let flooded = 0;
  return (more, nowMs) => {
    if (nowMs - sinceMs >= windowMs) {
      // A second without a flood, or one in which nothing came at all, ends the row.
      if (bytes <= most || nowMs - sinceMs >= 2 * windowMs) flooded = 0;
      sinceMs = nowMs;
      bytes = 0;
    }
    const isFirst = bytes <= most;
    bytes += more;
    if (bytes <= most) return 'pass';
    if (!isFirst) return 'drop';
    flooded += 1;
    return flooded >= floodedWindowsMax ? 'hopeless' : 'first-drop';
  };
}

/** How long a flooding port is left unread once it has had its share: what waits in it is then thrown away. */
export const floodRestMs = 900;
