import { randomBytes, randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { assertNever } from '../core/assert-never.ts';
import { pin, pinLengthMax, pinLengthMin } from '../core/hub-people-api.ts';
import { acceptBreak } from './audit/accept-break.ts';
import { verifyAudit } from './audit/audit-table.ts';
import { openDatabase } from './database/open-database.ts';
import { codeOf } from './database/storage-fault.ts';
import { type HubOptions, hubHelp, readHubOptions } from './hub-options.ts';
import type { HubParts } from './hub-parts.ts';
import { createCode } from './keys/enrolment.ts';
import { enrolmentSheet, expectWritable, pinOfCertificate } from './keys/enrolment-sheet.ts';
import { createKey } from './keys/key-table.ts';
import { openSiteKeys } from './listening/site-keys.ts';
import { createPerson } from './people/person-table.ts';
import { pinHasher } from './people/pin-hash.ts';
import { runHub } from './run-hub.ts';
import { openLog } from './serve/log.ts';

/**
 * The composition root of the hub's program: `npm run hub`, `hookline hub`. Whoever may start it on the hub's own data
 * is its administrator: the first key is made here. Ends with 1 when a check found something, 2 when it could not be done.
 */
const commandLine = { id: 'command-line', role: 'administrator' };
const random = (bytes: number): Uint8Array => randomBytes(bytes);

async function main(): Promise<number> {
  const read = readHubOptions(process.argv.slice(2), process.env);
  if ('error' in read) {
    process.stderr.write(`${read.error}\n\n${hubHelp}\n`);
    return 2;
  }
  const { wish } = read;
  switch (wish.kind) {
    case 'help':
      process.stdout.write(`${hubHelp}\n`);
      return 0;
    case 'serve':
      return serve(read, wish);
    case 'enrol-code':
      return makeEnrolCode(read, wish);
    case 'make-key':
      return withParts(read, async (parts) => {
        const made = await createKey(parts, commandLine, wish);
        say(read, made, `${made.key}\nIt is not shown again. Role: ${wish.role}.`);
        return 0;
      });
    case 'make-person':
      return makePerson(read, wish);
    case 'audit-verify':
      return withParts(read, async ({ database }) => {
        const verdict = await verifyAudit(database, wish.anchor);
        const { lines, head, fault } = verdict;
        const sentence =
          fault === null
            ? `${lines} lines, all as they were written. Last: ${lines}:${head}`
            : `The audit trail is not as it was written: line ${fault.position} is ${fault.fault}.`;
        say(read, { ok: fault === null, ...verdict }, sentence);
        return fault === null ? 0 : 1;
      });
    case 'audit-accept':
      return withParts(read, async (parts) => {
        const outcome = await acceptBreak(parts, commandLine, wish.reason);
        const sentence =
          outcome.kind === 'sound'
            ? 'The audit trail is as it was written: there is nothing to accept.'
            : `Line ${outcome.fault.position} is ${outcome.fault.fault}, and stays so. The trail goes on after line ${outcome.position}.`;
        say(read, outcome, sentence);
        return outcome.kind === 'sound' ? 1 : 0;
      });
    case 'rotate-recording-key':
      return withParts(read, async (parts) => {
        const keys = await openSiteKeys(parts, read.recordingKeyFile);
        const made = await keys.rotate(commandLine);
        say(read, made, `Seats wrap for the key ${made.keyId} from now on; older recordings are opened as before.`);
        return 0;
      });
    default:
      return assertNever(wish);
  }
}

async function makePerson(
  options: HubOptions,
  wish: Extract<HubOptions['wish'], { kind: 'make-person' }>,
): Promise<number> {
  // Never an argument: those stand in the list of processes and in the shell's history.
  const typed = wish.isPinRead ? await firstLine() : null;
  const read = pin.nullable().safeParse(typed);
  if (!read.success) {
    process.stderr.write(`A PIN has ${pinLengthMin} to ${pinLengthMax} characters.\n`);
    return 2;
  }
  return withParts(options, async (parts) => {
    const made = await createPerson(parts, pinHasher(random), commandLine, { ...wish, pin: read.data });
    if (made.kind === 'made') {
      const secret = made.pin === null ? '' : `PIN ${made.pin}\nIt is not shown again. `;
      say(options, made, `${secret}${wish.name} signs in as ${wish.login}. Role: ${wish.role}.`);
      return 0;
    }
    const why =
      made.kind === 'too-simple'
        ? 'This PIN is the first one anybody would try. Choose another.'
        : `Somebody else signs in as ${wish.login}.`;
    process.stderr.write(`${why}\n`);
    return 2;
  });
}

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: process.stdin })) return line;
  return '';
}

async function serve(
  { place, recordings, recordingKeyFile }: HubOptions,
  wish: Extract<HubOptions['wish'], { kind: 'serve' }>,
): Promise<number> {
  const log = openLog(process.stdout, wish.isVerbose ? 'debug' : 'info');
  const hub = await runHub({
    place,
    recordings,
    recordingKeyFile,
    host: wish.host,
    port: wish.port,
    isBehindProxy: wish.isBehindProxy,
    log,
    now: Date.now,
    random,
    newHubId: randomUUID(),
    watch: null,
  });
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
  await hub.stop();
  return 0;
}

async function makeEnrolCode(
  options: HubOptions,
  { address, certificates, file, ...wish }: Extract<HubOptions['wish'], { kind: 'enrol-code' }>,
): Promise<number> {
  const pins = certificates.map(pinOfCertificate);
  // A code lies in the hub from the moment it is made: a file that can't be written is told before that.
  if (file !== null) expectWritable(file);
  return withParts(options, async (parts) => {
    const { code, expiresAt } = await createCode(parts, commandLine, wish);
    const isTerminal = process.stdout.isTTY === true;
    const sheet = enrolmentSheet({ address, code, pins }, { expiresAt, file, isTerminal });
    say(options, sheet.value, sheet.text);
    return 0;
  });
}

async function withParts({ place }: HubOptions, work: (parts: HubParts) => Promise<number>): Promise<number> {
  const database = await openDatabase(place, { hubId: randomUUID(), watch: null, onLost: () => undefined });
  try {
    return await work({ database, now: Date.now, random });
  } finally {
    await database.close();
  }
}

function say({ isJson }: HubOptions, value: unknown, sentence: string): void {
  process.stdout.write(`${isJson ? JSON.stringify(value) : sentence}\n`);
}

try {
  process.exitCode = await main();
} catch (cause) {
  const code = codeOf(cause);
  process.stderr.write(
    `The hub could not go on: ${cause instanceof Error ? cause.message : String(cause)}${code === null ? '' : ` (${code})`}\n`,
  );
  process.exitCode = 2;
}
