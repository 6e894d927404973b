import { describe, expect, it } from 'vitest';
import type { Lamps } from '../../../core/key.ts';
import { fieldsOfCollections } from '../../../native/hid/collection-fields.ts';
import { restingHeadset, stepHeadset } from '../../../native/hid/headset-model.ts';
import { openedHeadset } from '../../../native/hid/headset-state.ts';
import { telephonyMap } from '../../../native/hid/telephony.ts';
import { headsetRow, noQuirks } from '../../../native/models/headset-rows.ts';
import { chromiumCollections } from './chromium-collections.ts';
import { HeadsetBench, mapOf } from './headset-bench.ts';
import { bytesOf, recordedDescriptor } from './recorded-descriptors.ts';

/**
 * Complaints about other softphones (facts/hid.md section 8), each with the test that would fail if ours gave cause for it.
 * Another program: busy-elsewhere.test.ts. Hot-plug, crashes, unknown makers: real-headsets.test.ts. 14, permissions and
 * buttons dead on Linux: test/main/cli/device.test.ts, ignored-by-linux.test.ts.
 */

const blackwire = (): HeadsetBench =>
  new HeadsetBench(recordedDescriptor('047f-c056-plantronics-blackwire-3220.telephony.json').bytes);
const dell = (): HeadsetBench => new HeadsetBench(recordedDescriptor('413c-8223').bytes);
/** Hook, mute, flash, reject; a level, a toggle, a toggle, a level; all lamps in one report. */
const plain =
  '050b 0905 a101 1500 2501 7501 8502 0920 9501 8102 092f 0921 9502 8106 0907 0509 9501 8102 9504 8101 0508 0917 0909 0918 0920 9504 9102 9504 9101 c0';
const jabraLike = (): HeadsetBench => new HeadsetBench(bytesOf(plain));

const levels = (): HeadsetBench =>
  new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 8502 0920 092f 9502 8102 0508 0917 0909 9502 9102 c0'));

const ringing: Partial<Lamps> = { isRinging: true };
const talking: Partial<Lamps> = { isOffHook: true };
const held: Partial<Lamps> = { isOffHook: true, isHeld: true };
const muted: Partial<Lamps> = { isOffHook: true, isMuted: true };

/** Answered on the headset, and long enough ago that all has settled. */
function inCall(bench: HeadsetBench, up: string): HeadsetBench {
  bench.show(ringing).pass(300).report(up);
  bench.show(talking).pass(10_000).forget();
  return bench;
}

describe('1. hold hangs up', () => {
  it('keeps off-hook lit while held, and a hook that falls by it ends nothing', () => {
    const bench = inCall(jabraLike(), '0201');
    bench.show(held).pass(40);
    expect(bench.writes).toEqual(['0209']);
    bench.report('0200').pass(10_000).report('0201').pass(100).report('0200').pass(10_000);
    expect(bench.took()).toEqual([]);
  });

  it('is Yealink’s own way where Yealink wants it so', () => {
    const bench = new HeadsetBench(bytesOf(plain), headsetRow(0x6993, 0xb02b)?.quirks);
    bench.show(talking).pass(10_000).forget();
    bench.show(held).pass(40).report('0200').pass(10_000);
    expect([bench.writes[0], bench.took()]).toEqual(['0208', []]);
  });
});

describe('2. a call answered on the screen is dropped by a spurious hook', () => {
  for (const afterMs of [0, 20, 120, 300, 450]) {
    it(`hook 0 comes ${afterMs} ms after our off-hook: no hang-up, off-hook is said again`, () => {
      const bench = blackwire().show(ringing).pass(500).show(talking).pass(20).report('0802').pass(afterMs);
      bench.forget();
      bench.report('0800').pass(100);
      expect(bench.took()).toEqual([]);
      expect(bench.writes).toContain('1701');
    });
  }

  it('and a hand that hangs up later is heard', () => {
    const bench = blackwire().show(ringing).pass(500).show(talking).pass(20).report('0802').report('0800').pass(100);
    bench.report('0802').pass(5_000);
    expect(bench.report('0800').took()).toEqual(['hook on-hook']);
  });
});

