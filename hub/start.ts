import { randomBytes, randomUUID } from 'node:crypto';
import { assertNever } from '../core/assert-never.ts';
import { verifyAudit } from './audit/audit-table.ts';
import { openDatabase } from './database/open-database.ts';
import { codeOf } from './database/storage-fault.ts';
import { type HubOptions, hubHelp, readHubOptions } from './hub-options.ts';
import type { HubParts } from './hub-parts.ts';
import { createCode } from './keys/enrolment.ts';
import { createKey } from './keys/key-table.ts';
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
      return withParts(read, async (parts) => {
        const { code, expiresAt } = await createCode(parts, commandLine, wish);
        say(
          read,
          { code, expiresAt },
          `${code}\nOne seat may enrol with it until ${new Date(expiresAt).toISOString()}.`,
        );
        return 0;
      });
    case 'make-key':
      return withParts(read, async (parts) => {
        const made = await createKey(parts, commandLine, wish);
        say(read, made, `${made.key}\nIt is not shown again. Role: ${wish.role}.`);
        return 0;
      });
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
    default:
      return assertNever(wish);
  }
}

async function serve(
  { place, recordings }: HubOptions,
  wish: Extract<HubOptions['wish'], { kind: 'serve' }>,
): Promise<number> {
  const log = openLog(process.stdout, wish.isVerbose ? 'debug' : 'info');
  const hub = await runHub({
    place,
    recordings,
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
