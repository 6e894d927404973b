import { call } from '@orpc/server';
import { expect, test } from 'vitest';
import { createCode } from '../../../hub/keys/enrolment.ts';
import { createPerson } from '../../../hub/people/person-table.ts';
import { pinHasher } from '../../../hub/people/pin-hash.ts';
import { hubRouter } from '../../../main/hub-router.ts';
import { newFolder, noon, startHub } from '../../hub/some-hub.ts';
import { temporaryDirectory } from '../store/temporary-directory.ts';
import { awaySeat, standingMachine } from './away-seat.ts';

const rig = { id: 'rig', role: 'administrator' };

test('a seat process that is started anew in mid-call goes on with call and person; one that was stopped without a call asks again', async () => {
  const hub = await startHub(newFolder());
  const wish = { login: 'li', name: 'Li Na', role: 'agent' as const, pin: 'pelican' };
  await createPerson(hub.parts, pinHasher(hub.parts.random), rig, wish);
  const { code } = await createCode(hub.parts, rig, { label: 'a seat', minutes: 60, renews: null });
  const directory = temporaryDirectory();
  const machine = standingMachine(noon);
  const first = await awaySeat(directory, machine.time);
  await first.seat.hub.enrol(`${hub.url} ${code}`);
  await first.hands.until((view) => view.signIn.kind === 'signed-out');
  // Nobody is signed in: a queue offers the call to somebody else.
  const commands = first.seat.commands.watch();
  first.hands.ring('c-0');
  expect((await commands.next()).value).toEqual({ kind: 'decline', callId: 'c-0', how: 'elsewhere' });
  first.hands.phone({ kind: 'call', callId: 'c-0', event: { kind: 'ended', at: noon, cause: 'declined-here' } });
  await commands.return();

  expect(await first.hands.enter('li', 'pelican')).toEqual({ kind: 'signed-in' });
  first.hands.ring('c-1');
  first.hands.answered('c-1');
  const [standing] = first.hands.view().calls;
  if (standing === undefined) throw new Error('no call is up');
  // The phone page holds the call; the seat process goes, and somebody sets the clock meanwhile.
  await first.close();
  machine.setClock(-30);
  const second = await awaySeat(directory, machine.time);
  expect(second.hands.view()).toMatchObject({ signIn: { kind: 'signed-in' }, agent: { activity: { kind: 'ready' } } });
  second.hands.phone({ kind: 'call-standing', at: machine.now(), line: 'switch', call: standing });
  expect(second.hands.view().agent.activity).toEqual({ kind: 'talking' });
  second.hands.ring('c-2');
  expect(second.hands.view().calls.map(({ state }) => state.kind)).toEqual(['talking', 'ringing']);
  second.hands.hungUp('c-2');
  second.hands.hungUp('c-1');
  second.hands.code('c-1');
  await second.close();
  const third = await awaySeat(directory, machine.time);
  expect(third.hands.signIn()).toMatchObject({ kind: 'signed-out', lastLogin: 'li' });
  const people = third.profile.store.hub
    .entriesAfter(0, 1_000)
    .map(({ kind }) => kind)
    .filter((kind) => kind.startsWith('person-') || kind === 'call-found');
  expect(people).toEqual(['person-signed-in', 'call-found', 'person-signed-out']);
  // Leaving the hub is no way in.
  const { leave } = hubRouter(third.seat);
  await expect(call(leave, undefined, { context: { page: 'desk' } })).rejects.toThrow('sign in first');
  await third.hands.until(({ hub: joined }) => joined.kind === 'enrolled');
}, 120_000);
