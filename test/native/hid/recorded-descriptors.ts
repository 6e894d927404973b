import { readdirSync, readFileSync } from 'node:fs';
import { readDescriptorInput } from '../../../native/hid/descriptor-text.ts';

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

/** Reports of devices whose descriptor nobody has published, with what they mean. */
export function reportsWithoutDescriptor(): readonly {
  readonly product: string;
  readonly sample_reports?: readonly { readonly dir: 'in' | 'out'; readonly hex: string; readonly meaning: string }[];
}[] {
  return JSON.parse(readFileSync(new URL('reports-without-descriptor.json', folder), 'utf8'));
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

const nodeHidData = new URL('../../../node_modules/node-hid/hidapi/windows/test/data/', import.meta.url);

/** hidapi's own test data, whole: each device's descriptor and what hidapi rebuilds of it on Windows. */
export function nodeHidDescriptors(): readonly {
  readonly name: string;
  readonly real: Uint8Array;
  readonly reconstructed: Uint8Array;
}[] {
  const read = (file: string): Uint8Array => {
    const input = readDescriptorInput(readFileSync(new URL(file, nodeHidData)));
    if (input.kind === 'error') throw new Error(`${file}: ${input.message}`);
    return input.bytes;
  };
  return readdirSync(nodeHidData)
    .filter((file) => file.endsWith('_real.rpt_desc'))
    .map((file) => file.replace('_real.rpt_desc', ''))
    .map((name) => ({ name, real: read(`${name}_real.rpt_desc`), reconstructed: read(`${name}_expected.rpt_desc`) }));
}

/** The bytes after the heading "Parser output:" of such a file, for those that have one. */
export function parserOutputOf(name: string): Uint8Array | undefined {
  const text = readFileSync(new URL(`${name}_real.rpt_desc`, nodeHidData), 'utf8').split(/Parser output:/i)[1];
  if (text === undefined) return undefined;
  return bytesOf((text.match(/0x[0-9a-f]{2}(?=,)/gi) ?? []).map((byte) => byte.slice(2)).join(''));
}

/** Hex text to bytes; spaces allowed. */
export function bytesOf(hex: string): Uint8Array {
  return Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
}
