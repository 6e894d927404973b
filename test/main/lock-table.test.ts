import { isContractProcedure } from '@orpc/contract';
import { createRouterClient } from '@orpc/server';
import { expect, test } from 'vitest';
import type { ConsolePage } from '../../core/carrier-frame.ts';
import { consoleApi, type PhoneCommand, type SeatView } from '../../core/console-api.ts';
import type { KeyEvent } from '../../core/key.ts';
import type { KeyBindings } from '../../core/key-command.ts';
import type { SeatAccess } from '../../core/seat-access.ts';
import { isSignInFirst } from '../../core/sign-in-api.ts';
import { lockAnswers, lockTable } from '../../main/lock-table.ts';
import { seatRouter } from '../../main/seat-router.ts';
import { ring, seatWithFakes, signInByHand } from './seat-fakes.ts';
import { panelInfo } from './some-equipment.ts';

function pathsOf(router: object, before: readonly string[] = []): string[][] {
  return Object.entries(router).flatMap(([name, inner]: [string, unknown]) => {
    const path = [...before, name];
    return isContractProcedure(inner) ? [path] : pathsOf(inner as object, path);
  });
}

const routes = pathsOf(consoleApi);
const nameOf = (path: readonly string[]): string => path.join('.');

/** A seat on which somebody can be signed out, with a page that asks it. */
function lockableSeat() {
  const { signIn, lock, open } = signInByHand();
  const fakes = seatWithFakes({ signIn });
  const router = seatRouter(fakes.seat);
  const pageOf = (page: ConsolePage) => createRouterClient(router, { context: { page } });
  return { ...fakes, lock, open, page: pageOf('desk') };
}

/** What asking for a procedure with nothing comes to, as far as the lock goes. */
async function asked(client: unknown, path: readonly string[]): Promise<'sign-in-first' | 'answered'> {
  const procedure = path.reduce((at, name) => (at as Record<string, unknown>)[name], client);
  try {
    const given: unknown = await (procedure as (input: unknown) => Promise<unknown>)(undefined);
    if (typeof given === 'object' && given !== null && 'return' in given) {
      await (given as AsyncGenerator).return(undefined);
    }
  } catch (error) {
    // What zod or the seat thinks of nothing is not what is looked at.
    if (isSignInFirst(error)) return 'sign-in-first';
  }
  return 'answered';
}

test('every procedure of console-api has a row and every row a procedure: a new one is locked or not on purpose', () => {
  expect(Object.keys(lockTable).toSorted()).toEqual(routes.map(nameOf).toSorted());
});

test('a path that stands nowhere answers nobody but who is signed in', () => {
  for (const path of [['desk'], ['desk', 'new'], ['constructor'], ['__proto__'], []]) {
    const answers = (['locked', 'finishing', 'open'] as const).map((access) => lockAnswers(path, access));
    expect(answers).toEqual([false, false, true]);
  }
});

test('a running seat answers what the table says, of every procedure, locked, while a call is finished, and open', async () => {
  const { seat, page, lock, open } = lockableSeat();
  const refusedWhile = async (): Promise<readonly string[]> => {
    const outcomes = await Promise.all(routes.map(async (path) => [nameOf(path), await asked(page, path)] as const));
    return outcomes.flatMap(([name, outcome]) => (outcome === 'sign-in-first' ? [name] : [])).toSorted();
  };
  const expected = (access: SeatAccess): readonly string[] =>
    routes
      .filter((path) => !lockAnswers(path, access))
      .map(nameOf)
      .toSorted();
  expect(await refusedWhile()).toEqual([]);
  seat.report(ring('c'));
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'established', at: 1_000_002 } });
  lock();
  expect(await refusedWhile()).toEqual(expected('finishing'));
  seat.report({ kind: 'call', callId: 'c', event: { kind: 'ended', at: 1_000_003, cause: 'hung-up-there' } });
  expect(await refusedWhile()).toEqual(expected('finishing'));
  seat.ask({ kind: 'code', callId: 'c', code: 'order', note: '' });
  const locked = await refusedWhile();
  expect(locked).toEqual(expected('locked'));
  // Whatever the table says: these are what other people's work can be read by.
  expect(locked).toEqual(
    expect.arrayContaining([
      'desk.calls',
      'recordings.open',
      'recordings.read',
      'equipment.texts',
      'equipment.switchRecords',
      'hub.record',
      'hub.records',
      'hub.setAside',
    ]),
  );
  open();
  expect(await refusedWhile()).toEqual([]);
});

test('the refusal is an answer with a code and a sentence, before the question is looked at', async () => {
  const { page, lock } = lockableSeat();
  lock();
  await expect(page.recordings.read({ recordingId: 'r', offset: 0, length: 10 })).rejects.toMatchObject({
    code: 'SIGN_IN_FIRST',
    status: 423,
    message: 'Somebody has to sign in first.',
  });
});

