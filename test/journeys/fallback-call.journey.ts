import { afterAll, beforeAll, expect, test } from 'vitest';
import { settings } from '../../core/settings.ts';
import { mobileAnswers, type ScriptedModem, startScriptedModem } from '../rig/scripted-modem.ts';
import { openSeat, type Seat } from '../rig/seat.ts';
import { journalOf, verifyJournal } from '../rig/seat-evidence.ts';

/** The switch is away: calls and texts go out and come in by the modem, and are logged like any other. */
let modem: ScriptedModem;
let seat: Seat;
/** What the modem's network says of the call that is up. */
let standing = '';

beforeAll(async () => {
  modem = await startScriptedModem(mobileAnswers);
  await modem.line.plug();
  modem.on(/^AT\+CLCC$/, () => (standing === '' ? 'OK' : [standing, 'OK']));
  modem.on(/^ATD/, () => 'OK');
  modem.on(/^ATA$/, () => 'OK');
  modem.on(/^AT\+CHUP$/, () => {
    standing = '';
    return 'OK';
  });
  modem.on(/^AT\+VTS/, () => 'OK');
  modem.on(/^AT\+CMGS=\d+$/, () => '>');
  modem.on(/^> /, () => ['+CMGS: 5', 'OK']);
  const equipment = settings.shape.equipment.parse([
    { use: 'modem', id: 'modem', kind: 'mobile', name: '4G', port: { path: modem.path } },
  ]);
  seat = await openSeat({
    // Nobody listens there: a switch that is away.
    account: { server: 'ws://127.0.0.1:9/ws', user: '6001', password: 'x' },
    settings: { equipment },
  });
});

afterAll(async () => {
  await seat?.close();
  await modem?.stop();
  seat?.remove();
});

test('a call out, a call in and a text each way by the modem while the switch is away', async () => {
  const { desk, page, chromium } = seat;
  const card = (state: string) => desk.locator(`#card[data-state=${state}]`);
  await desk.getByText('Calls go by the modem: CHINA MOBILE').first().waitFor();

  // Out.
  await desk.getByRole('textbox', { name: 'Number to dial' }).fill('13900139000');
  await page.keyboard.press('Enter');
  await modem.waitForAsked(/^ATD\+?13900139000;$/);
  await card('dialling').waitFor();
  standing = '+CLCC: 1,0,0,0,0,"13900139000",129';
  await card('talking').waitFor();
  await chromium.shot(page, 'fallback-talking');
  await desk.getByText('Hookline carries no sound of this call').waitFor();
  await page.keyboard.press('Escape');
  await desk.getByRole('button', { name: 'Hang up' }).click();
  await modem.waitForAsked(/^AT\+CHUP$/);
  await card('after-call-work').waitFor();
  await desk.getByRole('radio', { name: /Consultation/ }).check();
  await page.keyboard.press('Enter');
  await desk.locator('#card:not([data-state=after-call-work])').waitFor();

  // In.
  const asked = modem.asked.length;
  modem.say('RING', '+CLIP: "13800138000",129,,,,0');
  standing = '+CLCC: 1,1,4,0,0,"13800138000",129';
  await card('ringing').waitFor();
  await desk
    .getByText(/138\s?0013\s?8000/)
    .first()
    .waitFor();
  await desk.getByRole('button', { name: 'Answer' }).click();
  await modem.waitForAsked(/^ATA$/, asked);
  standing = '+CLCC: 1,1,0,0,0,"13800138000",129';
  await card('talking').waitFor();
  standing = '';
  modem.say('NO CARRIER');
  await card('after-call-work').waitFor();

  // A text in: 你好 from +8613800138000, as a PDU of the network (3GPP TS 23.040).
  modem.on(/^AT\+CMGR=3$/, () => ['+CMGR: 0,,23', '00040D91683108108300F00008621122112233230' + '44F60597D', 'OK']);
  modem.on(/^AT\+CMGD=3/, () => 'OK');
  modem.say('+CMTI: "SM",3');
  await modem.waitForAsked(/^AT\+CMGD=3/);

  const entries = await journalOf(seat.profile);
  await verifyJournal(seat.profile);
  const said = entries
    .filter(({ kind }) => kind.startsWith('call-') || kind.startsWith('text-'))
    .map((entry) =>
      entry.kind === 'call-offered' || entry.kind === 'call-dialled' ? `${entry.kind} ${entry.body.line}` : entry.kind,
    );
  expect(said.filter((kind) => kind !== 'call-coded')).toEqual([
    'call-dialled modem',
    'call-answered',
    'call-ended',
    'call-offered modem',
    'call-answered',
    'call-ended',
    'text-received',
  ]);
  const text = entries.find((entry) => entry.kind === 'text-received');
  expect(text?.kind === 'text-received' && text.body).toMatchObject({ number: '+8613800138000', text: '你好' });
});
