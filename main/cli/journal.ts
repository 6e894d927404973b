import { once } from 'node:events';
import { Command } from 'commander';
import { assertNever } from '../../core/assert-never.ts';
import { callTable } from '../store/call-table.ts';
import type { Connection } from '../store/connection.ts';
import { journalTable, storedEntries } from '../store/journal-table.ts';
import { openStore } from '../store/open.ts';
import { readStore } from '../store/read-store.ts';
import { reserveAt } from '../store/reserve.ts';
import type { StoreError } from '../store/store-error.ts';
import { type Finding, verifyJournal } from '../store/verify-journal.ts';
import { CommandProblem, exitCode, openProfile, runCommand } from './profile-access.ts';

interface JournalOptions {
  readonly profile?: string;
  readonly json?: boolean;
}

/** `hookline journal verify|rebuild|export [--profile DIR] [--json]` */
export function journalCommand(): Command {
  const command = new Command('journal').description('check, mend and hand out the log of calls');
  const add = (name: string, description: string, work: (options: JournalOptions) => Promise<number>): void => {
    command
      .command(name)
      .description(description)
      .option('--profile <dir>', 'the profile to read (default: your own)')
      .option('--json', 'JSON for programs')
      .action((options: JournalOptions) => runCommand(options.json === true, () => work(options)));
  };
  add('verify', 'check every entry and the call list; exit code 1 when something is wrong', verify);
  add('rebuild', 'make the call list again from the journal; close the console first', rebuild);
  add('export', 'print every entry, oldest first, one JSON object a line', exportEntries);
  return command;
}

async function verify(options: JournalOptions): Promise<number> {
  const verdict = await reading(options, verifyJournal);
  const isSound = verdict.findings.length === 0;
  const lines = [
    `${verdict.entries} entries, ${verdict.calls} calls: ${isSound ? 'all as it should be.' : `${verdict.findings.length} findings.`}`,
    ...verdict.findings.map(sentence),
  ];
  process.stdout.write(
    options.json === true ? `${JSON.stringify({ ok: isSound, ...verdict })}\n` : `${lines.join('\n')}\n`,
  );
  return isSound ? exitCode.sound : exitCode.damaged;
}

async function rebuild(options: JournalOptions): Promise<number> {
  const { paths, key } = await openProfile(options.profile, null);
  const opened = openStore({ path: paths.database, key, now: Date.now, backups: paths.backups, mustExist: true });
  if (opened.kind === 'refused') throw refusal(opened.error);
  try {
    const { connection } = opened.store;
    const journal = journalTable(connection, {
      seat: 'technician',
      newId: () => {
        throw new Error('rebuilding writes no entry');
      },
      reserve: reserveAt(paths.reserve),
    });
    const outcome = journal.rebuild();
    if (outcome.kind !== 'written') throw new CommandProblem(outcome.kind, `Not rebuilt: ${outcome.detail}`);
    const calls = callTable(connection).list({ search: '', before: null, limit: 1 }).total;
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ ok: true, entries: outcome.value, calls })}\n`
        : `The call list was made again: ${outcome.value} entries, ${calls} calls.\n`,
    );
    return exitCode.sound;
  } finally {
    opened.store.close();
  }
}

async function exportEntries(options: JournalOptions): Promise<number> {
  const lines = await reading(options, (connection) =>
    Array.from(storedEntries(connection), ({ seat, seq, id, at, kind, body }) =>
      JSON.stringify({ seat, seq, id, at, kind, body: JSON.parse(body) }),
    ),
  );
  for (const line of lines) {
    // A pipe that is read slowly is waited for, so the memory it takes stays what it is.
    if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain');
  }
  return exitCode.sound;
}

async function reading<Value>(options: JournalOptions, work: (connection: Connection) => Value): Promise<Value> {
  const { paths, key } = await openProfile(options.profile, null);
  const opened = readStore(paths.database, key);
  if (opened.kind === 'refused') throw refusal(opened.error);
  try {
    return work(opened.store.connection);
  } finally {
    opened.store.close();
  }
}

function refusal({ code, message, path, detail }: StoreError): CommandProblem {
  return new CommandProblem(code, `${message} (${path}: ${detail})`);
}

function sentence(finding: Finding): string {
  switch (finding.kind) {
    case 'file':
      return `the file: ${finding.detail}`;
    case 'gap':
      return `${finding.seat} ${finding.seq}: expected ${finding.expected}`;
    case 'duplicate-id':
      return `${finding.seat} ${finding.seq}: the id ${finding.id} was used before`;
    case 'bad-entry':
      return `${finding.seat} ${finding.seq}: ${finding.detail}`;
    case 'call-list':
      return `call ${finding.callId}: ${finding.problem} in the call list (hookline journal rebuild mends it)`;
    case 'other-list':
      return `${finding.list} ${finding.key}: ${finding.problem} in the list (hookline journal rebuild mends it)`;
    default:
      return assertNever(finding);
  }
}
