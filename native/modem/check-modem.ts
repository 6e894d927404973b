import type { Clock } from '../clock.ts';
import { createMobileNetwork } from './mobile-network.ts';
import { hello, identity } from './modem-driver.ts';
import { isDone, type ModemLine, valuesOf } from './modem-line.ts';
import { simState } from './sim-card.ts';

/** What a modem is and can, as a technician reads it. Nothing of it was changed but its echo. */
export type ModemReport = {
  readonly kind: 'analog' | 'mobile';
  /** Maker and model; empty where it does not tell. */
  readonly model: string;
  readonly firmware: string;
  /** Mobile: `ready`, `needs-pin`, or what is wrong with the SIM. */
  readonly sim: string;
  /** Mobile: the operator, or why there is none. */
  readonly network: string;
  readonly signalPercent: number | null;
  /** What the seat can use of it. */
  readonly can: readonly (
    | 'calls'
    | 'call-list'
    | 'texts'
    | 'text-reports'
    | 'caller-id'
    | 'voice'
    | 'distinctive-ring'
  )[];
  /** Mobile: where new texts lie and how full that is: `SM 3 of 50`. */
  readonly textMemory: string;
};

/** Asks a modem what it is and can. Undefined: it does not answer. */
export async function checkModem(line: ModemLine, clock: Clock): Promise<ModemReport | undefined> {
  if (!(await hello(line))) return undefined;
  await isDone(line, 'AT+CMEE=2');
  const isMobile = (await isDone(line, 'AT+CPIN=?')) || (await valuesOf(line, 'AT+CREG?', '+CREG')).length > 0;
  return isMobile ? mobileReport(line, clock) : analogReport(line);
}

async function analogReport(line: ModemLine): Promise<ModemReport> {
  const classes = await line.ask({ text: 'AT+FCLASS=?' });
  const hasVoice = classes.kind === 'ok' && classes.lines.some((one) => /\b8(?:\.0)?\b/.test(one));
  const hasCallerId = (await isDone(line, 'AT+VCID=?')) || (await isDone(line, 'AT#CID=?'));
  const hasRings = hasVoice && (await isDone(line, 'AT+VDR=?'));
  return {
    kind: 'analog',
    ...(await identity(line, 'AT+')),
    sim: '',
    network: '',
    signalPercent: null,
    can: [
      'calls',
      ...(hasCallerId ? (['caller-id'] as const) : []),
      ...(hasVoice ? (['voice'] as const) : []),
      ...(hasRings ? (['distinctive-ring'] as const) : []),
    ],
    textMemory: '',
  };
}

async function mobileReport(line: ModemLine, clock: Clock): Promise<ModemReport> {
  const sim = await simState(line, clock);
  const network = createMobileNetwork(line, clock, () => undefined);
  await isDone(line, 'AT+COPS=3,0');
  await network.ask();
  const signal = network.signal();
  const hasList = await isDone(line, 'AT+CLCC', { answers: ['+CLCC'] });
  const hasTexts = await isDone(line, 'AT+CMGF=?');
  // +CNMI's fourth value, <ds>: 1 hands reports over, 2 keeps them.
  const notices = (await valuesOf(line, 'AT+CNMI=?', '+CNMI'))[0]?.match(/\([^)]*\)/g) ?? [];
  const [, memory = '', used = '', total = ''] =
    /^"?(\w+)"?,(\d+),(\d+)/.exec((await valuesOf(line, 'AT+CPMS?', '+CPMS'))[0] ?? '') ?? [];
  return {
    kind: 'mobile',
    ...(await identity(line, 'AT+C')),
    sim: sim.kind === 'unusable' ? sim.why : sim.kind,
    network: network.isRegistered() ? network.operator() || 'registered' : network.detail(),
    signalPercent: signal === null ? null : Math.round(signal * 100),
    can: [
      'calls',
      ...(hasList ? (['call-list'] as const) : []),
      ...(hasTexts ? (['texts'] as const) : []),
      ...(/[12]/.test(notices[3] ?? '') ? (['text-reports'] as const) : []),
      'caller-id',
    ],
    textMemory: memory === '' ? '' : `${memory} ${used} of ${total}`,
  };
}