describe('3. mute ends the call when another program also drives the device', () => {
  it('the other program writes idle, the hook falls beside the mute key’s release: mute is heard, no hang-up', () => {
    const bench = inCall(blackwire(), '0802');
    bench.report('0803').show(muted).pass(8).report('0800');
    expect(bench.took()).toEqual(['mute toggle', 'line-busy true']);
    bench.pass(100);
    // Off-hook and mute are said again, so that the device comes back to us.
    expect(bench.writes).toEqual(expect.arrayContaining(['1701', '0901']));
  });

  it('as often as mute is pressed, with a hook that falls at once or up to a quarter of a second later', () => {
    const bench = inCall(jabraLike(), '0201');
    for (const afterMs of [1, 30, 100, 250]) {
      bench.report('0203').report('0201').pass(afterMs).report('0200').pass(50).report('0201').pass(2_000);
    }
    expect(bench.took().filter((press) => press !== 'mute toggle')).toEqual(['line-busy true']);
    expect(bench.report('0200').took()).toEqual(['hook on-hook']);
  });

  it('with a hook that only says "pressed"', () => {
    const bench = new HeadsetBench(
      bytesOf('050b 0905 a101 1500 2501 7501 8502 0920 092f 9502 8106 0508 8504 0917 0909 0918 9503 9102 c0'),
    );
    bench.show(talking).pass(10_000).forget();
    bench.report('0202').report('0200').pass(40).report('0201').report('0200');
    expect(bench.took()).toEqual(['mute toggle', 'line-busy true']);
    expect(bench.pass(5_000).report('0201').took()).toEqual(['hook toggle']);
  });
});

describe('4. rejecting a second call touches the first', () => {
  it('reject is reject, and its lamps are those of the first call', () => {
    const bench = inCall(dell(), '0501');
    bench.show({ isOffHook: true, isRinging: true }).pass(2_000).forget();
    expect(bench.report('0581').took()).toEqual(['reject']);
    bench.show(talking).pass(500).report('0501').pass(500);
    expect(bench.took()).toEqual([]);
    expect(bench.writes.every((report) => report === '0505' || report === '0501')).toBe(true);
  });

  it('a device that drops its hook with the reject key does not end the first', () => {
    const bench = inCall(dell(), '0501');
    bench.show({ isOffHook: true, isRinging: true }).pass(2_000).forget();
    bench.report('0580').show(talking).pass(50).report('0500').pass(2_000);
    expect(bench.took().filter((press) => !press.startsWith('line-busy'))).toEqual(['reject']);
  });
});

describe('5. one press fires twice', () => {
  it('within the 5 ms of a bounce', () => {
    const bench = inCall(blackwire(), '0802');
    bench.report('0803').report('0802').pass(2).report('0803').report('0802').pass(1).report('0803');
    expect(bench.took()).toEqual(['mute toggle']);
  });

  it('as Redial beside Hook', () => {
    const teams = new HeadsetBench(
      bytesOf('050b 0905 a101 1500 2501 7501 8502 0924 0920 092f 9503 8106 0508 8504 0917 0909 0918 9503 9102 c0'),
    );
    expect(teams.show(ringing).pass(50).report('0203').report('0200').took()).toEqual(['hook toggle']);
  });

  it('as mute on the Telephony page beside mute on the Consumer page', () => {
    const bench = new HeadsetBench(
      bytesOf('050c 0901 a101 1500 2501 7501 09e2 9501 8102 050b 092f 8106 0920 8102 0508 0917 9501 9102 c0'),
    );
    bench.show(talking).pass(1_000).report('04').pass(1_000).forget();
    expect(bench.report('07').report('04').took()).toEqual(['mute toggle']);
  });

  it('as the second report of a Jabra 2 s after a press nobody took', () => {
    const bench = blackwire().report('0802').pass(2_000).report('0800').pass(3_000);
    expect(bench.took()).toEqual(['hook off-hook']);
  });

  it('as the press that answered, once more while the answer settles', () => {
    const bench = new HeadsetBench(
      bytesOf('050b 0905 a101 1500 2501 7501 8502 0920 9501 8106 0508 8504 0917 0918 9502 9102 c0'),
    );
    bench.show(ringing).pass(100).report('0201').report('0200').show(talking).pass(300).report('0201').report('0200');
    expect(bench.pass(2_000).took()).toEqual(['hook toggle']);
  });
});

