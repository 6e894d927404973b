import type { Clock } from '../clock.ts';
import type { HidOpening, HidPort, HidPortListener } from './hid-bus.ts';
import { reportGuard, reportsPerSecondMax, restMs, strangeReportsMax } from './report-guard.ts';

/** A device that floods says so in the log once in this time. */
const tellEveryMs = 60_000;
/** Report ids whose newest report is kept while the device rests; a descriptor has a handful. */
const keptIdsMax = 16;

/** How many devices rest at this moment: the more of them flood, the longer each is left unread. */
export type Crowd = { resting: number };

export type GuardParts = {
  readonly crowd: Crowd;
  readonly clock: Clock;
  readonly isKnown: (report: Uint8Array) => boolean;
  /** Takes apart what the carrier has joined; where that cannot be, a report is one report. */
  readonly split?: (report: Uint8Array) => readonly Uint8Array[];
  onTrouble(doing: string, detail: string): void;
};

/**
 * Opens a port whose reports are judged by report-guard.ts before `listener` has them. A flooding device is left unread
 * for a while, again and again, and the newest report of each id is handed on at the end of each rest, so that no state
 * is lost. A babbling one ends as failed.
 */
export async function guardedOpen(
  open: (listener: HidPortListener) => Promise<HidOpening>,
  parts: GuardParts,
  listener: HidPortListener,
): Promise<HidOpening> {
  const guarded = new GuardedPort(parts, listener);
  const opening = await open(guarded);
  return opening.kind === 'refused' ? opening : { kind: 'open', port: guarded.start(opening.port) };
}

class GuardedPort implements HidPortListener {
  readonly #parts: GuardParts;
  readonly #listener: HidPortListener;
  readonly #judge: (report: Uint8Array, nowMs: number) => ReturnType<ReturnType<typeof reportGuard>>;
  readonly #kept = new Map<number, Uint8Array>();
  #port: HidPort | undefined;
  #isResting = false;
  #isOver = false;
  #toldMs = Number.NEGATIVE_INFINITY;
  #cancelRest = (): void => undefined;

  constructor(parts: GuardParts, listener: HidPortListener) {
    this.#parts = parts;
    this.#listener = listener;
    this.#judge = reportGuard(parts.isKnown, parts.clock.nowMs());
  }

  start(port: HidPort): HidPort {
    this.#port = port;
    if (this.#isResting) port.setReading?.(false);
    return {
      ...port,
      close: () => {
        this.#end();
        return port.close();
      },
    };
  }

  onReport(report: Uint8Array): void {
    const { split } = this.#parts;
    if (split === undefined) this.#takeOne(report);
    else for (const piece of split(report)) this.#takeOne(piece);
  }

  #takeOne(report: Uint8Array): void {
    if (this.#isOver) return;
    if (this.#isResting) {
      this.#keep(report);
      return;
    }
    const verdict = this.#judge(report, this.#parts.clock.nowMs());
    if (verdict === 'take') this.#listener.onReport(report);
    else if (verdict === 'rest') this.#rest(report);
    else if (verdict === 'babbles') {
      const detail = `It sent more than ${strangeReportsMax} reports in a second that its descriptor does not have.`;
      this.onClosed('failed', detail);
    }
  }

  onClosed(reason: 'unplugged' | 'failed', detail: string): void {
    if (this.#isOver) return;
    this.#end();
    this.#listener.onClosed(reason, detail);
  }

  #keep(report: Uint8Array): void {
    // What is kept is handed on unjudged.
    if (!this.#parts.isKnown(report)) return;
    const id = report[0] ?? 0;
    if (this.#kept.has(id) || this.#kept.size < keptIdsMax) this.#kept.set(id, report);
  }

  #rest(report: Uint8Array): void {
    const { clock, crowd, onTrouble } = this.#parts;
    this.#isResting = true;
    this.#keep(report);
    this.#port?.setReading?.(false);
    if (clock.nowMs() - this.#toldMs >= tellEveryMs) {
      this.#toldMs = clock.nowMs();
      onTrouble('reading', `It sends more than ${reportsPerSecondMax} reports a second; only the newest are read.`);
    }
    crowd.resting += 1;
    this.#cancelRest = clock.after(restMs * crowd.resting, () => this.#wake());
  }

  #wake(): void {
    this.#isResting = false;
    this.#parts.crowd.resting -= 1;
    const kept = [...this.#kept.values()];
    this.#kept.clear();
    for (const report of kept) if (!this.#isOver) this.#listener.onReport(report);
    if (!this.#isOver) this.#port?.setReading?.(true);
  }

  #end(): void {
    if (this.#isResting && !this.#isOver) this.#parts.crowd.resting -= 1;
    this.#isOver = true;
    this.#cancelRest();
    this.#kept.clear();
  }
}
