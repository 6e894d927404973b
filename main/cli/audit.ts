import { Command } from 'commander';
import { runHubProgram } from './hub-program.ts';

/** `hookline audit verify|accept [--data DIR|--database URL] [--anchor POSITION:HASH] [--reason TEXT] [--json]` */
export function auditCommand(): Command {
  const command = new Command('audit').description("check the hub's audit trail");
  command
    .command('verify')
    .description('check every line from the beginning; exit code 1 when one was changed or taken away')
    .argument('[options...]', 'as for `hookline hub audit-verify`')
    .helpOption(false)
    .allowUnknownOption()
    .action((options: string[]) => runHubProgram(['audit-verify', ...options]));
  command
    .command('accept')
    .description('go on with a trail that was changed; the change stays visible to every later check')
    .argument('[options...]', 'as for `hookline hub audit-accept`: --reason TEXT')
    .helpOption(false)
    .allowUnknownOption()
    .action((options: string[]) => runHubProgram(['audit-accept', ...options]));
  return command;
}
