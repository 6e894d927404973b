import { expect, test } from 'vitest';
import { profileText, shippedProfileIds } from '../../../native/serial/profile-file.ts';
import { readProfile } from '../../../native/serial/read-profile.ts';

test('every shipped profile is sound, proves itself and carries the name of its file', async () => {
  const ids = shippedProfileIds;
  expect(ids).toEqual([
    'eao-panel',
    'generic-ascii-keypad',
    'generic-key-lamp-panel',
    'lcus-relay',
    'lcus-relay-bypass',
    'lcus-relay-door',
    'modem-line-hook',
    'saber-panel',
    'viking-vx',
    'zetron-model-25',
  ]);
  for (const id of ids) {
    const outcome = readProfile(await profileText(id));
    expect(outcome.kind === 'ok' ? outcome.compiled.profile.id : outcome.faults).toBe(id);
  }
});

test('what no public sample proves is marked in the data', async () => {
  for (const id of shippedProfileIds) {
    const outcome = readProfile(await profileText(id));
    expect(outcome.kind === 'ok' && outcome.compiled.profile.unproven.length, id).toBeGreaterThan(0);
  }
});

test('the form proposed in the facts file is understood as it stands there', () => {
  const outcome = readProfile(
    JSON.stringify({
      id: 'as-proposed',
      version: 1,
      title: 'as proposed',
      source: 'facts/serial.md section 4.2',
      match: { vendorId: '0403', productId: '6001', serialNumber: null, pnpId: null },
      serial: {
        baudRate: 19200,
        parity: 'none',
        flow: 'none',
        open: { dtr: true, rts: true },
        halfDuplexEcho: 'strip',
      },
      framing: { type: 'line', end: '0D0A', gapMs: 20, max: 256, resync: 'nextStart' },
      ack: { expect: '06', nak: '15', timeoutMs: 300, retries: 2 },
      init: [{ send: "'V\\r'", expect: '/^V/', timeoutMs: 500 }],
      events: [
        { on: '/^\\$(\\d\\d)$/', emit: { key: '{1}', edge: 'press' } },
        { on: { byte: 0, eq: '3f' }, emit: { key: 'bits(1,0..6)', edge: 'bit(1,7)?release:press' } },
        { on: { lineDcd: 'rise' }, emit: { hook: 'off' } },
      ],
      keys: { mode: 'pressOnly', repeatMs: 96, releaseAfterMs: 220, debounceMs: 30, map: { '01': 'answer' } },
      lamps: {
        mode: 'perLamp',
        states: ['off', 'on', 'slow', 'fast', 'wink'],
        encode: { on: 'A0 {n:u8} 01', off: 'A0 {n:u8} 00' },
        softFlash: { slow: [500, 500], fast: [125, 125] },
        readBack: null,
        map: { callsWaiting: 1, relay1: 4 },
      },
      failSafe: { onClose: { relay1: 'off' }, onLinkLost: 'lampsUnknown' },
      reconnect: { backoffMs: [250, 500, 1000], replayLamps: true, rerunInit: true },
      tests: [
        { rx: '24 30 31 0D 0A', expect: [{ key: '01', edge: 'press' }] },
        { rx: '3F 85 0D 0A', expect: [] },
        { lines: { dcd: true }, expect: [{ hook: 'off' }] },
        { lamp: { n: 1, state: 'on' }, tx: 'A0 01 01' },
      ],
    }),
  );
  expect(outcome.kind === 'ok' ? outcome.vectors : outcome.faults).toBe(4);
});