/** Waits for the next value of a feed. */
async function next<T>(feed: AsyncIterator<T, unknown>): Promise<T> {
  const { value, done } = await feed.next();
  if (done === true) throw new Error('the feed has ended');
  return value;
}

test('the view of an open page says nothing of customers from the lock on, and all of it again when it is open', async () => {
  const { seat, page, lock, open } = lockableSeat();
  const feed = await page.desk.view();
  seat.ask({ kind: 'dial', number: '13900139000' });
  const callId = seat.view.value.calls[0]?.callId ?? '';
  seat.ask({ kind: 'draft', callId, draft: { note: 'owes 40 €', chosen: null } });
  expect(JSON.stringify(await next(feed))).toMatch(/13900139000.*owes 40/);
  lock();
  const finishing = await next(feed);
  expect([finishing.calls.length, finishing.drafts[callId]?.note, finishing.lastDialled]).toEqual([1, 'owes 40 €', '']);
  seat.report({ kind: 'call', callId, event: { kind: 'ended', at: 1_000_003, cause: 'busy-there' } });
  const locked = await next(feed);
  expect(JSON.stringify(locked)).not.toMatch(/13900139000|owes/);
  expect(locked.signIn.kind).toBe('signed-out');
  // Nobody in front of the seat learns who it was, even while no phone page is there to send it elsewhere.
  seat.report(ring('c'));
  const other = await next(feed);
  expect([other.calls, other.agent.activity.kind, other.lamps.isRinging]).toEqual([[], 'signed-out', false]);
  expect(seat.view.value.calls.length).toBe(1);
  open();
  const opened: SeatView = await next(feed);
  expect([opened.lastDialled, opened.drafts[callId]?.note]).toEqual(['13900139000', 'owes 40 €']);
});

test('a feed of keys that was open says nothing while the seat is locked, and goes on after', async () => {
  const { seat, page, lock, open } = lockableSeat();
  const feed = await page.equipment.keyMoments();
  const digit = (pressed: string): KeyEvent => ({ deviceId: 'd', press: { key: 'digit', digit: pressed } });
  seat.pressKey(digit('1'));
  expect(await next(feed)).toEqual(digit('1'));
  const waiting = next(feed);
  lock();
  seat.pressKey(digit('2'));
  // The feed looks at that press before the seat is open again.
  await new Promise(setImmediate);
  open();
  seat.pressKey(digit('3'));
  expect(await waiting).toEqual(digit('3'));
  await feed.return(undefined);
});

test('a notice says what happened; whom it is about only to somebody who is signed in', async () => {
  const { seat, page, lock } = lockableSeat();
  const feed = await page.desk.notices();
  const told = async (code: 'text-received' | 'disk-nearly-full', detail: string) => {
    const arriving = next(feed);
    seat.notices.tell({ code, detail });
    return (await arriving).detail;
  };
  expect(await told('text-received', '13900139000')).toBe('13900139000');
  lock();
  expect([await told('text-received', '13900139000'), await told('disk-nearly-full', '91')]).toEqual(['', '91']);
});

test('help is called past the lock by the screen and by a key of a panel, and is all that the view tells of', async () => {
  const { signIn, lock } = signInByHand();
  const bindings: KeyBindings = {
    panels: { panel: { pages: [{ name: '', keys: { k1: { do: 'dial', number: '119', name: '' } } }] } },
  };
  const { seat, entries, plug } = seatWithFakes({ signIn, bindings });
  const commands = seat.commands.watch();
  const page = createRouterClient(seatRouter(seat), { context: { page: 'desk' } });
  plug([panelInfo('panel', 1)]);
  lock();
  await page.desk.ask({ kind: 'dial', number: '8001' });
  seat.pressKey({ deviceId: 'panel', press: { key: 'panel', keyId: 'k1', isDown: true } });
  const dialled: PhoneCommand = await next(commands);
  expect(dialled).toMatchObject({ kind: 'dial', number: '119' });
  const callId = 'callId' in dialled ? (dialled.callId ?? '') : '';
  seat.report({ kind: 'call', callId, event: { kind: 'established', at: 1_000_002 } });
  const feed = await page.desk.view();
  const shown = await next(feed);
  expect(shown.calls.map(({ remote, state }) => [remote.number, state.kind])).toEqual([['119', 'talking']]);
  await page.desk.ask({ kind: 'mute', isMuted: true });
  await page.desk.ask({ kind: 'hang-up', callId });
  expect([(await next(commands)).kind, (await next(commands)).kind]).toEqual(['mute', 'hang-up']);
  seat.report({ kind: 'call', callId, event: { kind: 'ended', at: 1_000_009, cause: 'hung-up-here' } });
  expect(seat.view.value.afterCall).toBeNull();
  const kinds = entries.map(({ kind }) => kind);
  expect(kinds.filter((kind) => kind.startsWith('call-') || kind.startsWith('person-'))).toEqual([
    'call-dialled',
    'call-answered',
    'call-ended',
  ]);
});
