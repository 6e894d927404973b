import { createReadStream, readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { LineSettings } from '../../core/equipment.ts';
import { systemClock } from '../../native/clock.ts';
import { openInTime } from '../../native/serial/open-in-time.ts';
import { openSerialPort } from '../../native/serial/serial-bus.ts';
import type { SmdrLayout } from '../../native/smdr/layout.ts';
import type { LogListener, LogSource } from '../../native/smdr/log-source.ts';
import { readLogFromPort } from '../../native/smdr/port-source.ts';
import { RecordDecoder } from '../../native/smdr/record-decoder.ts';
import { layoutProof, readLayout, shippedLayouts } from '../../native/smdr/shipped-layouts.ts';
import type { WallMoment } from '../../native/smdr/switch-calendar.ts';
import { connectToLog, listenForLog, type TcpAddress } from '../../native/smdr/tcp-source.ts';
import type { DateOrder, PrintedDate } from '../../native/smdr/value-form.ts';
import { readLine } from './line-option.ts';
import { untilEnd } from './live-lines.ts';
import { countsLine, recordLine } from './record-lines.ts';

/** Exit code when the layout or the file is not there: what was wrong stands in words on standard error. */
export const noRecordsExitCode = 2;

interface ReadOptions {
  readonly layout: string;
  readonly json?: boolean;
  readonly day?: PrintedDate;
  readonly dateOrder?: DateOrder;
  readonly encoding?: SmdrLayout['encoding'];
  readonly sevenBit?: boolean;
}

interface FollowOptions extends ReadOptions {
  readonly connect?: TcpAddress;
  readonly listen?: TcpAddress;
  readonly port?: string;
  readonly line: LineSettings;
}

/** `hookline records layouts|decode|follow`: the call log a switch prints (SMDR, CDR), as records. */
export function recordsCommand(): Command {
  const command = new Command('records').description("read a switch's call log (SMDR, CDR)");
  command
    .command('layouts')
    .description('list the layouts and how far public samples prove each')
    .option('--json', 'one JSON array')
    .action((options: { readonly json?: boolean }) => {
      const layouts = [...shippedLayouts().values()];
      process.stdout.write(options.json === true ? layoutsJson(layouts) : layoutsText(layouts));
    });
  withReadOptions(command.command('decode'))
    .description('read a call log; lines that fit no layout are kept as they came and counted')
    .argument('<file>', 'what the switch printed; - reads standard input')
    .action(decode);
  withReadOptions(command.command('follow'))
    .description('print records as the switch tells them, over TCP or a serial port, until Ctrl-C')
    .option('--connect <host:port>', 'the switch waits to be asked', readAddress)
    .option('--listen <host:port>', 'the switch brings its log here', readAddress)
    .option('--port <path>', 'the switch prints on this serial port')
    .addOption(
      new Option('--line <settings>', 'of the serial port')
        .argParser(readLine)
        .default(readLine('9600-8N1'), '9600-8N1'),
    )
    .action(follow);
  return command;
}

function withReadOptions(command: Command): Command {
  return command
    .requiredOption('--layout <name>', 'which switch printed it (hookline records layouts), or your own layout.json')
    .option('--json', 'JSON lines: {"kind":"record"}, {"kind":"unread"}, at the end {"kind":"counts"}')
    .option('--day <YYYY-MM-DD>', 'the day of the first record, for switches that print no year or no date', readDay)
    .addOption(new Option('--date-order <order>', 'where the switch was set up so').choices(['mdy', 'dmy', 'ymd']))
    .addOption(new Option('--encoding <name>', 'of names').choices(['latin1', 'utf-8', 'gb18030']))
    .option('--seven-bit', 'captured from a port with parity: clear the eighth bit');
}

/** The decoder asked for, or null after saying in words why there is none. */
function decoderFor(
  options: ReadOptions,
  today: PrintedDate | null,
  now?: () => WallMoment,
): { decoder: RecordDecoder; layout: SmdrLayout } | null {
  const layout = layoutNamed(options.layout);
  if (typeof layout === 'string') {
    refuse(layout);
    return null;
  }
  if (layoutProof(layout) !== 'proven') {
    const words = layoutProof(layout) === 'partly' ? 'partly proven' : 'unproven';
    process.stderr.write(`${layout.id}: ${words}. ${layout.proof}\n`);
  }
  const { dateOrder, encoding, sevenBit } = options;
  const decoder = new RecordDecoder(layout, {
    today,
    ...(now === undefined ? {} : { now }),
    isSevenBit: sevenBit === true,
    ...(dateOrder === undefined ? {} : { dateOrder }),
    ...(encoding === undefined ? {} : { encoding }),
  });
  return { decoder, layout };
}

/** A shipped layout, or one of somebody's own from a file; a sentence when there is none. */
function layoutNamed(name: string): SmdrLayout | string {
  const shipped = shippedLayouts().get(name);
  if (shipped !== undefined) return shipped;
  if (!name.endsWith('.json')) return `There is no layout ${name}. See: hookline records layouts`;
  try {
    const outcome = readLayout(readFileSync(name, 'utf8'));
    return outcome.kind === 'read' ? outcome.layout : `${name}:${outcome.line}: ${outcome.detail}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function decode(file: string, options: ReadOptions): Promise<void> {
  const made = decoderFor(options, options.day ?? null);
  if (made === null) return;
  const { decoder } = made;
  const isJson = options.json === true;
  const out = new SlowOutput();
  try {
    const source: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file);
    for await (const chunk of source) for (const one of decoder.push(chunk)) await out.print(recordLine(one, isJson));
  } catch (error) {
    return refuse(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const one of decoder.end()) await out.print(recordLine(one, isJson));
  await out.print(countsLine(decoder.counts, isJson));
  await out.flush();
}

/** A live log: records are printed as they come, until Ctrl-C. What happens to the connection is told on standard error. */
async function follow(asked: FollowOptions): Promise<void> {
  // A port of seven bits may hand on the parity as the eighth.
  const options = {
    ...asked,
    sevenBit: asked.sevenBit === true || (asked.port !== undefined && asked.line.dataBits === 7),
  };
  if ([options.connect, options.listen, options.port].filter((one) => one !== undefined).length !== 1)
    return refuse('Give one of --connect, --listen and --port.');
  // Heard live, a record is of the day it comes on, unless the switch is said to live on another.
  const { day } = options;
  const made = day === undefined ? decoderFor(options, wallNow().date, wallNow) : decoderFor(options, day);
  if (made === null) return;
  const { decoder, layout } = made;
  const isJson = options.json === true;
  // A pipe and a file take it before write answers (Linux), so nothing piles up here.
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  const take = (bytes: Uint8Array): void => {
    for (const one of decoder.push(bytes)) print(recordLine(one, isJson));
  };
  const listener: LogListener = {
    onBytes: take,
    onState: (state) => {
      process.stderr.write(`${JSON.stringify(state)}\n`);
      // Half a line will not be finished by the next connection.
      if (state.kind === 'lost') take(lineEnd);
    },
  };
  let source: LogSource;
  try {
    source = await openSource(options, layout, listener);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
  // Also while the connection is lost: the wait for the next try keeps no process alive.
  await untilEnd(undefined);
  await source.close();
  for (const one of decoder.end()) print(recordLine(one, isJson));
  print(countsLine(decoder.counts, isJson));
}

function wallNow(): WallMoment {
  const now = new Date();
  const date = { year: now.getFullYear(), month: now.getMonth() + 1, day: now.getDate() };
  return { date, seconds: now.getHours() * 3600 + now.getMinutes() * 60 + now.getSeconds() };
}

async function openSource(
  { connect, listen, port, line }: FollowOptions,
  layout: SmdrLayout,
  listener: LogListener,
): Promise<LogSource> {
  if (connect !== undefined) return connectToLog(connect, Buffer.from(layout.greetingHex, 'hex'), listener);
  if (listen !== undefined) return listenForLog(listen, listener);
  const path = port ?? '';
  const open = openInTime(openSerialPort, systemClock);
  return readLogFromPort(
    { find: async () => path, open, settings: { ...line, lock: true }, clock: systemClock },
    listener,
  );
}

const lineEnd = Uint8Array.of(10);

function readAddress(text: string): TcpAddress {
  const found = /^(?:(.+):)?(\d{1,5})$/.exec(text);
  const port = Number(found?.[2]);
  if (found === null || port > 65_535) throw new InvalidArgumentError('An address looks like 192.0.2.7:4000 or 4000.');
  // Only this machine, unless another address is named.
  return { host: found[1] ?? '127.0.0.1', port };
}

/** Lines are gathered, because a write each is most of the time; a pipe read slowly is waited for. */
const gatheredMax = 65_536;

class SlowOutput {
  #gathered = '';

  async print(line: string): Promise<void> {
    this.#gathered += `${line}\n`;
    if (this.#gathered.length >= gatheredMax) await this.flush();
  }

  flush(): Promise<void> {
    const text = this.#gathered;
    this.#gathered = '';
    // Answers when the pipe has taken it; that it was closed is handled by the program.
    return new Promise((resolve) => void process.stdout.write(text, () => resolve()));
  }
}

function refuse(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = noRecordsExitCode;
}

function readDay(text: string): PrintedDate {
  const [year = 0, month = 0, day = 0] = /^\d{4}-\d{2}-\d{2}$/.test(text) ? text.split('-').map(Number) : [];
  const read = new Date(Date.UTC(year, month - 1, day));
  if (year === 0 || read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day)
    throw new InvalidArgumentError('A day looks like 2026-11-21.');
  return { year, month, day };
}

function layoutsJson(layouts: readonly SmdrLayout[]): string {
  const rows = layouts.map((layout) => ({
    id: layout.id,
    title: layout.title,
    unproven: layoutProof(layout) === 'unproven',
    state: layoutProof(layout),
    unprovenShapes: layout.shapes.filter((shape) => shape.unproven).map((shape) => shape.name),
    proof: layout.proof,
    source: layout.source,
    dateOrder: layout.dateOrder,
    joins: layout.join !== null,
  }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function layoutsText(layouts: readonly SmdrLayout[]): string {
  const rows = layouts.map(
    (layout) => `${layout.id.padEnd(28)} ${layoutProof(layout).padEnd(9)} ${layout.title}\n    ${layout.proof}`,
  );
  return `${rows.join('\n')}\n`;
}
