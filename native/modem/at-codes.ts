/** How a command may end. `connect` and `voice` (VCON) are good ends of dialling and answering. */
export type FinalCode =
  | 'ok'
  | 'connect'
  | 'voice'
  | 'error'
  | 'no-carrier'
  | 'busy'
  | 'no-answer'
  | 'no-dialtone'
  | 'blocked';

/** The line that ends a command; `detail` has the modem's words of an error. */
export type Final = { readonly code: FinalCode; readonly detail: string };

const finals: readonly (readonly [RegExp, FinalCode])[] = [
  [/^OK$/, 'ok'],
  [/^CONNECT\b/, 'connect'],
  [/^VCON$/, 'voice'],
  [/^(?:ERROR|COMMAND NOT SUPPORT|TOO MANY PARAMETERS)$/, 'error'],
  [/^\+CM[ES] ERROR:/, 'error'],
  [/^NO CARRIER$/, 'no-carrier'],
  [/^BUSY$/, 'busy'],
  [/^NO ANSWER$/, 'no-answer'],
  [/^NO DIAL ?TONE$/, 'no-dialtone'],
  // Modems that may not call a number again so soon (V.250's national variants).
  [/^(?:BLACKLISTED|DELAYED)\b/, 'blocked'],
];

/** Reads a result code of V.250, 3GPP 27.005 or 27.007; undefined: the line is none. */
export function finalOf(line: string): Final | undefined {
  const code = finals.find(([form]) => form.test(line))?.[1];
  if (code === undefined) return undefined;
  return { code, detail: code === 'error' ? line.replace(/^\+(CM[ES]) ERROR:\s*/, '$1 ') : line };
}

/** Whether a result code is about a call: unless a command dials or answers, it comes unasked. */
export function isCallResult(code: FinalCode): boolean {
  return code !== 'ok' && code !== 'error';
}

/** What a modem says unasked. Numbers and names are untrusted text. */
export type ModemNotice =
  | { readonly kind: 'ring' }
  | { readonly kind: 'caller'; readonly number: string; readonly name: string; readonly validity: CallerValidity }
  | { readonly kind: 'waiting'; readonly number: string }
  /** One item of an analog caller id block. */
  | { readonly kind: 'caller-item'; readonly tag: string; readonly value: string }
  /** Distinctive ring: how long the bell was on or off, milliseconds. */
  | { readonly kind: 'bell'; readonly isOn: boolean; readonly ms: number }
  | { readonly kind: 'ringback' }
  | { readonly kind: 'call-result'; readonly code: FinalCode }
  /** Something about a call in a maker's own words. `other`: worth asking what the calls do. */
  | { readonly kind: 'call-sign'; readonly sign: 'alerting' | 'up' | 'over' | 'other' }
  /** A digit the far side pressed. */
  | { readonly kind: 'digit'; readonly digit: string }
  /** The modem has started anew: it knows nothing of what it was told. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'registration'; readonly status: number }
  | { readonly kind: 'signal'; readonly level: number }
  | { readonly kind: 'text-stored'; readonly memory: string; readonly index: number }
  | { readonly kind: 'text'; readonly pdu: string }
  | { readonly kind: 'report-stored'; readonly memory: string; readonly index: number }
  | { readonly kind: 'report'; readonly pdu: string }
  | { readonly kind: 'sim'; readonly status: string }
  | { readonly kind: 'ignored' };

export type CallerValidity = 'valid' | 'withheld' | 'unavailable';

/** A notice, or the first of two lines: `needsBody` says what follows. */
export type NoticeRead =
  | { readonly kind: 'notice'; readonly notice: ModemNotice }
  | { readonly kind: 'needs-body'; readonly complete: (body: string) => ModemNotice };

type Reading = (found: RegExpExecArray) => ModemNotice;

