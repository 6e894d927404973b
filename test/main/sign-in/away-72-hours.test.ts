import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createCode } from '../../../hub/keys/enrolment.ts';
import { createPerson, endPerson } from '../../../hub/people/person-table.ts';
import { pinHasher } from '../../../hub/people/pin-hash.ts';
import type { RunningHub } from '../../../hub/run-hub.ts';
import { newFolder, noon, startHub } from '../../hub/some-hub.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { atHub } from '../sync/sync-rig.ts';
import { awaySeat, standingMachine } from './away-seat.ts';

const rig = { id: 'rig', role: 'administrator' };
const pinOfLi = 'Pelican-48215';
const pinOfWu = 'Heron-90377';
/** Each attempt costs what it shall cost whoever tries them all. */
const patience = 180_000;

async function addPerson(hub: RunningHub, login: string, pin: string): Promise<string> {
  const wish = { login, name: `person ${login}`, role: 'agent' as const, pin };
  const made = await createPerson(hub.parts, pinHasher(hub.parts.random), rig, wish);
  if (made.kind !== 'made') throw new Error(made.kind);
  return made.personId;
}

/** Every file under a folder, in which some bytes stand. */
function filesWith(folder: string, secret: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
  return files.filter((path) => statSync(path).isFile() && readFileSync(path).includes(secret));
}

