import { Command } from 'commander';
import { runHubProgram } from './hub-program.ts';

/** `hookline audit verify [--data DIR|--database URL] [--anchor POSITION:HASH] [--json]` */
export function auditCommand(): Command {
  const command = new Command('audit').description("check the hub's audit trail");
  command
    .command('verify')
    .description('check every line from the beginning; exit code 1 when one was changed or taken away')
    .argument('[options...]', 'as for `hookline hub audit-verify`')
    .helpOption(false)
    .allowUnknownOption()
    .action((options: string[]) => runHubProgram(['audit-verify', ...options]));
  return command;
}
