import { ORPCError } from '@orpc/server';
import type { consoleApi } from '../core/console-api.ts';
import type { SeatAccess } from '../core/seat-access.ts';
import { signInFirstCode } from '../core/sign-in-api.ts';

/** `desk.view`: the place of a procedure in the contract. */
type RouteName<Contract> = {
  [Key in keyof Contract & string]: Contract[Key] extends { '~orpc': unknown }
    ? Key
    : `${Key}.${RouteName<Contract[Key]>}`;
}[keyof Contract & string];

type ConsoleRoute = RouteName<typeof consoleApi>;

/**
 * What has to be open for a procedure to answer, with nobody signed in: the only place that says so, for whatever carries a
 * page. `locked`: nothing. `finishing`: what somebody has begun is being finished. `open`: somebody is signed in, or nobody
 * has to. A procedure without a row does not compile, and a test asks a locked seat for every one.
 */
export const lockTable = {
  // The phone page holds what is up, tells the lights, and rings for a modem; it shows nobody anything.
  'phone.setup': 'locked',
  'phone.commands': 'locked',
  'phone.report': 'locked',
  'recordings.begin': 'locked',
  'recordings.append': 'locked',
  'recordings.gap': 'locked',
  'recordings.end': 'locked',
  // These two tell a locked seat less (locked-view.ts).
  'desk.view': 'locked',
  'desk.notices': 'locked',
  // The seat itself says what may be asked of a locked one: help, and what ends what is up (core/seat-lock.ts).
  'desk.ask': 'locked',
  'signIn.enter': 'locked',
  // A seat whose key the hub does not take any more gets a new one of that hub, and goes to no other (hub-router.ts).
  'hub.enrol': 'locked',
  'desk.pressKey': 'finishing',
  'equipment.pressPanelKey': 'finishing',
  'hub.tryNow': 'finishing',
  'hub.pauseUploads': 'finishing',
  'recordings.open': 'open',
  'recordings.read': 'open',
  'desk.calls': 'open',
  'desk.saveSettings': 'open',
  'desk.openSeatFile': 'open',
  'equipment.keyMoments': 'open',
  'equipment.bindings': 'open',
  'equipment.saveBindings': 'open',
  'equipment.tryLamp': 'open',
  'equipment.ports': 'open',
  'equipment.profiles': 'open',
  'equipment.layouts': 'open',
  'equipment.installRules': 'open',
  'equipment.setMessageWaiting': 'open',
  'equipment.unlockModem': 'open',
  'equipment.sendText': 'open',
  'equipment.texts': 'open',
  'equipment.switchRecords': 'open',
  'hub.leave': 'open',
  'hub.setAside': 'open',
  'hub.recordingPlaces': 'open',
  'hub.retryUpload': 'open',
  'hub.records': 'open',
  'hub.record': 'open',
  'hub.editRecord': 'open',
} as const satisfies Readonly<Record<ConsoleRoute, SeatAccess>>;

const howOpen: Readonly<Record<SeatAccess, number>> = { locked: 0, finishing: 1, open: 2 };

/** Whether a procedure answers now. One that stands nowhere in the table answers nobody but who is signed in. */
export function lockAnswers(path: readonly string[], access: SeatAccess): boolean {
  const name = path.join('.');
  return howOpen[access] >= howOpen[isRoute(name) ? lockTable[name] : 'open'];
}

function isRoute(name: string): name is ConsoleRoute {
  return Object.hasOwn(lockTable, name);
}

/**
 * Lets a request through to its procedure, or refuses it with SIGN_IN_FIRST. A feed that was open before says nothing while
 * the seat is locked, and goes on when it is open again.
 */
export async function heedLock<Result extends { readonly output: unknown }>(
  path: readonly string[],
  access: () => SeatAccess,
  next: () => Result | PromiseLike<Result>,
): Promise<Result> {
  const answers = (): boolean => lockAnswers(path, access());
  if (!answers()) throw new ORPCError(signInFirstCode, { status: 423, message: 'Somebody has to sign in first.' });
  const result = await next();
  return isFeed(result.output) ? { ...result, output: whileAnswering(result.output, answers) } : result;
}

async function* whileAnswering(feed: AsyncIterable<unknown>, answers: () => boolean): AsyncGenerator<unknown> {
  for await (const value of feed) if (answers()) yield value;
}

function isFeed(output: unknown): output is AsyncIterable<unknown> {
  return typeof output === 'object' && output !== null && Symbol.asyncIterator in output;
}
