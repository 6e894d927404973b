import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseReportDescriptor, type ReportDescriptor } from '../../../native/hid/report-descriptor.ts';
import { type TelephonyMap, telephonyMap } from '../../../native/hid/telephony.ts';
import { nodeHidDescriptors, parserOutputOf } from './recorded-descriptors.ts';

/**
 * All descriptors inside node-hid's package (hidapi/windows/test/data): what a device gives, in the form some tool printed
 * it, and what hidapi rebuilds of one top-level collection on Windows. The name is vendor, product, usage and page.
 */

const data = fileURLToPath(new URL('../../../node_modules/node-hid/hidapi/windows/test/data/', import.meta.url));

function parsed(bytes: Uint8Array): ReportDescriptor {
  const descriptor = parseReportDescriptor(bytes);
  if (descriptor.kind === 'error') throw new Error(descriptor.message);
  return descriptor;
}

/** The fields of the top-level collections with this usage. */
function under(descriptor: ReportDescriptor, usage: number): ReportDescriptor {
  const topOf = (index: number): number => {
    const parent = descriptor.collections[index]?.parent;
    return parent === undefined ? index : topOf(parent);
  };
  const fields = descriptor.fields.filter(
    ({ collection }) => collection !== undefined && descriptor.collections[topOf(collection)]?.usage === usage,
  );
  return { ...descriptor, fields };
}

function essence({ isTelephony, keys, lamps }: TelephonyMap): object {
  const row = (c: TelephonyMap['keys'][number] | TelephonyMap['lamps'][number]): string =>
    `${c.name} ${c.reportId}.${c.bitOffset}x${c.bitSize} ${c.isRelative} ${JSON.stringify('selector' in c ? c.selector : null)}`;
  return { isTelephony, keys: keys.map(row).sort(), lamps: lamps.map(row).sort() };
}

describe('hidapi’s own test data', () => {
  const all = nodeHidDescriptors();

  it('is there, whole', () => {
    expect(all.length).toBe(readdirSync(data).filter((file) => file.endsWith('.pp_data')).length);
    expect(all.length).toBeGreaterThanOrEqual(25);
  });

  for (const { name, real, reconstructed } of all) {
    it(`${name}: the same keys and lamps from the device’s bytes and from what is rebuilt`, () => {
      const [, , usage = '', page = ''] = name.split('_');
      const top = Number.parseInt(page, 16) * 0x10000 + Number.parseInt(usage, 16);
      const map = telephonyMap(under(parsed(real), top));
      expect(essence(telephonyMap(parsed(reconstructed)))).toEqual(essence(map));
      expect(map.isTelephony).toBe(name === '047F_C056_0005_000B');
    });
  }

  it('a file that prints the descriptor twice is read once', () => {
    const twice = all.flatMap(({ name, real }) => {
      const printed = parserOutputOf(name);
      // A Bluetooth mouse: first the whole device, then one of its collections.
      return printed === undefined || name.startsWith('046D_B010')
        ? []
        : [[name, Buffer.from(real), Buffer.from(printed)]];
    });
    expect(twice.length).toBeGreaterThanOrEqual(8);
    expect(twice.map(([name, real]) => [name, real])).toEqual(twice.map(([name, , printed]) => [name, printed]));
  });
});
