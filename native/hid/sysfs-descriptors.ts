import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { DescriptorSource } from './descriptor-source.ts';
import { descriptorLengthMax } from './report-descriptor.ts';

/**
 * Linux: `/sys/class/hidraw/<node>/device/report_descriptor`, readable by all. It is what the kernel uses, so a driver
 * that repairs a descriptor (hid-cmedia.c) has already repaired it here.
 */
export function sysfsDescriptors(root = '/sys'): DescriptorSource {
  return {
    descriptorOf: async (path) => {
      const file = `${root}/class/hidraw/${basename(path)}/device/report_descriptor`;
      try {
        return { kind: 'ok', bytes: await readAtMost(file, descriptorLengthMax + 1) };
      } catch (error) {
        return { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

/** Reads no more than the parser takes and one byte, by which it sees that there is more. */
async function readAtMost(file: string, lengthMax: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(lengthMax);
    let length = 0;
    while (length < lengthMax) {
      const { bytesRead } = await handle.read(buffer, length, lengthMax - length, null);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.slice(0, length);
  } finally {
    await handle.close();
  }
}
