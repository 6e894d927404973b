import { writeFileSync } from 'node:fs';

/**
 * How late a read thread's timeout may come. node-hid's read thread looks 20 times a second whether it shall end; with so
 * much slack the kernel lets the threads of all devices look at one time and the processor sleep in between. Reports are
 * not late by it: what is ready to be read is no timeout.
 */
const readerSlackNs = 25_000_000;
/** Gives a thread back what it was started with. */
const plainSlackNs = 0;
/** prctl(2), PR_SET_TIMERSLACK, as a file (proc(5)): of the main thread, and a thread is started with its creator's. */
const slackFile = '/proc/self/timerslack_ns';

/** The read thread that `listen` starts by adding a `data` listener may wake late. Linux only; elsewhere it just listens. */
export function lettingReadersDoze(listen: () => void): void {
  set(readerSlackNs);
  listen();
  // node-hid starts its thread in a nextTick of its own, which came before this one.
  process.nextTick(() => set(plainSlackNs));
}

function set(slackNs: number): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(slackFile, String(slackNs));
  } catch {
    // A sandbox without /proc: the threads wake one by one, as they would without us.
  }
}
