import { keysRead, recordedMap } from '../../../main/cli/device-recording.ts';
import { noReportsYet } from '../../../native/hid/report-decoder.ts';

/** As much of the file of `hookline device record` as is replayed. */
export type DeviceRecordingFile = {
  readonly vid: string;
  readonly pid: string;
  readonly descriptor_hex: string | null;
  readonly steps: readonly {
    readonly asked: string;
    readonly reports: readonly { readonly hex: string; readonly keys: readonly unknown[] }[];
  }[];
};

/** What our reading of today makes of a recording, and what the file says it should be: equal, or the test fails. */
export function replayed(file: DeviceRecordingFile): { readonly read: unknown; readonly said: unknown } {
  const descriptor = file.descriptor_hex === null ? null : Uint8Array.from(Buffer.from(file.descriptor_hex, 'hex'));
  const found = { vendorId: Number.parseInt(file.vid, 16), productId: Number.parseInt(file.pid, 16) };
  const map = recordedMap(found, descriptor);
  let state = noReportsYet;
  const read = file.steps.map(({ asked, reports }) => ({
    asked,
    keys: reports.map(({ hex }) => {
      if (map === null) return [];
      const [next, keys] = keysRead(map, state, Uint8Array.from(Buffer.from(hex, 'hex')));
      state = next;
      return keys;
    }),
  }));
  const said = file.steps.map(({ asked, reports }) => ({ asked, keys: reports.map(({ keys }) => keys) }));
  return { read, said };
}
