import { readdirSync, readFileSync } from 'node:fs';
import type { CallRecord } from '../../../core/call-record.ts';
import type { SmdrLayout } from '../../../native/smdr/layout.ts';
import {
  type DecodedRecord,
  type RecordCounts,
  RecordDecoder,
  type RecordDecoderOptions,
  type UnreadLine,
} from '../../../native/smdr/record-decoder.ts';
import { shippedLayouts } from '../../../native/smdr/shipped-layouts.ts';

const folder = new URL('../../recordings/smdr/', import.meta.url);

/** What a switch printed (test/recordings/smdr), with its source. `hex`: the bytes of the wire, when they are known. */
export type RecordedLines = {
  readonly layout: string;
  readonly fidelity: string;
  readonly lines: readonly string[];
  readonly hex?: string;
};

export const recordedLines: readonly RecordedLines[] = readdirSync(folder).map((name) =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')),
);

export const layouts = shippedLayouts();

export function layoutOf(id: string): SmdrLayout {
  const layout = layouts.get(id);
  if (layout === undefined) throw new Error(`no layout ${id}`);
  return layout;
}

export function recorded(id: string): RecordedLines {
  const found = recordedLines.find(({ layout }) => layout === id);
  if (found === undefined) throw new Error(`no recording of ${id}`);
  return found;
}

export type Decoded = {
  readonly records: readonly CallRecord[];
  readonly unread: readonly UnreadLine[];
  readonly counts: RecordCounts;
};

/** Everything a decoder gives for these bytes (text: one character a byte, lines ended by CR LF). */
export function decodeAll(
  layout: SmdrLayout | string,
  input: readonly string[] | Uint8Array,
  options: Partial<RecordDecoderOptions> = {},
): Decoded {
  const decoder = new RecordDecoder(typeof layout === 'string' ? layoutOf(layout) : layout, {
    today: null,
    ...options,
  });
  const bytes =
    input instanceof Uint8Array ? input : Buffer.from(input.map((line) => `${line}\r\n`).join(''), 'latin1');
  const all: (DecodedRecord | UnreadLine)[] = [...decoder.push(bytes), ...decoder.end()];
  return {
    records: all.flatMap((one) => (one.kind === 'record' ? [one.record] : [])),
    unread: all.filter((one) => one.kind === 'unread'),
    counts: decoder.counts,
  };
}

/** A line of fixed columns: each value at its column, counted from 1. */
export function columnLine(width: number, values: readonly (readonly [number, string])[]): string {
  let line = ' '.repeat(width);
  for (const [at, value] of values) line = line.slice(0, at - 1) + value + line.slice(at - 1 + value.length);
  return line.slice(0, width);
}
