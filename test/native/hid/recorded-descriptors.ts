import { readdirSync, readFileSync } from 'node:fs';

/** A file of test/recordings/hid: the bytes of a real descriptor, its map as decoded by hand, and its source. */
export type RecordedDescriptor = {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly reportBits: Readonly<Record<string, number>>;
  readonly decoded: readonly {
    readonly dir: 'in' | 'out';
    readonly report_id: number;
    readonly bit: number;
    readonly size: number;
    readonly flags: string;
    readonly usage: string;
  }[];
};

const folder = new URL('../../recordings/hid/', import.meta.url);

/** Every recorded descriptor. */
export function recordedDescriptors(): readonly RecordedDescriptor[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ file, ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }))
    .filter((json) => typeof json.descriptor_hex === 'string')
    .map((json) => ({
      file: json.file,
      bytes: bytesOf(json.descriptor_hex),
      reportBits: json.report_payload_bits,
      decoded: json.decoded,
    }));
}

/** One recorded descriptor, by the start of its file name. */
export function recordedDescriptor(start: string): RecordedDescriptor {
  const found = recordedDescriptors().find((recorded) => recorded.file.startsWith(start));
  if (found === undefined) throw new Error(`No recorded descriptor starts with ${start}`);
  return found;
}

/** The descriptors that node-hid ships with hidapi's rebuilding of them. */
export function windowsPairs(): readonly { name: string; real: Uint8Array; reconstructed: Uint8Array }[] {
  const json = JSON.parse(readFileSync(new URL('windows-reconstructed.json', folder), 'utf8'));
  return json.pairs.map((pair: { name: string; real_hex: string; reconstructed_hex: string }) => ({
    name: pair.name,
    real: bytesOf(pair.real_hex),
    reconstructed: bytesOf(pair.reconstructed_hex),
  }));
}

/** Hex text to bytes; spaces allowed. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}
