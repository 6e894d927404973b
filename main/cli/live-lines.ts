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

/** Resolves when the time is over or the process is asked to end. */
export function untilEnd(seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    // Without a limit a day is as good as for ever; the timer also keeps the process alive while nothing is plugged in.
    const timer = setTimeout(done, (seconds ?? 86_400) * 1000);
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
