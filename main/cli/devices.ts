import { Command } from 'commander';

/** `hookline devices [--json]` */
export function devicesCommand(): Command {
  return new Command('devices');
}
