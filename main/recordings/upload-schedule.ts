/**
 * When which recording goes up, and in what bites: arithmetic only. What a supervisor waits for is mostly the newest call,
 * so the newest goes first; every fourth turn belongs to the oldest, so a busy week starves nothing.
 */
const oldestEach = 4;

/** The next recording to send; null when each is held back. Both lists come from the ends of the same queue. */
export function pickNext(
  queue: { readonly newest: readonly string[]; readonly oldest: readonly string[] },
  isHeld: (recordingId: string) => boolean,
  turn: number,
): string | null {
  const { newest, oldest } = queue;
  const order = turn % oldestEach === oldestEach - 1 ? [...oldest, ...newest] : [...newest, ...oldest];
  return order.find((recordingId) => !isHeld(recordingId)) ?? null;
}

/** Longest wait after the first failure and after many, in milliseconds. */
const firstWaitMs = 1_000;
const longestWaitMs = 60_000;
/** The longest wait a hub may ask for, in milliseconds: a mistake in its clock must not stop uploads for a day. */
const askedWaitMaxMs = 10 * 60_000;

/**
 * How long to wait after so many failures in a row, in milliseconds: anything up to a limit that doubles from 1 to 60 s
 * (full jitter), so 200 seats do not come back together. Not before the hub asked for it (Retry-After).
 * `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number, askedMs: number | null): number {
  const limit = Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 16));
  return Math.max(random * limit, Math.min(askedMs ?? 0, askedWaitMaxMs));
}

/** Reads Retry-After (RFC 9110 section 10.2.3), seconds or a date; null when it says neither. `now`: wall clock. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

/**
 * Bytes of a chunk: what is sent again at most after a cut, and what is in memory at a time. On a quick road a chunk is
 * large, because each one waits for the hub's disk.
 */
export const chunkBytesMin = 16 * 1024;
export const chunkBytesMax = 16 * 1024 * 1024;
export const chunkBytesFirst = 128 * 1024;

/** A chunk shall take about so long, in milliseconds: far from the watchdog's 20 s, long enough to be worth its request. */
const quickMs = 300;
const briefMs = 1_500;
const longMs = 6_000;

/** The size of the next chunk: more after a quick one, less after a slow or failed one. `tookMs` null: it failed. */
export function nextChunkBytes(bytes: number, tookMs: number | null): number {
  if (tookMs === null || tookMs > longMs) return Math.max(chunkBytesMin, Math.floor(bytes / 2));
  if (tookMs >= briefMs) return bytes;
  return Math.min(chunkBytesMax, bytes * (tookMs < quickMs ? 4 : 2));
}
