import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import type { DeviceInfo } from '../../core/device-api.ts';
import { candidateOf } from '../../native/candidate.ts';
import { systemClock } from '../../native/clock.ts';
import { noDescriptorSource } from '../../native/hid/descriptor-source.ts';
import { type FoundHid, nodeHidBus } from '../../native/hid/hid-bus.ts';
import { headsetsIgnoredByLinux } from '../../native/hid/ignored-by-linux.ts';
import { sysfsDescriptors } from '../../native/hid/sysfs-descriptors.ts';
import { lightModelOf } from '../../native/lights/known-lights.ts';
import { devicesMax } from '../../native/roster.ts';
import { listSerialPorts, type SerialPortsOutcome } from '../../native/serial/serial-bus.ts';
import { namesOf, type TwinNames, twinNamesFile, twinsFileName } from '../../native/twin-names.ts';
import { profileFolder } from '../profile-folder.ts';
import { udevRule } from './udev-rules.ts';

/** `hookline devices [--json]`: what is plugged in and what it can do. Opens nothing, so a running seat is not disturbed. */
export function devicesCommand(): Command {
  return new Command('devices')
    .description('list the HID devices plugged in, the call keys and lamps each has, and the serial ports')
    .option('--json', 'one JSON array of devices')
    .option('--profile <folder>', 'the seat whose ids are meant, where two devices are alike')
    .option('--all', 'in the table, also devices that are of no use to a call')
    .action(async (options: { readonly json?: boolean; readonly all?: boolean; readonly profile?: string }) => {
      let found: readonly FoundHid[];
      try {
        found = await nodeHidBus().list();
      } catch (error) {
        process.stderr.write(`The HID devices cannot be listed: ${error instanceof Error ? error.message : error}\n`);
        process.exitCode = 1;
        return;
      }
      const devices = await describeAll(found, twinsOf(options.profile));
      if (options.json === true) process.stdout.write(`${JSON.stringify(devices, null, 2)}\n`);
      else process.stdout.write(`${table(devices, options.all === true)}${portLines(await listSerialPorts())}`);
    });
}

/** The ports on which equipment may stand. What stands there, a port does not tell: it is set up by a person. */
export function portLines(outcome: SerialPortsOutcome): string {
  if (outcome.kind === 'unavailable') return `The serial ports cannot be listed: ${outcome.detail}\n`;
  if (outcome.ports.length === 0) return '';
  const lines = outcome.ports.map(({ path, manufacturer, serialNumber }) =>
    [`  ${path}`, manufacturer, serialNumber].filter(Boolean).join('  '),
  );
  return `Serial ports, for equipment (see: hookline serial --help)\n${lines.join('\n')}\n`;
}

/** A device, and what of our knowledge of it nobody has proved on one. */
type Described = DeviceInfo & { readonly unproven: readonly string[] };

/** Two alike devices go by the ids that they have at the seat, for keys are bound to those. */
function twinsOf(profile = profileFolder(process.platform, process.env)): TwinNames {
  return twinNamesFile(join(profile, twinsFileName), () => undefined);
}

async function describeAll(found: readonly FoundHid[], twins: TwinNames): Promise<readonly Described[]> {
  const descriptors = process.platform === 'linux' ? sysfsDescriptors() : noDescriptorSource;
  const parts = { bus: nodeHidBus(), descriptors, clock: systemClock };
  const devices: Described[] = [];
  for (const [device, deviceId] of namesOf(found.slice(0, devicesMax), twins)) {
    const { info } = await candidateOf(device, deviceId, parts);
    const seen = info.state.kind === 'open' ? await withAccess(info) : info;
    devices.push({ ...seen, unproven: [...info.unproven, ...(lightModelOf(device)?.unproven ?? [])] });
  }
  if (process.platform === 'linux') devices.push(...(await headsetsIgnoredByLinux()));
  return devices;
}

/** Whether this user may open a device the seat would want; Linux gives that by a udev rule. */
async function withAccess(info: DeviceInfo): Promise<DeviceInfo> {
  if (process.platform !== 'linux') return info;
  try {
    await access(info.path, constants.R_OK | constants.W_OK);
    return info;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ...info, state: { kind: 'problem', problem: 'no-permission', detail } };
  }
}

function whatItHas(device: Described): readonly string[] {
  if (device.kind === 'light') return [`  light  ${lightModelOf(device)?.name ?? ''}: shows the state of the seat`];
  const keys = `  keys   ${device.keys.join(', ') || 'none'}`;
  if (device.layout === null || device.kind === 'headset')
    return [keys, `  lamps  ${device.lamps.join(', ') || 'none'}`];
  const showing = (shows: 'picture' | 'lamp'): number =>
    device.layout?.keys.filter((key) => key.shows === shows).length ?? 0;
  const { columns, rows } = device.layout;
  const counts = `${showing('picture')} with pictures, ${showing('lamp')} with lamps`;
  return [keys, `  ${device.kind.padEnd(6)} ${columns} x ${rows}: ${counts}`];
}

function table(devices: readonly Described[], isAll: boolean): string {
  const shown = devices.filter((device) => isAll || device.state.kind !== 'not-telephony');
  const others = devices.length - shown.length;
  const blocks = shown.map((device) =>
    [
      device.name,
      `  id     ${device.deviceId}`,
      `  path   ${device.path}`,
      ...whatItHas(device),
      ...device.unproven.map((what) => `  unproven: ${what}`),
      ...(device.state.kind === 'problem' ? [`  ${device.state.problem}: ${device.state.detail}`] : []),
      ...(device.state.kind === 'problem' && device.state.problem === 'no-permission'
        ? [
            '  run `hookline device rules --install`, or put this line into /etc/udev/rules.d/70-hookline.rules',
            '  and plug the device in again:',
            `  ${udevRule(device)}`,
          ]
        : []),
    ].join('\n'),
  );
  const rest = others > 0 ? [`${others} other HID device(s) without call keys or lamps; --all shows them.`] : [];
  const none = shown.length === 0 ? ['No call-control device is plugged in.'] : [];
  return `${[...blocks, ...none, ...rest].join('\n')}\n`;
}
