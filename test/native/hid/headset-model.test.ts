import { describe, expect, it } from 'vitest';
import type { Lamps } from '../../../core/key.ts';
import { writeGapMs } from '../../../native/hid/headset-timing.ts';
import { headsetRow } from '../../../native/models/headset-rows.ts';
import { HeadsetBench } from './headset-bench.ts';
import { bytesOf, recordedDescriptor } from './recorded-descriptors.ts';

const blackwire = (): HeadsetBench =>
  new HeadsetBench(recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes);
const dell = (): HeadsetBench => new HeadsetBench(recordedDescriptor('413c-8223').bytes);
const cameraB = (): HeadsetBench => new HeadsetBench(recordedDescriptor('airoha-sdk-telephony-variant-b').bytes);
const cameraA = (): HeadsetBench => new HeadsetBench(recordedDescriptor('airoha-sdk-telephony-variant-a').bytes);
/** The headset of the Teams capture: Redial, Hook, Mute relative in report 2; output report 4: off-hook 0, mute 1, ring 2. */
const teams = (): HeadsetBench =>
  new HeadsetBench(
    bytesOf(
      '050b 0905 a101 1500 2501 7501 8502 0924 0920 092f 9503 8106 9505 8101 0508 8504 0917 0909 0918 9503 9102 9505 9101 c0',
    ),
  );
/** Mute and hook as levels, both lamps in one report, no acknowledgements: the plainest device. */
const levels = (): HeadsetBench =>
  new HeadsetBench(
    bytesOf('050b 0905 a101 1500 2501 7501 8502 0920 092f 9502 8102 0508 0917 0909 0918 0920 9504 9102 c0'),
  );

const ringing: Partial<Lamps> = { isRinging: true };
const talking: Partial<Lamps> = { isOffHook: true };
const held: Partial<Lamps> = { isOffHook: true, isHeld: true };
const muted: Partial<Lamps> = { isOffHook: true, isMuted: true };

describe('lamps', () => {
  it('answers in the order of Teams: ring, ring with off-hook, off-hook', () => {
    const bench = teams().show(ringing).pass(100).report('0203').report('0200').show(talking).pass(20);
    expect(bench.writes).toEqual(['0404', '0405', '0401']);
    expect(bench.took()).toEqual(['hook toggle']);
  });

  it('writes one report a lamp on a Blackwire: off-hook before ring goes out, mute said anew', () => {
    const bench = blackwire().show(ringing).pass(100).show(talking).pass(100);
    expect(bench.writes).toEqual(['1801', '1701', '1800', '0900']);
    bench.forget();
    bench.show({ isOffHook: true, isMuted: true, isHeld: true }).pass(100).forget();
    bench.show({}).pass(100);
    expect(bench.writes).toEqual(['0900', '2000', '1700']);
  });

  it('writes the full length of a report and keeps the lamps beside each other', () => {
    const bench = cameraB().show(ringing).pass(50).show(talking).pass(50).show(muted).pass(50).show(held).pass(50);
    expect(bench.writes).toEqual(['022400', '022500', '020100', '021300', '020900']);
  });

  it('starts a write without report ids with 00', () => {
    const bench = new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 0920 9501 8102 0508 0917 0918 9502 9102 c0'));
    expect(bench.show(ringing).pass(50).writes).toEqual(['0002']);
  });

  it('writes at once when it may, then keeps the gap, and only the last wish', () => {
    const bench = dell();
    for (let n = 0; n < 50; n += 1) bench.show(n % 2 === 0 ? held : talking);
    bench.show(muted).pass(500);
    // Off-hook and hold at once, then the last wish: Dell's bits 1 (mute) and 4 (microphone).
    expect(bench.writes).toEqual(['0509', '0513']);
    const gaps = bench.writeTimes.slice(1).map((time, index) => time - (bench.writeTimes[index] ?? 0));
    expect(gaps.every((gap) => gap >= writeGapMs)).toBe(true);
  });

  it('lights mute off hook only, and holds without dropping off-hook, save on Yealink', () => {
    expect(dell().show({ isMuted: true }).pass(50).writes).toEqual([]);
    const layout = '050b 0905 a101 1500 2501 7501 8504 0920 9501 8102 0508 0917 0909 0918 0920 9504 9102 c0';
    const usual = new HeadsetBench(bytesOf(layout));
    const yealink = new HeadsetBench(bytesOf(layout), headsetRow(0x6993, 1)?.quirks);
    expect(usual.show(talking).pass(50).show(held).pass(50).writes).toEqual(['0401', '0409']);
    expect(yealink.show(talking).pass(50).show(held).pass(50).writes).toEqual(['0401', '0408']);
    // Its hook falls with the lamp; the held call stays, and comes back with the lamp.
    expect(yealink.report('0400').pass(1_000).show(talking).pass(50).took()).toEqual([]);
    expect(yealink.writes.at(-1)).toBe('0401');
  });

  it('says its state again after a press and some time after opening', () => {
    const bench = dell().show(talking).pass(1_000);
    bench.forget();
    bench.report('0502').pass(100);
    expect(bench.writes).toEqual(['0501']);
  });
});

