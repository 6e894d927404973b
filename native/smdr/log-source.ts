/** First wait before a switch is connected to again; doubled each time, up to the longest. */
export const reconnectDelayMs = 1_000;
/** A switch that restarts is away for minutes: sooner than this after it is back, its log is read again. */
export const reconnectDelayMaxMs = 30_000;
/** `lost`: why it is not there (any more); what was begun on the line will not be finished; the next bytes begin a new line. */
export type SourceState =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'connected'; readonly peer: string }
  | { readonly kind: 'lost'; readonly detail: string; readonly why: 'not-found' | 'refused' | 'lost' };

/** Where a switch's call log comes from. Bytes and states come in order; nothing comes after `close`. */
export type LogListener = { onBytes(bytes: Uint8Array): void; onState(state: SourceState): void };
/** `close` resolves when the port or socket is free. */
export type LogSource = { close(): Promise<void> };