describe('6. fast hold and resume end the call', () => {
  it('writes keep their distance, and no hook that falls meanwhile is a hang-up', () => {
    const bench = inCall(jabraLike(), '0201');
    for (let n = 0; n < 20; n += 1) {
      bench.show(n % 2 === 0 ? held : talking).pass(25);
      bench.report(n % 2 === 0 ? '0200' : '0201');
    }
    bench.show(talking).pass(40).report('0201').pass(2_000);
    expect(bench.took()).toEqual([]);
    const gaps = bench.writeTimes.slice(1).map((time, index) => time - (bench.writeTimes[index] ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(15);
    expect(bench.report('0200').took()).toEqual(['hook on-hook']);
  });
});

describe('7. accept does nothing, or a call cannot be ended', () => {
  it('every form of the hook answers and ends', () => {
    const forms: readonly (readonly [string, HeadsetBench, string, readonly string[]])[] = [
      ['level', jabraLike(), '0201', ['0200']],
      [
        'toggle',
        new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 0920 9501 8106 0508 0917 9501 9102 c0')),
        '01',
        ['00', '01'],
      ],
      [
        'constant',
        new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 0920 9501 8103 0508 0917 9501 9102 c0')),
        '01',
        ['00'],
      ],
      [
        'ringer only',
        new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 0920 9501 8102 099e 9501 9102 c0')),
        '01',
        ['00'],
      ],
      ['no lamp at all', new HeadsetBench(bytesOf('050b 0905 a101 1500 2501 7501 0920 9501 8102 c0')), '01', ['00']],
    ];
    const seen = forms.map(([form, bench, up, ends]) => {
      bench.show(ringing).pass(1_000).report(up);
      bench.show(talking).pass(5_000);
      for (const report of ends) bench.report(report);
      return [form, bench.took()];
    });
    expect(seen).toEqual([
      ['level', ['hook off-hook', 'hook on-hook']],
      ['toggle', ['hook toggle', 'hook toggle']],
      ['constant', ['hook off-hook', 'hook on-hook']],
      ['ringer only', ['hook off-hook', 'hook on-hook']],
      ['no lamp at all', ['hook off-hook', 'hook on-hook']],
    ]);
  });
});

describe('8. mute out of step', () => {
  it('every call begins with mute said as it is, even if the lamp was dark', () => {
    const bench = blackwire().show(talking).pass(200);
    expect(bench.writes).toContain('0900');
  });

  it('muted on the screen lights the headset; its own answer to that is no press', () => {
    const bench = inCall(levels(), '0201');
    bench.show(muted).pass(30).report('0203').pass(2_000);
    expect([bench.writes.at(-1), bench.took()]).toEqual(['0203', []]);
    expect(bench.report('0201').took()).toEqual(['mute unmuted']);
  });

  it('a boom arm that is up when the call begins says so, and mutes', () => {
    const bench = levels();
    bench.report('0202').pass(1_000).show(talking).pass(60).report('0203').pass(1_000).forget();
    expect(bench.report('0203').took()).toEqual(['mute muted']);
  });

  it('a mute "level" that is a button toggles, from its second unexplained fall on', () => {
    const bench = inCall(levels(), '0201');
    let isMuted = false;
    const seen: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      for (const report of ['0203', '0201']) {
        bench.report(report);
        for (const press of bench.took()) {
          seen.push(press);
          isMuted = press === 'mute muted';
          bench.show({ isOffHook: true, isMuted });
        }
        bench.pass(80);
      }
      bench.pass(3_000);
    }
    expect(seen).toEqual(['mute muted', 'mute unmuted', 'mute muted', 'mute unmuted', 'mute muted']);
  });
});

describe('9. the busy light stays on after the call', () => {
  it('everything goes dark with the last call, however it ended', () => {
    for (const last of [ringing, talking, held, muted, { ...held, isRinging: true }]) {
      const bench = dell().show(last).pass(500).show({}).pass(500);
      expect(bench.writes.at(-1)).toBe('0500');
    }
  });
});

describe('10. works on one system only', () => {
  it('the same presses from the system’s bytes, from hidapi’s rebuilding and from WebHID', () => {
    const name = '047f-c056-plantronics-blackwire-3220.telephony';
    const windows = recordedDescriptor(`${name}-windows-reconstructed`).bytes;
    const bytes = recordedDescriptor(`${name}.json`).bytes;
    const webHid = telephonyMap(fieldsOfCollections(chromiumCollections(bytes), true));
    const seen = [mapOf(bytes), mapOf(windows), webHid].map((map) => {
      const bench = new HeadsetBench(map).show(ringing).pass(300).report('0802');
      bench.show(talking).pass(5_000).report('0803').report('0802').pass(1_000).report('0800');
      return [bench.took(), bench.writes];
    });
    expect(seen[0]?.[0]).toEqual(['hook off-hook', 'mute toggle', 'hook on-hook']);
    expect([seen[1], seen[2]]).toEqual([seen[0], seen[0]]);
  });
});

it('11. an automatic answer is not shown on the device: off-hook is lit though nothing ever rang', () => {
  expect(blackwire().show(talking).pass(100).writes).toContain('1701');
});

describe('12. a newer revision fails or mutes the user', () => {
  it('hanging up clears mute before off-hook, and what the device says to that touches no other call', () => {
    const bench = inCall(blackwire(), '0802');
    bench.show(muted).pass(500).forget();
    bench.show({}).pass(200).report('0800').pass(20);
    expect(bench.writes.slice(0, 2)).toEqual(['0900', '1700']);
    expect(bench.took()).toEqual([]);
  });
});

describe('13. no support: hook-switch adapters, keys of one’s own', () => {
  it('an adapter with nothing but a hook and a mute key carries a call', () => {
    const bench = new HeadsetBench(bytesOf('050b 0901 a101 8501 1500 2501 7501 0920 092f 9502 8106 9506 8101 c0'));
    bench.show(ringing).pass(500).report('0101').report('0100');
    bench.show(talking).pass(2_000).report('0102').report('0100').pass(2_000).report('0101').report('0100');
    expect(bench.took()).toEqual(['hook toggle', 'mute toggle', 'hook toggle']);
  });
});

describe('15. numbers of makers typed in by hand, masks that fit one device', () => {
  it('the same keys at other places, in another order, with other ids: no number of ours is in between', () => {
    const layouts = [
      ['050b 0905 a101 8502 1500 2501 7501 0920 9501 8102 092f 8106 9506 8101 c0', '0201', '0203'],
      [
        '050b 0905 a101 85fe 1500 2501 7501 9509 8101 092f 9501 8106 9503 8101 0920 9501 8102 9502 8101 c0',
        'fe0020',
        'fe0022',
      ],
      ['050b 0905 a101 1500 2501 7501 0920 9501 8102 092f 8106 9506 8101 c0', '01', '03'],
    ] as const;
    const seen = layouts.map(([hex, up, mutedUp]) => {
      const bench = new HeadsetBench(bytesOf(hex)).show(ringing).pass(500).report(up);
      return bench.show(talking).pass(2_000).report(mutedUp).took();
    });
    expect(seen).toEqual(layouts.map(() => ['hook off-hook', 'mute toggle']));
  });
});

describe('16. state left over at the end of a call', () => {
  it('idle is written on quit, even where it was dark already, and after a crash on opening', () => {
    const bench = dell().show(held).pass(500);
    const resting = restingHeadset(bench.state, bench.nowMs);
    const [, effects] = stepHeadset(resting, { kind: 'due' }, bench.nowMs);
    expect(effects).toEqual([{ kind: 'write', report: Uint8Array.of(5, 0) }]);
    const map = mapOf(recordedDescriptor('413c-8223').bytes);
    const opened = openedHeadset(
      map,
      noQuirks,
      { isOffHook: false, isRinging: false, isMuted: false, isHeld: false },
      0,
    );
    expect(stepHeadset(opened, { kind: 'due' }, 0)[1]).toEqual([{ kind: 'write', report: Uint8Array.of(5, 0) }]);
  });

  it('state is forced again half a second after (re)connecting, for a device that was not awake', () => {
    const map = mapOf(recordedDescriptor('413c-8223').bytes);
    const lamps = { isOffHook: true, isRinging: false, isMuted: false, isHeld: false };
    const [first, written] = stepHeadset(openedHeadset(map, noQuirks, lamps, 0), { kind: 'due' }, 0);
    const [done] = stepHeadset(first, { kind: 'written' }, 5);
    const [, again] = stepHeadset(done, { kind: 'due' }, 600);
    expect([written, again]).toEqual([
      [{ kind: 'write', report: Uint8Array.of(5, 1) }],
      [{ kind: 'write', report: Uint8Array.of(5, 1) }],
    ]);
  });
});
