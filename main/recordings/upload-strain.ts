import type { QualityReport } from '../../core/quality-report.ts';

/** A call's road is strained from so much loss on, in percent, and well again below so much. */
const lossHighPercent = 3;
const lossLowPercent = 1;
/** The same for what the round trip rose above the best this call has had, in milliseconds. */
const riseHighMs = 100;
const riseLowMs = 50;
/** So many reports in a row must be well before uploads go on: one comes each two seconds. */
const wellReports = 3;
/** A call that has not reported for so long has ended or lost its page, in milliseconds: it holds nothing up. */
const staleMs = 15_000;
/** More calls than a seat ever has; the oldest is forgotten. */
const callsMax = 16;

interface Road {
  readonly bestRoundTripMs: number;
  readonly isStrained: boolean;
  /** Reports in a row that were well. */
  readonly well: number;
  readonly heardAt: number;
}

/**
 * Whether the road of some call is worse than it was, by what the phone page reports: then sound goes before uploads. With
 * hysteresis, so that uploads do not start and stop with every report. Times are monotonic milliseconds.
 */
export class UploadStrain {
  readonly #roads = new Map<string, Road>();

  heard(callId: string, { roundTripMs, lossPercent }: QualityReport, at: number): void {
    const before = this.#roads.get(callId);
    const best = Math.min(before?.bestRoundTripMs ?? Number.POSITIVE_INFINITY, roundTripMs ?? Number.POSITIVE_INFINITY);
    const riseMs = roundTripMs === null ? 0 : roundTripMs - best;
    const well = lossPercent < lossLowPercent && riseMs < riseLowMs ? (before?.well ?? 0) + 1 : 0;
    const isHigh = lossPercent >= lossHighPercent || riseMs >= riseHighMs;
    const isStrained = isHigh || (before?.isStrained === true && well < wellReports);
    this.#roads.delete(callId);
    this.#roads.set(callId, { bestRoundTripMs: best, isStrained, well, heardAt: at });
    const [oldest] = this.#roads.keys();
    if (this.#roads.size > callsMax && oldest !== undefined) this.#roads.delete(oldest);
  }

  ended(callId: string): void {
    this.#roads.delete(callId);
  }

  isStrained(at: number): boolean {
    return [...this.#roads.values()].some((road) => road.isStrained && at - road.heardAt < staleMs);
  }
}
