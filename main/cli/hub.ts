import { Command } from 'commander';
import { runHubProgram } from './hub-program.ts';

/** `hookline hub [serve|enrol-code|make-key|make-person|audit-verify] [options]`: the hub's own program says what it understands. */
export function hubCommand(): Command {
  return new Command('hub')
    .description("run the site's hub, or work on its data: enrol-code, make-key, make-person, audit-verify")
    .argument('[words...]', 'what to do; `hookline hub --help` lists it')
    .helpOption(false)
    .allowUnknownOption()
    .action((words: string[]) => runHubProgram(words));
}
