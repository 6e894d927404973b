import { Command } from 'commander';
import type { DeviceInfo } from '../../core/device-api.ts';
import { noDescriptorSource } from '../../native/hid/descriptor-source.ts';
import { type FoundHid, nodeHidBus } from '../../native/hid/hid-bus.ts';
import { sysfsDescriptors } from '../../native/hid/sysfs-descriptors.ts';
import { infoOf, readMap } from '../../native/plugged-devices.ts';
import { deviceIdOf, devicesMax } from '../../native/roster.ts';

/** `hookline devices [--json]`: what is plugged in and what it can do. Opens nothing, so a running seat is not disturbed. */
export function devicesCommand(): Command {
  return new Command('devices')
    .description('list the HID devices plugged in and the call keys and lamps each has')
    .option('--json', 'one JSON array of devices')
    .option('--all', 'in the table, also devices that are of no use to a call')
    .action(async (options: { readonly json?: boolean; readonly all?: boolean }) => {
      let found: readonly FoundHid[];
      try {
        found = await nodeHidBus().list();
      } catch (error) {
        process.stderr.write(`The HID devices cannot be listed: ${error instanceof Error ? error.message : error}\n`);
        process.exitCode = 1;
        return;
      }
      const devices = await describeAll(found);
      if (options.json === true) process.stdout.write(`${JSON.stringify(devices, null, 2)}\n`);
      else process.stdout.write(table(devices, options.all === true));
    });
}

async function describeAll(found: readonly FoundHid[]): Promise<readonly DeviceInfo[]> {
  const source = process.platform === 'linux' ? sysfsDescriptors() : noDescriptorSource;
  const devices: DeviceInfo[] = [];
  for (const device of found.slice(0, devicesMax)) {
    const taken = new Set(devices.map((known) => known.deviceId));
    devices.push(infoOf(device, deviceIdOf(device, taken), await readMap(source, device.path)));
  }
  return devices;
}

function table(devices: readonly DeviceInfo[], isAll: boolean): string {
  const shown = devices.filter((device) => isAll || device.state.kind !== 'not-telephony');
  const others = devices.length - shown.length;
  const blocks = shown.map((device) =>
    [
      device.name,
      `  id     ${device.deviceId}`,
      `  path   ${device.path}`,
      `  keys   ${device.keys.join(', ') || 'none'}`,
      `  lamps  ${device.lamps.join(', ') || 'none'}`,
      ...(device.state.kind === 'problem' ? [`  ${device.state.problem}: ${device.state.detail}`] : []),
    ].join('\n'),
  );
  const rest = others > 0 ? [`${others} other HID device(s) without call keys or lamps; --all shows them.`] : [];
  const none = shown.length === 0 ? ['No call-control device is plugged in.'] : [];
  return `${[...blocks, ...none, ...rest].join('\n')}\n`;
}