describe('hook as a level', () => {
  it('answers a ringing call, takes its own echo for nothing, ends the call', () => {
    const bench = blackwire().show(ringing).pass(100);
    expect(bench.report('0802').took()).toEqual(['hook off-hook']);
    bench.show(talking).pass(10_000);
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
    bench.show({}).pass(100);
    expect(bench.report('0800').took()).toEqual([]);
  });

  it('takes the acknowledgement of a call answered on the screen for nothing', () => {
    const bench = blackwire().show(ringing).pass(100).show(talking).pass(30).report('0802').pass(5_000);
    expect(bench.took()).toEqual([]);
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
  });

  it('does not end a call by a hook that falls right after our off-hook (gonnect 138), and lifts it once', () => {
    const bench = blackwire().show(ringing).pass(100).show(talking).pass(30).report('0802').pass(40);
    bench.forget();
    expect(bench.report('0800').pass(60).took()).toEqual([]);
    expect(bench.writes).toContain('1701');
    bench.report('0802').report('0800').pass(2_000).forget();
    // It insists: left alone, and the call stays.
    expect(bench.presses).toEqual([]);
  });

  it('does not end a held call (Jabra drops its hook on hold)', () => {
    const bench = blackwire().show(talking).report('0802').pass(5_000).show(held).pass(2_000);
    bench.report('0800').pass(5_000);
    expect(bench.took()).toEqual([]);
    bench.show(talking).pass(40).report('0802').pass(5_000);
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
  });

  it('does not end a call that is held and resumed in quick succession (Jabra Speak 510)', () => {
    const bench = blackwire().show(talking).report('0802').pass(5_000);
    for (let n = 0; n < 5; n += 1) bench.show(held).pass(60).report('0800').show(talking).pass(60).report('0802');
    bench.report('0800').pass(100).report('0802').pass(2_000);
    expect(bench.took()).toEqual([]);
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
  });

  it('offers an idle press, writes idle back at once and swallows what follows (Jabra Engage 50)', () => {
    const bench = blackwire();
    expect(bench.report('0802').took()).toEqual(['hook off-hook']);
    bench.pass(60);
    expect(bench.writes).toContain('1700');
    // 2 s later it gives up by itself; by then another call was answered on the screen.
    bench.show(ringing).pass(700).show(talking).pass(1_100);
    expect(bench.report('0800').took()).toEqual([]);
    bench.pass(3_000).report('0802');
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
  });

  it('ends a dialled call that an idle press began, soon after', () => {
    const bench = blackwire().report('0802').show(talking).pass(1_000);
    expect(bench.took()).toEqual(['hook off-hook']);
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
  });

  it('answers the next call though the last one was ended a moment ago', () => {
    const bench = blackwire().show(talking).report('0802').pass(5_000).show({}).pass(20).report('0800');
    bench.show(ringing).pass(80);
    expect(bench.report('0802').took()).toEqual(['hook off-hook']);
  });

  it('answers call after call on a device that never echoes', () => {
    const bench = dell();
    for (let n = 0; n < 3; n += 1) {
      bench.show(ringing).pass(300);
      expect(bench.report('0501').took()).toEqual(['hook off-hook']);
      bench.show(talking).pass(3_000).show({}).pass(1_000);
    }
    bench.show(ringing).pass(300).show(talking).pass(3_000).report('0501').pass(1_000);
    expect(bench.report('0500').took()).toEqual(['hook on-hook']);
  });

  it('takes "hook 0" of a device that never echoes for a hang-up, but not the release of another key', () => {
    const bench = dell().show(ringing).pass(300).show(talking).pass(3_000);
    expect(bench.report('0502').report('0500').pass(400).took()).toEqual(['mute toggle']);
    expect(bench.report('0502').pass(50).report('0502').pass(400).took()).toEqual(['mute toggle', 'mute toggle']);
    expect(bench.report('0500').pass(400).took()).toEqual([]);
    expect(bench.report('0500').took()).toEqual(['hook on-hook']);
  });

  it('reports a hook press while a second call rings, for the seat to judge', () => {
    const bench = blackwire().show(talking).report('0802').pass(3_000).show({ isOffHook: true, isRinging: true });
    expect(bench.pass(1_000).report('0800').took()).toEqual(['hook on-hook']);
  });
});

describe('hook that only says "pressed"', () => {
  it('acts on 1 only and does not toggle twice while our off-hook settles', () => {
    const bench = teams().show(ringing).pass(100);
    expect(bench.report('0203').report('0200').took()).toEqual(['hook toggle']);
    bench.show(talking).pass(200);
    expect(bench.report('0202').report('0200').took()).toEqual([]);
    bench.pass(1_000);
    expect(bench.report('0202').report('0200').took()).toEqual(['hook toggle']);
  });

  it('gives Redial where it stands alone', () => {
    expect(teams().report('0201').report('0200').took()).toEqual(['redial']);
  });
});

