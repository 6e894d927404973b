import { Command } from 'commander';
import { deviceCommand } from '../../../main/cli/device.ts';
import { devicesCommand } from '../../../main/cli/devices.ts';
import { hidCommand } from '../../../main/cli/hid.ts';

/** Runs one of the device commands alone, as `hookline` would. */
await new Command('hookline')
  .addCommand(hidCommand())
  .addCommand(devicesCommand())
  .addCommand(deviceCommand())
  .parseAsync(process.argv);
