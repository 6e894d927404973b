import { Command } from 'commander';
import { devicesCommand } from '../../../main/cli/devices.ts';
import { hidCommand } from '../../../main/cli/hid.ts';

/** Runs one of the device commands alone, as `hookline` would. */
await new Command('hookline').addCommand(hidCommand()).addCommand(devicesCommand()).parseAsync(process.argv);