describe('mute', () => {
  it('relative: 1 is a press, 0 nothing, the same within 5 ms a bounce', () => {
    const bench = blackwire().show(talking).report('0802').pass(1_000);
    bench.report('0803').report('0802').pass(3).report('0803').report('0802');
    expect(bench.took()).toEqual(['mute toggle']);
    bench.pass(6).report('0803');
    expect(bench.took()).toEqual(['mute toggle']);
  });

  it('absolute: the level against our wish, echoes and the fall right after a press being none', () => {
    const bench = levels().show(talking).report('0201').pass(1_000);
    expect(bench.report('0203').took()).toEqual(['mute muted']);
    bench.show(muted).pass(100);
    expect(bench.report('0201').took()).toEqual([]);
    bench.pass(1_000).report('0203').pass(1_000);
    expect(bench.took()).toEqual([]);
    expect(bench.report('0201').took()).toEqual(['mute unmuted']);
    bench.show(talking).pass(1_000);
    // Muted on the screen: the device follows and says so.
    bench.show(muted).pass(50).report('0203').pass(1_000);
    expect(bench.took()).toEqual([]);
  });
});

describe('other keys', () => {
  it('flash, redial, reject, volume on a Dell', () => {
    const bench = dell().show(talking).report('0501').pass(1_000);
    for (const key of ['0509', '0501', '0505', '0501', '0581', '0501', '0c01', '0c00', '0c02', '0c00']) {
      bench.report(key).pass(50);
    }
    expect(bench.took()).toEqual(['flash', 'redial', 'reject', 'volume up', 'volume down']);
  });

  it('consumer mute is the loudspeaker beside Phone Mute, and mute where there is none', () => {
    expect(dell().report('0c04').report('0c00').took()).toEqual([]);
    const alone = new HeadsetBench(bytesOf('050c 0901 a101 1500 2501 7501 09e2 9501 8102 050b 0920 8102 c0'));
    expect(alone.report('01').report('00').took()).toEqual(['mute toggle']);
  });

  it('key pad: a pad that rests at 0 never sounds 0; one that rests beyond its keys does', () => {
    const restsAtZero = cameraB();
    for (const key of ['024001', '020000', '028001', '020000']) restsAtZero.report(key).pass(50);
    expect(restsAtZero.took()).toEqual(['digit 5', 'digit 6']);
    const restsAtTwelve = cameraB();
    for (const key of ['020003', '024000', '020003', '020000', '020003', '02c002', '020003']) {
      restsAtTwelve.report(key).pass(50);
    }
    expect(restsAtTwelve.took()).toEqual(['digit 1', 'digit 0', 'digit #']);
  });

  it('line busy of another program is told, that of our own call is not', () => {
    const bench = cameraA().show(ringing).pass(50).report('0803').show(talking).pass(3_000).report('0800').show({});
    expect(bench.pass(3_000).took()).toEqual(['hook off-hook', 'hook on-hook']);
    bench.report('0802').pass(3_000);
    expect(bench.took()).toEqual(['line-busy true']);
    bench.report('0800');
    expect(bench.took()).toEqual(['line-busy false']);
  });

  it('a Hold key is a flash where it differs from our hold, and an echo where it agrees', () => {
    const bench = new HeadsetBench(
      bytesOf('050b 0905 a101 1500 2501 7501 0923 9501 8102 0508 0917 0918 0920 9503 9102 c0'),
    );
    bench.show(talking).pass(1_000);
    expect(bench.report('01').took()).toEqual(['flash']);
    bench.show(held).pass(1_000);
    expect(bench.report('01').took()).toEqual([]);
    expect(bench.report('00').took()).toEqual(['flash']);
    bench.show(talking).pass(50).report('01').report('00').pass(1_000);
    expect(bench.took()).toEqual([]);
  });

  it('drop rejects a ringing call and ends one that is up', () => {
    const bench = new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 0926 9501 8106 0508 0917 0918 9502 9102 c0'));
    expect(bench.report('01').took()).toEqual([]);
    expect(bench.pass(10).show(ringing).report('01').took()).toEqual(['reject']);
    expect(bench.pass(10).show(talking).report('01').took()).toEqual(['hook on-hook']);
  });
});

describe('reports that do not fit', () => {
  it('drops unknown ids, reads what is whole in a short one, ignores what is beyond', () => {
    const bench = cameraB().show(talking).report('020100').pass(1_000);
    bench.report('').report('02').report('7701').report('0205').report('020100ffff');
    expect(bench.took()).toEqual(['mute toggle']);
    expect(bench.state.decoder.counts).toEqual({ unknown: 2, short: 2, long: 1 });
  });
});
