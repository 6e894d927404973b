import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { type BadNetwork, startBadNetwork } from '../rig/bad-network.ts';
import { type Caller, callSeat } from '../rig/caller.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf } from '../rig/seat-evidence.ts';
import { keepConnections, watchSound } from '../rig/sound-watch.ts';
import { measureTone, type Sound } from '../rig/tone.ts';

/** One call goes through a tunnel: its line is reset, its packets vanish, its address changes, its road gets bad. */
const microphoneHz = 1000;
const callerHz = 600;
/** The promise: from the moment packets pass again, speech is back within this. */
const gapMsMax = 3_000;

let network: BadNetwork;
let asterisk: Asterisk;
let seat: Seat;

beforeAll(async () => {
  network = await startBadNetwork();
  asterisk = await startAsterisk({ network });
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  seat = await openSeat({ microphoneHz, before: keepConnections, account: { server: asterisk.wsUrl, ...account } });
});

afterAll(async () => {
  await seat?.close();
  await asterisk?.stop();
  await network?.close();
  seat?.remove();
});

test('a call survives a reset line, a black hole, another address and a bad road, and the lights tell the truth', async () => {
  const { desk } = seat;
  const light = (state: string) => desk.getByRole('button', { name: `Signalling: ${state}` });
  await light('good').waitFor();
  const caller = await callSeat(asterisk, { endpoint: '6001', name: 'Ada', number: '02079460123', toneHz: callerHz });
  await desk.getByRole('button', { name: 'Answer' }).click();
  await caller.whenAnswered();
  await desk.locator('#card[data-state=talking]').waitFor();
  const sound = await watchSound(seat.page, asterisk, caller.seatChannel);
  await sound.bothWays(gapMsMax);
  expect(await heardAtSwitch(caller)).toBe(microphoneHz);

  // The WebSocket is reset; sound needs no signalling.
  expect(await network.reset()).toBeGreaterThan(0);
  // It is back within a blink, too quick to be seen dark; some seconds later all is as it was.
  await pause(3_000);
  await light('good').waitFor();
  await sound.bothWays(gapMsMax);

  // Nothing passes for twenty seconds. The light must not go on saying that all is well.
  await network.impair({ blackHole: 'both' });
  await light('good').waitFor({ state: 'detached', timeout: 10_000 });
  await desk.getByRole('button', { name: 'Media: down' }).waitFor();
  await pause(20_000);
  await network.impair({});
  const afterHole = await sound.bothWays(gapMsMax);
  await light('good').waitFor();
  await desk.getByRole('button', { name: 'Media: good' }).waitFor();

  // Another address, as from one cell to the next.
  await network.changeAddress('10.77.0.3');
  const afterMove = await sound.bothWays(gapMsMax);
  await light('good').waitFor();
  expect(await heardAtSwitch(caller)).toBe(microphoneHz);

  // A bad road: one packet in ten is lost, the others are late.
  await network.impair({ delayMs: 200, loss: 0.1 }, 4);
  await sound.bothWays(gapMsMax);
  expect(await heardAtSwitch(caller)).toBe(microphoneHz);
  await network.impair({});
  console.error(`tunnel: sound back ${afterHole} ms after the hole, ${afterMove} ms after the move`);

  // The call is whole: it can be held, taken back and ended from the other side.
  await desk.getByRole('button', { name: 'Hold' }).click();
  await desk.locator('#card[data-state=held]').waitFor();
  await desk.getByRole('button', { name: 'Resume' }).click();
  await desk.locator('#card[data-state=talking]').waitFor();
  await sound.bothWays(gapMsMax);
  await caller.hangUp();
  await desk.locator('#card[data-state=after-call-work]').waitFor();
  const kinds = (await journalOf(seat.profile)).map(({ kind }) => kind).filter((kind) => kind.startsWith('call-'));
  expect(kinds.filter((kind) => kind !== 'call-quality')).toEqual([
    'call-offered',
    'call-answered',
    'call-held',
    'call-resumed',
    'call-ended',
  ]);
});

/** What Asterisk hears from the seat, in hertz. */
async function heardAtSwitch(caller: Caller): Promise<number> {
  const { fromSeat } = await caller.listen(2_000);
  return toneOf(fromSeat);
}

function toneOf(sound: Sound): number {
  const samples = sound.channels[0] ?? new Float32Array();
  return Math.round(measureTone(samples, sound.sampleRate).hz / 10) * 10;
}
