import { Command, InvalidArgumentError, Option } from 'commander';
import type { LineSettings } from '../../core/equipment.ts';
import type { NumberWidth } from '../../native/smdi/smdi-message.ts';
import { createSmdiReader, type SmdiRead } from '../../native/smdi/smdi-reader.ts';
import { byteInput, writeOut } from './byte-input.ts';
import { readLine, readSeconds } from './line-option.ts';
import { monitorMessageDesk } from './smdi-monitor.ts';

/** Exit code for a recording that cannot be read: why stands in words on standard error. */
const wrongInputExitCode = 2;

type DecodeOptions = { readonly digits: NumberWidth; readonly hex?: boolean };

type MonitorOptions = {
  readonly digits: NumberWidth;
  readonly line: LineSettings;
  readonly role: 'desk' | 'switch';
  readonly testNumber: string;
  readonly seconds?: number;
};

/** `hookline smdi decode|monitor`: message desk links (SMDI). */
export function smdiCommand(): Command {
  const command = new Command('smdi').description('read and try a message desk link (SMDI)');
  command
    .command('decode')
    .description('read a recording of a link, both directions; prints the messages as JSON lines')
    .addOption(digitsOption())
    .option('--hex', 'the input is hex text, as 0D 0A 4D 44')
    .argument('<file>', 'the bytes as they came from the port; - reads standard input')
    .action(decode);
  command
    .command('monitor')
    .description('be one side of a link, live, as JSON lines; type "lamp 3500 on", or as the switch "call B 3500 3401"')
    .addOption(digitsOption())
    .addOption(new Option('--line <settings>').argParser(readLine).default(readLine('1200-7E1'), '1200-7E1'))
    .addOption(new Option('--role <side>', 'which side we are').choices(['desk', 'switch']).default('desk'))
    .option('--test-number <number>', 'desk: its refusal proves the link; switch: it is refused', '')
    .option('--seconds <number>', 'end after this time', readSeconds)
    .argument('<port>', 'the port, as /dev/ttyUSB0 or COM3')
    .action((port: string, options: MonitorOptions) => monitorMessageDesk(port, options));
  return command;
}

function digitsOption(): Option {
  return new Option('--digits <number>', 'how many digits a number has on this link: 5, 7 or 10')
    .argParser(readWidth)
    .default(7);
}

function readWidth(text: string): NumberWidth {
  const width = numberWidths.find((one) => String(one) === text);
  if (width === undefined) throw new InvalidArgumentError('5, 7 or 10.');
  return width;
}

const numberWidths: readonly NumberWidth[] = [5, 7, 10];

async function decode(file: string, options: DecodeOptions): Promise<void> {
  const reader = createSmdiReader(options.digits);
  try {
    for await (const bytes of byteInput(file, options.hex === true)) await print(reader.push(bytes));
  } catch (error) {
    const name = file === '-' ? 'standard input' : file;
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = wrongInputExitCode;
    return;
  }
  await print(reader.end());
  const { messages, unreadable, noiseBytes } = reader.counts;
  const counted = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;
  const parts = [counted(messages, 'message')];
  if (unreadable > 0) parts.push(`${unreadable} unreadable`);
  if (noiseBytes > 0) parts.push(`${counted(noiseBytes, 'byte')} outside of messages`);
  process.stderr.write(`${parts.join('; ')}\n`);
}

function print(reads: readonly SmdiRead[]): Promise<void> {
  return writeOut(reads.map((read) => `${JSON.stringify(lineOf(read))}\n`).join(''));
}

/** As the seat names them (core/equipment-event.ts). */
function lineOf(read: SmdiRead): object {
  return read.kind === 'call' ? { kind: 'desk-message', message: read.message } : read;
}
