import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { verifyAudit } from '../../hub/audit/audit-table.ts';
import { openDatabase } from '../../hub/database/open-database.ts';
import { folded } from '../hub/held.ts';
import type { HubScene, PushingSeat } from './hub-scene.ts';
import { planted } from './planted.ts';

/**
 * The common oracle of all faults on a hub: what it acknowledged is there byte for byte, in order and once, its lists are
 * what the journals fold to, its audit chain is whole, SQLite's full check finds nothing, its log names nobody. The hub
 * must be stopped. Rejects with everything that is wrong; answers in words.
 */
export async function expectHubWhole(scene: HubScene): Promise<string> {
  const wrong: string[] = [];
  const database = await openDatabase(
    { kind: 'folder', path: scene.data },
    { hubId: '00000000-0000-4000-8000-000000000000', watch: null, onLost: () => undefined },
  );
  try {
    for (const seat of scene.seats) wrong.push(...(await wrongOfSeat(database, seat)));
    const { rows } = await sql<{ integrity_check: string }>`pragma integrity_check`.execute(database.tables);
    if (!isDeepStrictEqual(rows, [{ integrity_check: 'ok' }])) wrong.push(`the file: ${JSON.stringify(rows)}`);
    const { fault } = await verifyAudit(database, null);
    if (fault !== null) wrong.push(`audit: ${JSON.stringify(fault)}`);
  } finally {
    await database.close();
  }
  const words = [...Object.entries(planted), ...scene.seats.map(({ key }) => ['key', key] as const)];
  for (const [what, word] of words) if (scene.log().includes(word)) wrong.push(`the log holds the ${what}`);
  if (wrong.length > 0) throw new Error(`${wrong.length} things are wrong:\n  ${wrong.slice(0, 12).join('\n  ')}`);
  const entries = scene.seats.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  return `${entries} entries of ${scene.seats.length} seats`;
}

type Database = Awaited<ReturnType<typeof openDatabase>>;

async function wrongOfSeat({ tables }: Database, seat: PushingSeat): Promise<string[]> {
  const wrong: string[] = [];
  const rows = await tables
    .selectFrom('journal_entry')
    .selectAll()
    .where('seat', '=', seat.seat)
    .orderBy('seq')
    .execute();
  if (rows.length < seat.acknowledged)
    wrong.push(`${seat.seat}: ${seat.acknowledged} acknowledged, ${rows.length} there`);
  rows.forEach((row, index) => {
    const entry = seat.entries[index];
    const found = {
      seat: row.seat,
      seq: row.seq,
      id: row.entry_id,
      at: row.at,
      kind: row.kind,
      body: JSON.parse(row.body),
    };
    if (!isDeepStrictEqual(found, entry)) wrong.push(`${seat.seat}: entry ${index + 1} is not what was sent`);
  });
  const calls = await tables.selectFrom('call_row').select(['call_id', 'call']).where('seat', '=', seat.seat).execute();
  const found = calls.map(({ call }) => JSON.parse(call)).toSorted((a, b) => (a.callId < b.callId ? -1 : 1));
  if (!isDeepStrictEqual(found, folded(seat.entries.slice(0, rows.length))))
    wrong.push(`${seat.seat}: its list of calls`);
  const standing = await tables.selectFrom('seat').select('last_seq').where('seat', '=', seat.seat).executeTakeFirst();
  if (standing?.last_seq !== rows.length) wrong.push(`${seat.seat} stands at ${standing?.last_seq} of ${rows.length}`);
  return wrong;
}
