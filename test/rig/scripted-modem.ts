import { type SerialLine, startSerialLine } from './serial-line.ts';

/** What a modem does with a command: what it prints, each with a delay, or undefined for ERROR. `[]`: it says nothing. */
export type ScriptedAnswer = string | readonly string[] | undefined;

/** A modem that is not there, on a real pty: it echoes, prompts and answers as a script says. */
export type ScriptedModem = {
  readonly path: string;
  readonly line: SerialLine;
  /** Commands as they came, and bodies at the prompt as `> body`, oldest first. */
  readonly asked: readonly string[];
  /** Answers of its own for a command; the newest that matches counts. Its parts are printed as lines. */
  on(command: RegExp, answer: (found: RegExpExecArray) => ScriptedAnswer): void;
  /** Prints lines, each between CR LF. */
  say(...lines: readonly string[]): void;
  /** Prints bytes as they are. */
  sayRaw(text: string): void;
  /** Resolves once such a command has been asked, from `since` on (an index of `asked`). */
  waitForAsked(command: RegExp, since?: number): Promise<void>;
  stop(): Promise<void>;
};

/** Starts a modem with these answers; `echo` is on until ATE0. */
export async function startScriptedModem(answers: Readonly<Record<string, ScriptedAnswer>>): Promise<ScriptedModem> {
  const line = await startSerialLine();
  const asked: string[] = [];
  const rules: { readonly command: RegExp; readonly answer: (found: RegExpExecArray) => ScriptedAnswer }[] = [];
  const watchers = new Set<() => void>();
  let isEchoing = true;
  let pending = '';
  let isPrompting = false;
  const sayRaw = (text: string): void => line.send(Buffer.from(text, 'latin1').toString('hex'));
  const say = (...lines: readonly string[]): void => {
    for (const text of lines) sayRaw(`\r\n${text}\r\n`);
  };
  const answerTo = (command: string): void => {
    asked.push(command);
    for (const watch of [...watchers]) watch();
    if (/^ATE0/i.test(command)) isEchoing = false;
    const rule = rules.findLast((one) => one.command.test(command));
    const found = rule?.command.exec(command);
    if (rule !== undefined && found != null) print(rule.answer(found));
    else print(Object.hasOwn(answers, command) ? answers[command] : plainAnswer(command));
  };
  const print = (answer: ScriptedAnswer): void => {
    if (answer === '>') {
      isPrompting = true;
      sayRaw('\r\n> ');
    } else say(...(answer === undefined ? ['ERROR'] : typeof answer === 'string' ? [answer] : answer));
  };
  const take = (char: string): void => {
    if (isEchoing) sayRaw(char);
    if (isPrompting && (char === '\x1a' || char === '\x1b')) {
      isPrompting = false;
      const body = pending;
      pending = '';
      if (char === '\x1a') answerTo(`> ${body}`);
    } else if (!isPrompting && char === '\r') {
      const command = pending;
      pending = '';
      if (command !== '') answerTo(command);
      else answerTo('<CR>');
    } else if (char >= ' ') pending += char;
  };
  line.onHost((hex) => {
    for (const char of Buffer.from(hex, 'hex').toString('latin1')) take(char);
  });
  return {
    path: line.path,
    line,
    asked,
    on: (command, answer) => void rules.push({ command, answer }),
    say,
    sayRaw,
    waitForAsked: (command, since = 0) =>
      new Promise((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer);
          watchers.delete(watch);
        };
        const watch = (): void => {
          if (!asked.slice(since).some((one) => command.test(one))) return;
          done();
          resolve();
        };
        const timer = setTimeout(() => {
          done();
          reject(new Error(`Waited for ${command}; asked ${asked.join(' | ')}`));
        }, 15_000);
        watchers.add(watch);
        watch();
      }),
    stop: () => line.stop(),
  };
}

/** What every modem answers. */
function plainAnswer(command: string): ScriptedAnswer {
  if (command === 'AT' || /^AT(?:E0V1|S0=0|X4|H)$/i.test(command)) return 'OK';
  if (command === 'ATS3?') return ['013', 'OK'];
  // An empty line breaks off a dialling that is under way, and is nothing otherwise.
  return command === '<CR>' ? [] : undefined;
}

/** A mobile modem in its network, after the manuals of SIMCom (SIM800) and Quectel. */
export const mobileAnswers: Readonly<Record<string, ScriptedAnswer>> = {
  'AT+CMEE=2': 'OK',
  'AT+CGMI': ['SIMCOM_Ltd', 'OK'],
  'AT+CGMM': ['SIMCOM_SIM800L', 'OK'],
  'AT+CGMR': ['Revision:1418B05SIM800L24', 'OK'],
  'AT+CPIN?': ['+CPIN: READY', 'OK'],
  'AT+CREG=1': 'OK',
  'AT+CLIP=1': 'OK',
  'AT+CRC=0': 'OK',
  'AT+COLP=0': 'OK',
  'AT+CCWA=1': 'OK',
  'AT+COPS=3,0': 'OK',
  'AT+CMGF=0': 'OK',
  'AT+CNMI=2,1,0,1,0': 'OK',
  'AT+CSQ': ['+CSQ: 22,0', 'OK'],
  'AT+CREG?': ['+CREG: 1,1', 'OK'],
  'AT+COPS?': ['+COPS: 0,0,"CHINA MOBILE"', 'OK'],
  'AT+CPMS?': ['+CPMS: "SM",1,50,"SM",1,50,"SM",1,50', 'OK'],
  'AT+CMGL=4': 'OK',
  'AT+CLCC': 'OK',
  'AT+CHUP': 'OK',
  'AT+CHLD=0': 'OK',
};

/** A voice modem on a telephone line, after the manuals of Rockwell and ZyXEL. */
export const analogAnswers: Readonly<Record<string, ScriptedAnswer>> = {
  'AT+FCLASS=8': 'OK',
  'AT+VCID=1': 'OK',
  'AT+VDR=1,1': 'OK',
  'AT+GMI': ['ROCKWELL', 'OK'],
  'AT+GMM': ['RCV56DPF-PLL L8571A', 'OK'],
  'AT+GMR': ['V1.100-V90_2M_DLS', 'OK'],
};
