import { afterAll, beforeAll, expect, test } from 'vitest';
import { settings } from '../../core/settings.ts';
import { mockInfinity, mockStreamDeck } from '../native/panels/mock-panels.ts';
import { type Asterisk, startAsterisk } from '../rig/asterisk.ts';
import { callSeat } from '../rig/caller.ts';
import { type MockHeadset, startMockHeadset } from '../rig/mock-headset.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf } from '../rig/seat-evidence.ts';
import { type SerialLine, startSerialLine } from '../rig/serial-line.ts';
import { measureTone, silenceLevel } from '../rig/tone.ts';

/** An attendant's desk: a Stream Deck, a foot pedal and a message desk link, on a real switch, in one call. */
const microphoneHz = 1000;
const openMs = 20_000;

let asterisk: Asterisk;
let panels: MockHeadset;
let link: SerialLine;
let seat: Seat;

beforeAll(async () => {
  asterisk = await startAsterisk();
  panels = await startMockHeadset();
  await panels.plug(mockStreamDeck, 0);
  await panels.plug(mockInfinity, 1);
  link = await startSerialLine();
  await link.plug();
  const [account] = asterisk.seats;
  if (account === undefined) throw new Error('the rig has no seat');
  const equipment = settings.shape.equipment.parse([
    { use: 'message-desk', id: 'desk', port: { path: link.path }, digits: 10 },
  ]);
  seat = await openSeat({
    microphoneHz,
    account: { server: asterisk.wsUrl, ...account },
    settings: { equipment },
    env: panels.env,
  });
});

afterAll(async () => {
  await seat?.close();
  await link?.stop();
  await panels?.stop();
  await asterisk?.stop();
  seat?.remove();
});

test('a forwarded call is announced, answered by key, talked into by pedal, and survives the panel being pulled out', async () => {
  const { desk } = seat;
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  await desk.getByRole('button', { name: 'Signalling: good' }).waitFor();
  // All fifteen keys are drawn.
  await panels.waitForOutput(({ n, report }) => n === 0 && report.startsWith('02070001'), openMs, 0);

  const caller = await callSeat(asterisk, { endpoint: '6001', name: 'Ada', number: '2079460123', toneHz: 600 });
  await card('ringing').waitFor();
  say('\r\nMD0010007B0000003500 2079460123 \r\n\x19');
  await desk.getByText('Forwarded from 3500: busy').first().waitFor();
  await seat.chromium.shot(seat.page, 'attendant-ringing');

  // The first key answers.
  await key(0, 0);
  await caller.whenAnswered();
  await card('talking').waitFor();
  expect(await heard(caller)).toBe(microphoneHz);

  // Key 4 mutes; the middle switch of the pedal lets the voice through while it is held down.
  await key(0, 3);
  await desk.getByRole('button', { name: 'Unmute' }).waitFor();
  expect(await heard(caller)).toBe('silence');
  await panels.send(1, '02');
  await desk.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  expect(await heard(caller)).toBe(microphoneHz);
  await panels.send(1, '00');
  await desk.getByRole('button', { name: 'Unmute' }).waitFor();
  expect(await heard(caller)).toBe('silence');

  // Pulled out in mid-call and plugged in elsewhere: the call goes on and the keys are drawn and work again.
  await panels.unplug(0);
  const before = panels.outputs().length;
  await panels.plug(mockStreamDeck, 2);
  await panels.waitForOutput(({ n, report }) => n === 2 && report.startsWith('02070001'), openMs, before);
  await key(2, 3);
  await desk.getByRole('button', { name: 'Mute', exact: true }).waitFor();
  await key(2, 2);
  await card('held').waitFor();
  await key(2, 2);
  await card('talking').waitFor();

  // A message lamp by the screen.
  await desk.getByRole('textbox', { name: 'Station' }).fill('3401');
  await desk.getByRole('button', { name: 'Light' }).click();
  await link.waitForHost(Buffer.from('OP:MWI 0000003401!\x04', 'latin1').toString('hex'));

  await key(2, 1);
  await caller.whenEnded();
  await card('after-call-work').waitFor();
  const entries = await journalOf(seat.profile);
  const kinds = entries.map(({ kind }) => kind).filter((kind) => /^(?:call|desk|message)-/.test(kind));
  expect(kinds.filter((kind) => kind !== 'call-quality')).toEqual([
    'call-offered',
    'desk-message',
    'call-arrival',
    'call-answered',
    'call-muted',
    'call-muted',
    'call-muted',
    'call-muted',
    'call-held',
    'call-resumed',
    'message-waiting',
    'call-ended',
  ]);
});

/** Presses one key of a Stream Deck and lets it go. */
async function key(n: number, index: number): Promise<void> {
  const keys = Array.from({ length: 15 }, (_, at) => (at === index ? '01' : '00')).join('');
  await panels.send(n, `01000f00${keys}`.padEnd(1024, '0'));
  await panels.send(n, '01000f00'.padEnd(1024, '0'));
}

/** The switch says something, seven bits and even parity left out, as on a pty. */
function say(text: string): void {
  link.send(Buffer.from(text, 'latin1').toString('hex'));
}

async function heard(caller: Awaited<ReturnType<typeof callSeat>>): Promise<number | 'silence'> {
  const { fromSeat } = await caller.listen(1_500);
  const whole = fromSeat.channels[0] ?? new Float32Array();
  // What was under way when the key was pressed does not count.
  const samples = whole.subarray(fromSeat.sampleRate / 2);
  const { hz, level } = measureTone(samples, fromSeat.sampleRate);
  return level < silenceLevel ? 'silence' : Math.round(hz);
}
