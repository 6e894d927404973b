import { createReadStream } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CallRecord } from '../../core/call-record.ts';
import type { SmdrLayout } from '../../native/smdr/layout.ts';
import { type DecodedRecord, RecordDecoder, type UnreadLine } from '../../native/smdr/record-decoder.ts';
import { layoutProof, shippedLayouts } from '../../native/smdr/shipped-layouts.ts';
import type { DateOrder, PrintedDate } from '../../native/smdr/value-form.ts';

/** Exit code when the layout or the file is not there: what was wrong stands in words on standard error. */
export const noRecordsExitCode = 2;

interface DecodeOptions {
  readonly layout: string;
  readonly json?: boolean;
  readonly day?: PrintedDate;
  readonly dateOrder?: DateOrder;
  readonly encoding?: SmdrLayout['encoding'];
  readonly sevenBit?: boolean;
}

/** `hookline records layouts|decode`: the call log a switch prints (SMDR, CDR), as records. */
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
  command
    .command('decode')
    .description('read a call log; lines that fit no layout are kept as they came and counted')
    .argument('<file>', 'what the switch printed; - reads standard input')
    .requiredOption('--layout <name>', 'which switch printed it: hookline records layouts')
    .option('--json', 'JSON lines: {"kind":"record"}, {"kind":"unread"}, at the end {"kind":"counts"}')
    .option('--day <YYYY-MM-DD>', 'the day of the first record, for switches that print no year or no date', readDay)
    .addOption(new Option('--date-order <order>', 'where the switch was set up so').choices(['mdy', 'dmy', 'ymd']))
    .addOption(new Option('--encoding <name>', 'of names').choices(['latin1', 'utf-8', 'gb18030']))
    .option('--seven-bit', 'captured from a port with parity: clear the eighth bit')
    .action(decode);
  return command;
}

async function decode(file: string, options: DecodeOptions): Promise<void> {
  const layout = shippedLayouts().get(options.layout);
  if (layout === undefined) return refuse(`There is no layout ${options.layout}. See: hookline records layouts`);
  if (layoutProof(layout) !== 'proven') {
    const words = layoutProof(layout) === 'partly' ? 'partly proven' : 'unproven';
    process.stderr.write(`${layout.id}: ${words}. ${layout.proof}
`);
  }
  const { day, dateOrder, encoding, sevenBit } = options;
  const decoder = new RecordDecoder(layout, {
    today: day ?? null,
    isSevenBit: sevenBit === true,
    ...(dateOrder === undefined ? {} : { dateOrder }),
    ...(encoding === undefined ? {} : { encoding }),
  });
  const show = (one: DecodedRecord | UnreadLine): string =>
    options.json === true ? JSON.stringify(one) : lineText(one);
  const out = new SlowOutput();
  try {
    const source: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file);
    for await (const chunk of source) for (const one of decoder.push(chunk)) await out.print(show(one));
  } catch (error) {
    return refuse(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  for (const one of decoder.end()) await out.print(show(one));
  const { counts } = decoder;
  await out.print(
    options.json === true
      ? JSON.stringify({ kind: 'counts', ...counts })
      : `${counts.lines} lines: ${counts.records} records, ${counts.unread} kept unread, ${counts.headings} headings, ${counts.dates} dates.`,
  );
  await out.flush();
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

function lineText(one: DecodedRecord | UnreadLine): string {
  return one.kind === 'unread' ? `?  line ${one.line}: ${one.text}` : recordText(one.record);
}

function recordText(record: CallRecord): string {
  const moment = record.startedAt ?? record.endedAt;
  const seconds = (value: number | null, word: string): string => (value === null ? '' : `${word} ${value} s`);
  return [
    `${moment?.date ?? '----------'} ${moment?.time ?? '--:--'}`.padEnd(19),
    (record.kind === 'event' ? 'event' : record.direction).padEnd(8),
    (record.extension ?? '-').padEnd(6),
    [record.number, record.name].filter(Boolean).join(' ').padEnd(20),
    seconds(record.durationSeconds, 'lasted'),
    seconds(record.ringSeconds, 'rang'),
    record.isAnswered === false ? 'not answered' : '',
    record.condition === null ? '' : (record.condition.meaning ?? record.condition.code),
    record.legs.length > 0 ? `${record.legs.length} lines` : '',
    record.isComplete ? '' : 'incomplete',
    record.isUnproven ? '(unproven)' : '',
  ]
    .filter((part) => part !== '')
    .join('  ');
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