/** Sources: facts/serial.md section 3; SIM800 AT manual V1.09, Siemens MC55 and Cinterion EHS6 (+CLIP), Quectel UGxx (+CCWA). */
const notices: readonly (readonly [RegExp, Reading])[] = [
  [/^RING$/, () => ({ kind: 'ring' })],
  [/^\+CRING:/, () => ({ kind: 'ring' })],
  [/^\+CLIP:\s*(.*)$/, (found) => callerNotice(found[1] ?? '')],
  [/^\+CCWA:\s*(.*)$/, (found) => ({ kind: 'waiting', number: numberOf(fieldsOf(found[1] ?? '')) })],
  [
    /^(DATE|TIME|NMBR|NUMBER|NAME|MESG|DDN_NMBR)\s*=\s*(.*)$/,
    (found) => ({ kind: 'caller-item', tag: found[1] ?? '', value: (found[2] ?? '').trim() }),
  ],
  [/^DRO([NF])\s*=\s*(\d{1,4})$/, (found) => ({ kind: 'bell', isOn: found[1] === 'N', ms: Number(found[2]) * 100 })],
  [/^RINGING$/, () => ({ kind: 'ringback' })],
  [/^\+C(?:E|G)?REG:\s*(.*)$/, (found) => registrationNotice(found[1] ?? '')],
  [/^\+CSQ:\s*(\d+)/, (found) => ({ kind: 'signal', level: Number(found[1]) })],
  [/^\+CMTI:\s*(.*)$/, (found) => stored('text-stored', found[1] ?? '')],
  [/^\+CDSI:\s*(.*)$/, (found) => stored('report-stored', found[1] ?? '')],
  [/^\+CPIN:\s*(.*)$/, (found) => ({ kind: 'sim', status: (found[1] ?? '').trim() })],
  // Huawei MU509 and MU609; SIMCom SIM7600; Neoway WM620.
  [/^(?:\^CONF:|ALERTING$)/, () => ({ kind: 'call-sign', sign: 'alerting' })],
  [/^(?:\^CONN:|VOICE CALL: ?BEGIN)/, () => ({ kind: 'call-sign', sign: 'up' })],
  [/^(?:\^CEND:|VOICE CALL: ?END)/, () => ({ kind: 'call-sign', sign: 'over' })],
  [/^(?:\^ORIG:|\^DSCI:|\+CIEV:|\+UCALLSTAT:|\*ECAV:|SPEECH |RELEASE$)/, () => ({ kind: 'call-sign', sign: 'other' })],
  // SIM800 AT manual, AT+DDET.
  [/^\+DTMF:\s*"?([0-9A-D*#])"?\s*(?:,|$)/, (found) => ({ kind: 'digit', digit: found[1] ?? '' })],
  // Quectel, SIMCom, u-blox; Cinterion.
  [/^(?:RDY|\^SYSSTART(?: .*)?)$/, () => ({ kind: 'restarted' })],
  // Signal strength, time and start-up chatter of many makers; none of it answers a command.
  [/^(?:\^[A-Z]+:|\*PSUTTZ|\+CTZ[VE]|\+QIND|\+SIND|DST:|Call Ready$|SMS Ready$|SMS DONE$|PB DONE$|\+CFUN:)/, ignored],
];

const bodied: readonly (readonly [RegExp, 'text' | 'report' | 'ignored'])[] = [
  [/^\+CMT:/, 'text'],
  [/^\+CDS:/, 'report'],
  // Cell broadcast: nobody at a desk asked for it.
  [/^\+CBM:/, 'ignored'],
];

/** Reads something said unasked; undefined: the line is no notice we know. */
export function noticeOf(line: string): NoticeRead | undefined {
  const body = bodied.find(([form]) => form.test(line))?.[1];
  if (body !== undefined) {
    return { kind: 'needs-body', complete: (pdu) => (body === 'ignored' ? { kind: 'ignored' } : { kind: body, pdu }) };
  }
  for (const [form, read] of notices) {
    const found = form.exec(line);
    if (found !== null) return { kind: 'notice', notice: read(found) };
  }
  return undefined;
}

/** Splits the values of an answer at commas outside of quotes; quotes are taken off. */
export function fieldsOf(values: string): readonly string[] {
  return Array.from(values.matchAll(/\s*(?:"([^"]*)"?|([^,]*))\s*(?:,|$)/g), ([, quoted, plain]) =>
    (quoted ?? plain ?? '').trim(),
  ).slice(0, 32);
}

function ignored(): ModemNotice {
  return { kind: 'ignored' };
}

/** `"<number>",<type>[,<subaddr>,<satype>[,<alpha>[,<CLI validity>]]]`; type 145 is international. */
function callerNotice(values: string): ModemNotice {
  const fields = fieldsOf(values);
  const number = numberOf(fields);
  const told = fields[5] ?? '';
  const validity: CallerValidity =
    told === '1' ? 'withheld' : number === '' || told === '2' || told === '3' ? 'unavailable' : 'valid';
  return { kind: 'caller', number, name: fields[4] ?? '', validity };
}

/** A number and its type (3GPP TS 24.008 section 10.5.4.7): 145 is international. */
export function numberOf([number = '', type = '']: readonly string[]): string {
  return type === '145' && number !== '' && !number.startsWith('+') ? `+${number}` : number;
}

/** Unasked `<stat>[,<lac>,…]`, asked `<n>,<stat>[,…]`: the second value is a number of one or two digits only when asked. */
function registrationNotice(values: string): ModemNotice {
  const fields = fieldsOf(values);
  const isAnswer = /^\d{1,2}$/.test(fields[1] ?? '') && !/^\s*\d+\s*,\s*"/.test(values);
  return { kind: 'registration', status: Number(isAnswer ? fields[1] : fields[0]) };
}

function stored(kind: 'text-stored' | 'report-stored', values: string): ModemNotice {
  const [memory = '', index = ''] = fieldsOf(values);
  return /^\d{1,5}$/.test(index) ? { kind, memory, index: Number(index) } : { kind: 'ignored' };
}
