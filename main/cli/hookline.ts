import { Command } from 'commander';
import packageFile from '../../package.json' with { type: 'json' };
import { auditCommand } from './audit.ts';
import { deviceCommand } from './device.ts';
import { devicesCommand } from './devices.ts';
import { doctorCommand } from './doctor.ts';
import { hidCommand } from './hid.ts';
import { hubCommand } from './hub.ts';
import { journalCommand } from './journal.ts';
import { modemCommand } from './modem.ts';
import { recordingCommand } from './recording.ts';
import { recordsCommand } from './records.ts';
import { seatCommand } from './seat.ts';
import { serialCommand } from './serial.ts';
import { smdiCommand } from './smdi.ts';

/** `hookline COMMAND`: the composition root of the technician's tools. One file a command. */
const program = new Command('hookline')
  .description("Hookline's tools for technicians")
  .version(packageFile.version)
  .showHelpAfterError()
  .addCommand(auditCommand())
  .addCommand(hidCommand())
  .addCommand(hubCommand())
  .addCommand(devicesCommand())
  .addCommand(deviceCommand())
  .addCommand(doctorCommand())
  .addCommand(journalCommand())
  .addCommand(modemCommand())
  .addCommand(recordingCommand())
  .addCommand(seatCommand())
  .addCommand(serialCommand())
  .addCommand(smdiCommand())
  .addCommand(recordsCommand());

// A reader that has enough (`| head`) closes the pipe: nothing is wrong with that.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code !== 'EPIPE') throw cause;
  process.exit();
});

await program.parseAsync();
