import { Command } from 'commander';
import { recordsCommand } from '../../../main/cli/records.ts';

/** Runs `hookline records` alone. */
await new Command('hookline').addCommand(recordsCommand()).parseAsync(process.argv);
