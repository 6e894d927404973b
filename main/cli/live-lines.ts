/** A reader that is slower than the line loses lines (it is told how many) before this fills the memory. */
const unreadMax = 1024 * 1024;

/** Writes JSON lines to standard output as they happen; what a slow reader misses is counted: `{"missed": 12}`. */
export function liveLines(): (line: object) => void {
  let missed = 0;
  return (line) => {
    if (process.stdout.writableLength > unreadMax) {
      missed += 1;
      return;
    }
    if (missed > 0) process.stdout.write(`${JSON.stringify({ missed })}\n`);
    missed = 0;
    process.stdout.write(`${JSON.stringify(line)}\n`);
  };
}

const dayMs = 86_400_000;

/** Resolves when the time is over or the process is asked to end. */
export function untilEnd(seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    // The timer also keeps the process alive while nothing is plugged in and nobody is connected.
    const timer = seconds === undefined ? setInterval(() => undefined, dayMs) : setTimeout(done, seconds * 1000);
    function done(): void {
      clearTimeout(timer);
      process.off('SIGINT', done);
      process.off('SIGTERM', done);
      resolve();
    }
    process.on('SIGINT', done);
    process.on('SIGTERM', done);
  });
}
