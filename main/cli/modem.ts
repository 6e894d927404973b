import { Command } from 'commander';
import { systemClock } from '../../native/clock.ts';
import { createAtEngine } from '../../native/modem/at-engine.ts';
import { checkModem, type ModemReport } from '../../native/modem/check-modem.ts';
import { openInTime } from '../../native/serial/open-in-time.ts';
import { openSerialPort } from '../../native/serial/serial-bus.ts';

/** Exit code for a port that cannot be opened or a modem that does not answer; why stands on standard error. */
const noModemExitCode = 1;
/** Exit code for an option that is none. */
const wrongInputExitCode = 2;

/** `hookline modem check`: what a modem on a serial port is and can. */
export function modemCommand(): Command {
  const command = new Command('modem').description('look at a modem on a serial port');
  command
    .command('check')
    .description('tell maker, model, SIM, network and what it can do; dials nothing and enters no PIN')
    .option('--baud <number>', 'line speed', '115200')
    .option('--json', 'one JSON object')
    .option('--traffic', 'what is said both ways, on standard error')
    .argument('<port>', 'the port, as /dev/ttyUSB2 or COM3')
    .action(check);
  return command;
}

type CheckOptions = { readonly baud: string; readonly json?: boolean; readonly traffic?: boolean };

async function check(path: string, options: CheckOptions): Promise<void> {
  const baudRate = Number(options.baud);
  if (!Number.isInteger(baudRate) || baudRate < 50 || baudRate > 4_000_000) {
    process.stderr.write('--baud is a number from 50 to 4000000\n');
    process.exitCode = wrongInputExitCode;
    return;
  }
  const show = (direction: '<' | '>', bytes: Uint8Array): void => {
    // Quoted as JSON, so that control characters are seen and do nothing.
    if (options.traffic === true)
      process.stderr.write(`${direction} ${JSON.stringify(Buffer.from(bytes).toString('latin1'))}\n`);
  };
  const settings = { baudRate, dataBits: 8, parity: 'none', stopBits: 1, flow: 'none', lock: true } as const;
  const engine = createAtEngine(systemClock, {
    send: (bytes) => {
      show('>', bytes);
      send(bytes).catch(lost);
    },
    onNotice: () => undefined,
    onEvent: () => undefined,
    onDead: () => engine.end(),
  });
  const lost = (): void => engine.end();
  const send = async (bytes: Uint8Array): Promise<void> => {
    const opened = await outcome;
    if (opened.kind === 'open') await opened.port.write(bytes);
  };
  const outcome = openInTime(openSerialPort, systemClock)(path, settings, {
    onData: (bytes) => {
      show('<', bytes);
      engine.push(bytes);
    },
    onGone: lost,
  });
  // Its timers keep no process alive, and a port that is silent brings nothing that would.
  const alive = setInterval(() => undefined, 1_000);
  try {
    const opened = await outcome;
    if (opened.kind === 'refused') return refuse(`${path}: ${opened.detail}`);
    const report = await checkModem(engine, systemClock);
    await opened.port.close();
    if (report === undefined)
      return refuse(`${path}: no answer at ${baudRate} baud; try --baud, or another port of it`);
    process.stdout.write(options.json === true ? `${JSON.stringify(report, null, 2)}\n` : `${table(report)}\n`);
  } finally {
    clearInterval(alive);
  }
}

function refuse(why: string): void {
  process.stderr.write(`${why}\n`);
  process.exitCode = noModemExitCode;
}

function table(report: ModemReport): string {
  const { model, firmware, signalPercent } = report;
  const signal = signalPercent === null ? '' : `, signal ${signalPercent} %`;
  const rows: readonly (readonly [string, string])[] = [
    ['kind', report.kind],
    ['firmware', firmware],
    ['SIM', report.sim],
    ['network', report.network === '' ? '' : `${report.network}${signal}`],
    ['texts', report.textMemory],
    ['can', report.can.join(', ')],
  ];
  const told = rows.filter(([, value]) => value !== '');
  return [
    model || 'a modem that does not tell its name',
    ...told.map(([name, value]) => `  ${name.padEnd(9)} ${value}`),
  ].join('\n');
}