test(
  '72 hours away: people sign in, work and are written down; then nobody new; the hub returns and has it all, in order',
  async () => {
    const place = newFolder();
    const first = await startHub(place);
    const li = await addPerson(first, 'li', pinOfLi);
    const wu = await addPerson(first, 'wu', pinOfWu);
    const directory = temporaryDirectory();
    const machine = standingMachine(noon);
    let seat = await awaySeat(directory, machine.time);
    const name = seat.profile.seat;
    const { code } = await createCode(first.parts, rig, { label: 'a field seat', minutes: 60, renews: null });
    expect(seat.hands.signIn()).toEqual({ kind: 'not-needed' });
    expect(await seat.seat.hub.enrol(`${first.url} ${code}`)).toMatchObject({ kind: 'enrolled' });
    await seat.hands.until((view) => view.signIn.kind === 'signed-out');
    expect(seat.hands.view().agent.activity).toEqual({ kind: 'signed-out' });

    expect(await seat.hands.enter('li', 'guess')).toEqual({ kind: 'refused', refusal: { why: 'wrong' } });
    expect(await seat.hands.enter('LI', pinOfLi)).toEqual({ kind: 'signed-in' });
    expect(seat.hands.signIn()).toMatchObject({
      how: 'hub',
      standing: 'good',
      person: { personId: li, name: 'person li' },
    });
    await seat.hands.until(({ hub }) => hub.kind === 'enrolled' && hub.state === 'in-step');
    seat.hands.signOut();
    expect(seat.hands.signIn()).toEqual({ kind: 'signed-out', lastLogin: 'li', why: 'asked', isHubAway: false });

    // The seat drives off into the field.
    const { port } = new URL(first.url);
    await first.stop();
    await machine.pass(1);
    expect(seat.hands.signIn()).toMatchObject({ isHubAway: true });
    const stranger = { kind: 'refused', refusal: { why: 'not-known-here' } };
    expect(await seat.hands.enter('wu', pinOfWu)).toEqual(stranger);
    expect(await seat.hands.enter('li', 'guess')).toEqual(stranger);
    expect(await seat.hands.enter('li', pinOfLi)).toEqual({ kind: 'signed-in' });
    expect(seat.hands.signIn()).toMatchObject({ how: 'offline', standing: 'good' });
    seat.hands.switchIs('registered');
    seat.hands.ring('c-1');
    seat.hands.answered('c-1');
    seat.hands.hungUp('c-1');
    seat.hands.code('c-1');
    expect(seat.hands.dialOut('13900139000')).toBe('switch');
    seat.seat.hub.editRecord({ collection: 'customers', recordId: 'c-9', fields: { name: 'Ada', town: 'Kiruna' } });

    // The next day: the machine was off, and somebody set its clock back by a week while it was.
    await seat.close();
    machine.restart(23);
    machine.setClock(-7 * 24);
    seat = await awaySeat(directory, machine.time);
    expect(seat.hands.signIn()).toMatchObject({ kind: 'signed-out', lastLogin: 'li' });
    expect(seat.hands.dialOut('13900139000')).toBe('not dialled');
    expect(await seat.hands.enter('li', pinOfLi)).toEqual({ kind: 'signed-in' });
    seat.hands.switchIs('registered');
    seat.hands.switchIs('offline');
    seat.hands.modemReady();
    expect(seat.hands.dialOut('13900139000')).toBe('modem');
    seat.seat.hub.editRecord({ collection: 'tickets', recordId: 't-1', fields: { state: 'heard' } });
    seat.seat.hub.editRecord({ collection: 'customers', recordId: 'c-9', fields: { town: 'Gällivare' } });
    await machine.pass(62);
    expect(seat.hands.signIn()).toMatchObject({ standing: 'good' });
    // The clock is put right again: what the machine counted by itself is not counted twice.
    machine.setClock(7 * 24);
    await machine.pass(2);
    expect(seat.hands.signIn()).toMatchObject({ standing: 'running-out' });

    await machine.pass(71 - 65);
    seat.hands.signOut();
    expect(await seat.hands.enter('li', pinOfLi)).toEqual({ kind: 'signed-in' });
    await machine.pass(2);
    // In the middle of a shift: told, and he goes on.
    expect(seat.hands.signIn()).toMatchObject({ standing: 'run-out' });
    expect(seat.hands.view().agent.activity).toEqual({ kind: 'ready' });
    expect(seat.hands.dialOut('13900139000')).toBe('modem');
    seat.hands.signOut();
    const runOut = { kind: 'refused', refusal: { why: 'run-out', offlineHours: 72 } };
    expect(await seat.hands.enter('li', pinOfLi)).toEqual(runOut);
    expect(await seat.hands.enter('li', 'guess')).toEqual(stranger);
    await seat.close();
    machine.restart(0);
    machine.setClock(-1000);
    seat = await awaySeat(directory, machine.time);
    expect(await seat.hands.enter('li', pinOfLi)).toEqual(runOut);

    // It comes home.
    machine.setClock(1000);
    const second = await startHub(place, { port: Number(port) });
    seat.seat.hub.tryNow();
    await seat.hands.until(({ hub }) => hub.kind === 'enrolled' && hub.state === 'in-step' && hub.waiting === 0);
    await machine.look();
    expect(seat.hands.signIn()).toMatchObject({ kind: 'signed-out', isHubAway: false });
    expect(await seat.hands.enter('wu', pinOfWu)).toEqual({ kind: 'signed-in' });
    await seat.hands.until(({ hub }) => hub.kind === 'enrolled' && hub.waiting === 0);

    const own = seat.profile.store.hub.entriesAfter(0, 10_000);
    expect(await atHub(second, name)).toEqual(own.map(({ seq, id }) => `${seq} ${id}`));
    const rows = await second.parts.database.tables
      .selectFrom('journal_entry')
      .select(['kind', 'body'])
      .where('seat', '=', name)
      .orderBy('seq')
      .execute();
    const people = rows
      .filter(({ kind }) => kind.startsWith('person-'))
      .map(({ kind, body }) => {
        const { personId, how, why } = JSON.parse(body);
        return [kind.replace('person-signed-', ''), personId, how ?? why];
      });
    expect(people).toEqual([
      ['in', li, 'hub'],
      ['out', li, 'asked'],
      ['in', li, 'offline'],
      ['out', li, 'seat-stopped'],
      ['in', li, 'offline'],
      ['out', li, 'asked'],
      ['in', li, 'offline'],
      ['out', li, 'asked'],
      ['in', wu, 'hub'],
    ]);
    const shared = await second.parts.database.tables
      .selectFrom('shared_record')
      .select(['record_id', 'fields'])
      .orderBy('record_id')
      .execute();
    expect(shared.map(({ record_id, fields }) => [record_id, JSON.parse(fields)])).toEqual([
      ['c-9', { name: 'Ada', town: 'Gällivare' }],
      ['t-1', { state: 'heard' }],
    ]);
    const calls = await second.parts.database.tables.selectFrom('call_row').select('call').execute();
    expect(calls.map(({ call }) => JSON.parse(call).line).toSorted()).toEqual(['modem', 'modem', 'switch', 'switch']);

    // The hub ends somebody who is signed in, in the middle of a call.
    seat.hands.switchIs('registered');
    seat.hands.ring('c-2');
    seat.hands.answered('c-2');
    await endPerson(second.parts, rig, wu);
    await machine.look();
    expect(seat.hands.signIn()).toMatchObject({ standing: 'ended' });
    expect(seat.hands.view().calls.map(({ state }) => state.kind)).toEqual(['talking']);
    seat.hands.hungUp('c-2');
    seat.hands.code('c-2');
    expect(seat.hands.signIn()).toMatchObject({ kind: 'signed-out', why: 'ended' });
    expect(await seat.hands.enter('wu', pinOfWu)).toEqual({ kind: 'refused', refusal: { why: 'wrong' } });
    await second.stop();
    expect(await seat.hands.enter('wu', pinOfWu)).toEqual(stranger);
    await seat.close();

    if (place.kind !== 'folder') throw new Error('not a folder');
    const secrets = [pinOfLi, pinOfWu];
    expect(secrets.flatMap((pin) => [...filesWith(directory, pin), ...filesWith(place.path, pin)])).toEqual([]);
    const log = JSON.stringify(own);
    expect(secrets.filter((pin) => log.includes(pin))).toEqual([]);
    expect(seat.problems).toEqual([]);
  },
  patience,
);
